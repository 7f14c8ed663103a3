// HTTP to ACME and back: the one place where a request becomes an operation, where problems get a
// status, and where exceptions are caught.
#pragma once

#include "acme/services.h"
#include "server/http/message.h"
#include "server/log/logger.h"

namespace server {

/// Builds the handler of the ACME listener: the route table of acme_http/routes.cpp over
/// `services`. Every reply carries Replay-Nonce (POST), Link rel=index and Cache-Control; every
/// error is an RFC 9457 problem document. `services` and `log` outlive the handler.
HttpHandler make_acme_handler(acme::Services& services, Logger& log);

/// The handler of the public, plain HTTP listener: CRLs (`/crl/{issuer}.crl`), issuing certificates
/// (`/ca/{issuer}.cer`, DER). GET and HEAD only, with cache headers.
HttpHandler make_public_handler(acme::Services& services, Logger& log);

/// What `GET /health` on the ACME listener reports: 200 when the store accepts writes, else 503, as
/// JSON.
HttpResponse health(const acme::Services& services);

}  // namespace server
