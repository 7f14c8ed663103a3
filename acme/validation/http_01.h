// The HTTP challenge (RFC 8555 §8.3, BR 3.2.2.4.19).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "acme/validation/outcome.h"
#include "acme/validation/ports.h"
#include "ca/names/identifier.h"

namespace acme {

/// Fetches `/.well-known/acme-challenge/{token}` from `host` and compares the body with the key
/// authorization. The thumbprint never leaves this process: a server that echoes the request cannot
/// pass (RFC 8555 §10.1). Refuses with what the fetcher says, or with incorrect_response. `host` is
/// not a wildcard; it may be an address (RFC 8738 §4).
boost::asio::awaitable<ValidationOutcome> validate_http_01(HttpFetcher& fetcher,
                                                           ca::Identifier host,
                                                           std::string token,
                                                           std::string thumbprint);

}  // namespace acme
