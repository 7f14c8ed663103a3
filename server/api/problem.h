// Problems of the API (RFC 9457): the one place where a refusal of policy gets its status.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/fault.h"
#include "server/api/language.h"
#include "server/http/message.h"

namespace server::api {

/// What HTTP itself refuses, beside the codes of policy::FaultCode.
enum class HttpFault {
  malformed,     // not JSON, or a header field or query that cannot be read
  unauthorized,  // no token, or one that opens nothing
  not_found,     // no such route
  method_not_allowed,
  payload_too_large,
  unsupported_media_type,
  precondition_required,  // a change without If-Match
  internal,
  unavailable,
};

struct HttpFaultFacts {
  HttpFault fault;
  unsigned status;
  std::string_view code;  // "methodNotAllowed"
  std::string_view title;
};
/// Every one, in the order of the enumerators.
std::span<const HttpFaultFacts> http_faults();
const HttpFaultFacts& facts_of(HttpFault fault);

/// Total.
unsigned status_of(policy::FaultKind kind);

/// The path of the list of all codes; a problem's type is this with `#` and the code.
inline constexpr std::string_view kProblemsPath = "/api/v1/problems";

/// Where a problem happened: what its `instance` is made of.
struct Occurrence {
  std::string_view base_url;
  std::string_view path;
  std::string_view request_id;
  Language language = Language::english;  // of the title
};

/// Of a limit, with a Retry-After of a minute, unless time alone does not lift it.
HttpResponse problem_response(const policy::Fault& fault, const Occurrence& where);
/// Says how long to wait, in place of what was said before.
void set_wait(HttpResponse& response, std::chrono::seconds wait);
HttpResponse problem_response(HttpFault fault, std::string detail, const Occurrence& where);
/// With places in the request, or in its query.
HttpResponse problem_response(HttpFault fault,
                              std::string detail,
                              const std::vector<policy::FaultAt>& errors,
                              const Occurrence& where);

/// The listener's own refusal of a request to the API, in the API's words.
HttpResponse problem_response(const HttpResponse& refusal, const Occurrence& where);

/// Every code with its status, as JSON: what the type of a problem leads to. Titles are told when
/// it goes out.
std::string problem_list();

}  // namespace server::api
