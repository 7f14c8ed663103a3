#include "server/api/request_parts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "acme/in_quotes.h"
#include "acme/wire/json_document.h"
#include "server/api/idempotency.h"
#include "server/api/presentation.h"
#include "server/config/quantity.h"

namespace server::api {
namespace {

using acme::in_quotes;

constexpr std::string_view kJson = "application/json";

/// The media type without its parameters, in lower case.
std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
  for (char& c : type) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return type;
}

/// Every member that is asked for is one of the response.
std::optional<PartFault> check_fields(const Route& route, const Call& call) {
  const auto fields = call.query.find(kFields.name);
  if (!fields) return std::nullopt;
  for (const std::string& each : named_members(*fields)) {
    const auto& members = route.response->fields;
    if (std::ranges::find(members, each, &Field::name) != members.end()) continue;
    const std::string detail = "The answer has no member " + in_quotes(each) + ".";
    return PartFault{
        .detail = detail,
        .errors = {{query_pointer(kFields.name), policy::FaultCode::validation, detail}}};
  }
  return std::nullopt;
}

std::optional<PartFault> read_query(const HttpRequest& request, const Route& route, Call& call) {
  const std::vector<QueryParameter> known = route.parameters();
  auto query = Query::parse(request.query, known, route.name);
  if (!query) {
    const QueryFault& fault = query.error();
    PartFault refused{.detail = fault.detail, .is_content = fault.kind == QueryFault::Kind::value};
    if (!fault.parameter.empty()) {
      refused.errors.push_back({query_pointer(fault.parameter.substr(0, kLine)),
                                policy::FaultCode::validation, fault.detail});
    }
    return refused;
  }
  call.query = *std::move(query);
  return check_fields(route, call);
}

/// Behind the version in an entity tag: a text in another language is another representation (RFC
/// 9110 §8.8.3).
std::string language_mark(Language language) {
  if (language == kLanguages.front().language) return {};
  return "." + std::string(tag_of(language));
}

std::optional<PartFault> read_version(const HttpRequest& request, const Route& route, Call& call) {
  if (route.precondition == Precondition::none) return std::nullopt;
  if (request.if_match.empty()) {
    if (route.precondition == Precondition::may_match) return std::nullopt;
    return PartFault{.fault = HttpFault::precondition_required,
                     .detail = "Send the ETag of what you have read as If-Match."};
  }
  const std::string_view tag = request.if_match;
  constexpr std::string_view kBegin = "\"v";
  // Of whichever language: the version is the same.
  std::optional<std::uint64_t> version;
  for (const LanguageFacts& each : kLanguages) {
    const std::string end = language_mark(each.language) + "\"";
    if (tag.size() > kBegin.size() + end.size() && tag.starts_with(kBegin) && tag.ends_with(end)) {
      const std::size_t digits = tag.size() - kBegin.size() - end.size();
      if (const auto number = parse_number(tag.substr(kBegin.size(), digits))) version = number;
    }
  }
  // Any other tag is none that was given out; nothing has this version.
  call.version = version.value_or(0);
  call.if_version = call.version;
  return std::nullopt;
}

std::optional<PartFault> read_json(const HttpRequest& request, const Route& route, Call& call) {
  // An action needs no body when nothing in it is required.
  if (request.body.empty()) {
    call.body = Body();
  } else {
    if (media_type(request.content_type) != kJson) {
      return PartFault{.fault = HttpFault::unsupported_media_type,
                       .detail = "The Content-Type is " + in_quotes(request.content_type) +
                                 "; expected " + in_quotes(kJson) + "."};
    }
    auto document = acme::parse_json_document(request.body);
    if (!document) return PartFault{.detail = "The body: " + document.error() + "."};
    call.body = Body(*std::move(document));
  }
  auto faults = call.body.faults(*route.request);
  if (faults.empty()) return std::nullopt;
  return PartFault{.detail = "The body is not what is taken here.",
                   .errors = std::move(faults),
                   .is_content = true};
}

std::optional<PartFault> read_body(const HttpRequest& request, const Route& route, Call& call) {
  switch (route.taken) {
    case Taken::nothing:
      // Many clients send an empty object with every POST.
      if (request.body.empty() || request.body == "{}") return std::nullopt;
      return PartFault{.detail = "Nothing is to be sent here, but a body was."};
    case Taken::json:
      return read_json(request, route, call);
    case Taken::octets:
      if (request.body.empty()) return PartFault{.detail = "The body is empty."};
      call.octets = request.body;
      call.content_type = media_type(request.content_type);
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<PartFault> check_repetition(const HttpRequest& request, const Route& route) {
  if (request.idempotency_key.empty() || !route.is_repeatable()) return std::nullopt;
  if (is_idempotency_key(request.idempotency_key)) return std::nullopt;
  return PartFault{.detail =
                       "The Idempotency-Key is not one: expected 1 to 200 visible ASCII "
                       "characters."};
}

}  // namespace

std::optional<PartFault> read_parts(const HttpRequest& request, const Route& route, Call& call) {
  if (auto fault = read_query(request, route, call)) return fault;
  if (auto fault = check_repetition(request, route)) return fault;
  if (auto fault = read_body(request, route, call)) return fault;
  return read_version(request, route, call);
}

std::string entity_tag(std::uint64_t version, Language language) {
  return "\"v" + std::to_string(version) + language_mark(language) + "\"";
}

}  // namespace server::api
