#include "server/api/route.h"

#include <algorithm>

#include "ca/crypto/encoding.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

/// What may stand in a place: ids, words and domain names.
constexpr std::string_view kPlaceCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*~";

/// Cuts the first segment off `path`, which begins with `/`.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

struct Segment {
  std::string_view literal;  // the whole segment, if there is no place in it
  std::string_view place;
  std::string_view action;  // ":submit", behind the place or the literal
};

Segment segment_of(std::string_view text) {
  if (!text.starts_with('{')) return {.literal = text, .place = {}, .action = {}};
  const std::size_t end = text.find('}');
  return {.literal = {}, .place = text.substr(1, end - 1), .action = text.substr(end + 1)};
}

using Arguments = std::vector<std::pair<std::string_view, std::string>>;

/// RFC 3986 §6.2.2.2: an escape stands for its octet. What is decoded stays within its segment: a
/// segment with an escaped `/` is none of ours.
std::string decoded(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const auto octet = segment[i] == '%' ? ca::from_hex(segment.substr(i + 1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      out += *octet;
      i += 2;
    } else {
      out += segment[i];
    }
  }
  return out;
}

std::optional<Arguments> match(std::string_view pattern, std::string_view path) {
  Arguments arguments;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const Segment wanted = segment_of(take_segment(pattern));
    const std::string_view sent = take_segment(path);
    if (wanted.place.empty()) {
      // In one spelling only: whoever stands in front and looks at paths sees what is served.
      if (wanted.literal != sent) return std::nullopt;
      continue;
    }
    const std::string whole = decoded(sent);
    std::string_view segment = whole;
    if (!segment.ends_with(wanted.action)) return std::nullopt;
    segment.remove_suffix(wanted.action.size());
    if (segment.empty() || segment.find_first_not_of(kPlaceCharacters) != segment.npos) {
      return std::nullopt;
    }
    arguments.emplace_back(wanted.place, segment);
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return arguments;
}

std::vector<Route> joined() {
  std::vector<Route> all;
  for (const RouteGroup group : kRouteGroups) {
    const Routes rows = group();
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace

std::vector<QueryParameter> Route::parameters() const {
  std::vector<QueryParameter> all(query.begin(), query.end());
  if (has_fields()) all.push_back(kFields);
  return all;
}

std::string_view text_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
  }
  std::unreachable();
}

Routes api_routes() {
  static const std::vector<Route> routes = joined();
  return routes;
}

PathMatch match_path(Routes routes, std::string_view path) {
  PathMatch found;
  if (!path.starts_with(kPrefix)) return found;
  path.remove_prefix(kPrefix.size());
  for (const Route& route : routes) {
    auto arguments = match(route.path, path);
    if (!arguments) continue;
    // Of two templates that fit, the one with fewer places is meant; it stands first.
    if (!found.routes.empty() && found.routes.front()->path != route.path) continue;
    found.routes.push_back(&route);
    found.arguments = std::move(*arguments);
  }
  return found;
}

std::vector<std::string_view> places_of(std::string_view path) {
  std::vector<std::string_view> places;
  while (path.starts_with('/')) {
    const Segment segment = segment_of(take_segment(path));
    if (!segment.place.empty()) places.push_back(segment.place);
  }
  return places;
}

std::string allowed_methods(const std::vector<const Route*>& routes) {
  std::string text;
  for (const Route* each : routes) {
    text += (text.empty() ? "" : ", ") + std::string(text_of(each->method));
    if (each->method == Method::get) text += ", HEAD";
  }
  return text;
}

}  // namespace server::api
