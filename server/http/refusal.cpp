#include "server/http/refusal.h"

#include <string>

#include "acme/wire/json_text.h"

namespace server {
namespace {

constexpr unsigned kNotImplemented = 501;
constexpr unsigned kVersionNotSupported = 505;

bool is_our_fault(unsigned status) {
  return status >= 500 && status != kNotImplemented && status != kVersionNotSupported;
}

}  // namespace

HttpResponse response_of(const Refusal& refusal) {
  HttpResponse response{.status = refusal.status, .headers = {}, .body = {}, .log_facts = {}};
  const std::string type = is_our_fault(refusal.status)
                               ? "urn:ietf:params:acme:error:serverInternal"
                               : "urn:ietf:params:acme:error:malformed";
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = R"({"type":")" + type + R"(","status":)" + std::to_string(refusal.status) +
                  R"(,"detail":)" + acme::json_text(refusal.detail) + "}";
  response.log_facts.emplace_back("problem", type);
  response.log_facts.emplace_back("detail", refusal.detail);
  return response;
}

}  // namespace server
