#include "server/api/problem.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/api/wording.h"

namespace server::api {
namespace {

using nlohmann::json;

constexpr unsigned kUnprocessable = 422;

// In the order of the enumerators.
constexpr std::array kHttpFaults{
    HttpFaultFacts{HttpFault::malformed, 400, "malformed", "The request cannot be read"},
    HttpFaultFacts{HttpFault::unauthorized, 401, "unauthorized",
                   "A token is needed that opens this API"},
    HttpFaultFacts{HttpFault::not_found, 404, "notFound", "There is no such thing"},
    HttpFaultFacts{HttpFault::method_not_allowed, 405, "methodNotAllowed",
                   "The method is not one of this resource"},
    HttpFaultFacts{HttpFault::payload_too_large, 413, "payloadTooLarge",
                   "The body is larger than is taken here"},
    HttpFaultFacts{HttpFault::unsupported_media_type, 415, "unsupportedMediaType",
                   "The body is of a type that is not taken here"},
    HttpFaultFacts{HttpFault::precondition_required, 428, "preconditionRequired",
                   "A change says which version it is made to"},
    HttpFaultFacts{HttpFault::internal, 500, "internal", "Something failed on our side"},
    HttpFaultFacts{HttpFault::unavailable, 503, "unavailable",
                   "The server cannot do this now; repeat the request later"},
};

json errors_of(const std::vector<policy::FaultAt>& errors) {
  json list = json::array();
  for (const policy::FaultAt& each : errors) {
    list.push_back({{"pointer", each.pointer},
                    {"code", policy::facts_of(each.code).text},
                    {"detail", each.detail}});
  }
  return list;
}

struct Parts {
  unsigned status;
  std::string_view code;
  const std::string& detail;
  const std::vector<policy::FaultAt>& errors;
};

HttpResponse response_of(const Parts& parts, const Occurrence& where) {
  json document{
      {"type",
       std::string(where.base_url) + std::string(kProblemsPath) + "#" + std::string(parts.code)},
      {"title", wording(Vocabulary::problem, parts.code, where.language)},
      {"status", parts.status},
      {"detail", parts.detail},
      {"code", parts.code},
  };
  if (!where.request_id.empty()) {
    document["instance"] = std::string(where.path) + "#" + std::string(where.request_id);
  }
  if (!parts.errors.empty()) document["errors"] = errors_of(parts.errors);
  HttpResponse response{.status = parts.status, .headers = {}, .body = {}, .log_facts = {}};
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.headers.emplace_back("Content-Language", tag_of(where.language));
  response.body = document.dump(-1, ' ', false, json::error_handler_t::replace);
  response.log_facts.emplace_back("problem", parts.code);
  response.log_facts.emplace_back("detail", parts.detail);
  return response;
}

HttpFault fault_of_status(unsigned status) {
  for (const HttpFaultFacts& each : kHttpFaults) {
    if (each.status == status) return each.fault;
  }
  return status >= 500 ? HttpFault::internal : HttpFault::malformed;
}

}  // namespace

std::span<const HttpFaultFacts> http_faults() {
  return kHttpFaults;
}

const HttpFaultFacts& facts_of(HttpFault fault) {
  return kHttpFaults.at(static_cast<std::size_t>(fault));
}

unsigned status_of(policy::FaultKind kind) {
  switch (kind) {
    case policy::FaultKind::invalid:
      return kUnprocessable;
    case policy::FaultKind::too_large:
      return 413;
    case policy::FaultKind::unsupported_type:
      return 415;
    case policy::FaultKind::absent:
      return 404;
    case policy::FaultKind::forbidden:
      return 403;
    case policy::FaultKind::conflict:
      return 409;
    case policy::FaultKind::stale:
      return 412;
    case policy::FaultKind::limited:
      return 429;
  }
  std::unreachable();
}

HttpResponse problem_response(const policy::Fault& fault, const Occurrence& where) {
  const policy::FaultFacts& facts = policy::facts_of(fault.code);
  HttpResponse response =
      response_of({status_of(facts.kind), facts.text, fault.detail, fault.errors}, where);
  const bool passes = fault.code == policy::FaultCode::rate_limited ||
                      fault.code == policy::FaultCode::dcv_frequently;
  if (passes) set_wait(response, std::chrono::minutes(1));
  return response;
}

void set_wait(HttpResponse& response, std::chrono::seconds wait) {
  std::erase_if(response.headers, [](const auto& each) { return each.first == "Retry-After"; });
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
}

HttpResponse problem_response(HttpFault fault, std::string detail, const Occurrence& where) {
  return problem_response(fault, std::move(detail), {}, where);
}

HttpResponse problem_response(HttpFault fault,
                              std::string detail,
                              const std::vector<policy::FaultAt>& errors,
                              const Occurrence& where) {
  const HttpFaultFacts& facts = facts_of(fault);
  return response_of({facts.status, facts.code, detail, errors}, where);
}

HttpResponse problem_response(const HttpResponse& refusal, const Occurrence& where) {
  const HttpFaultFacts& facts = facts_of(fault_of_status(refusal.status));
  const json said = json::parse(refusal.body, nullptr, false);
  const std::string detail = said.is_object() ? said.value("detail", "") : std::string();
  HttpResponse response = response_of({refusal.status, facts.code, detail, {}}, where);
  for (const auto& [name, value] : refusal.headers) {
    if (name == "Retry-After" || name == "Cache-Control")
      response.headers.emplace_back(name, value);
  }
  return response;
}

std::string problem_list() {
  json list = json::array();
  for (const HttpFaultFacts& each : kHttpFaults) {
    list.push_back({{"code", each.code}, {"status", each.status}});
  }
  for (const policy::FaultFacts& each : policy::fault_codes()) {
    if (each.code == policy::FaultCode::not_found) continue;  // stands there already
    list.push_back({{"code", each.text}, {"status", status_of(each.kind)}});
  }
  return json{{"items", std::move(list)}}.dump();
}

}  // namespace server::api
