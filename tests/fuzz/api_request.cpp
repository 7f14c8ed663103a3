// Any bytes as what strangers send to the API beside a body: path, query, Authorization, If-Match,
// Idempotency-Key. Nothing of it throws, and what is taken has one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "acme/wire/json_document.h"
#include "server/api/bearer.h"
#include "server/api/cursor.h"
#include "server/api/places.h"
#include "server/api/request_parts.h"
#include "server/api/route.h"

namespace {

void require(bool fact) {
  if (!fact) std::abort();
}

/// The part of `rest` up to the first line feed; `rest` goes on behind it.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace server::api;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view path = take_line(rest);
  const std::string_view query = take_line(rest);
  const std::string_view field = take_line(rest);

  if (const auto octets = cursor_octets("listThings", query)) {
    require(is_cursor(query) && cursor_text("listThings", *octets) == query);
  }
  if (const auto token = bearer_token(field)) {
    require(field.ends_with(*token) && !token->contains(' '));
    require(!policy::is_token_text(*token) || token->starts_with("cht_"));
  }
  server::HttpRequest request;
  request.query = query;
  request.if_match = field;
  request.accept_language = field;
  request.idempotency_key = field;
  request.content_type = "application/json";
  request.body = rest;
  require(!tag_of(negotiated_language(field)).empty());
  for (const Route* route : match_path(api_routes(), path).routes) {
    Call call;
    const auto fault = read_parts(request, *route, call);
    if (!fault && call.if_version && route->precondition == Precondition::if_match) {
      require(call.version == 0 || entity_tag(call.version) == request.if_match ||
              entity_tag(call.version, Language::simplified_chinese) == request.if_match);
    }
  }
  for (const Place& place : places()) {
    if (place.is_spelled(path)) require(path.size() <= 200);
  }
  return 0;
}
