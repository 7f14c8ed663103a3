// What the HTTP layer itself refuses, before any handler sees a request.
#pragma once

#include <string>

#include "server/http/message.h"

namespace server {

/// A status and one sentence for the person who reads it. The connection is closed after it,
/// because what follows on it can no longer be trusted to be a request.
struct Refusal {
  unsigned status = 400;
  std::string detail;
  // Of the request, as far as they could be read:
  std::string method = {};
  std::string path = {};
  std::string user_agent = {};
};

/// The refusal as a problem document (RFC 9457). Its type is `malformed`, or `serverInternal` from
/// status 500 on, so that an ACME client always finds a registered type (RFC 8555 §6.7). 501 is the
/// client's fault: `malformed`.
HttpResponse response_of(const Refusal& refusal);

}  // namespace server
