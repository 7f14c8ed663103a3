// The parts of a request that a route asks for, read into the call or refused.
#pragma once

#include <optional>
#include <string>

#include "server/api/call.h"
#include "server/api/language.h"
#include "server/api/problem.h"
#include "server/api/route.h"
#include "server/http/message.h"

namespace server::api {

/// Why a part is refused.
struct PartFault {
  HttpFault fault = HttpFault::malformed;
  std::string detail;
  std::vector<policy::FaultAt> errors = {};
  bool is_content = false;  // it can be read, and its content is at fault: 422
};

/// Query, If-Match, Idempotency-Key and body, as `route` takes them.
std::optional<PartFault> read_parts(const HttpRequest& request, const Route& route, Call& call);

/// `"v7"`, or `"v7.zh-Hans"`, as the API writes entity tags. If-Match takes each for the version 7.
std::string entity_tag(std::uint64_t version, Language language = Language::english);

}  // namespace server::api
