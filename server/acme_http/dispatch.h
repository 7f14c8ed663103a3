// HTTP to ACME and back: the one place where a request becomes an operation, where problems get a
// status, and where exceptions are caught.
#pragma once

#include "acme/services.h"
#include "ca/ocsp/responder.h"
#include "server/http/message.h"
#include "server/log/logger.h"

namespace server {

/// Builds the handler of the ACME listener: the route table of acme_http/routes.cpp over
/// `services`. Every reply carries Replay-Nonce (POST), Link rel=index and Cache-Control; every
/// error is an RFC 9457 problem document. `services` and `log` outlive the handler.
HttpHandler make_acme_handler(acme::Services& services, Logger& log);

/// What the ACME listener adds to refusals it makes before any handler sees the request:
/// Replay-Nonce (RFC 8555 §6.5), Link rel=index and the cross-origin headers. `services` outlives
/// it.
RefusalCompletion make_acme_refusal_completion(acme::Services& services);

/// The handler of the public, plain HTTP listener: CRLs (`/crl/{issuer}.crl`), issuing certificates
/// (`/ca/{issuer}.cer`, DER), GET and HEAD only, and OCSP (`/ocsp`) if there is a responder. All
/// with cache headers. What it is given outlives it.
HttpHandler make_public_handler(acme::Services& services,
                                ca::ocsp::Responder* responder,
                                Logger& log);

/// What `GET /health` on the ACME listener reports as JSON: 200 while the store accepts writes,
/// also when it is low on room (`"room":"low"`) and only new work is refused; else 503.
HttpResponse health(const acme::Services& services);

}  // namespace server
