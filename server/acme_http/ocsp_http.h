// OCSP over HTTP (RFC 6960 appendix A.1, RFC 5019 §5, §6).
#pragma once

#include "ca/ocsp/responder.h"
#include "ca/time.h"
#include "server/http/message.h"

namespace server {

/// Whether this path is the responder's: `/ocsp`, and below it the requests sent by GET.
bool is_for_ocsp(const HttpRequest& request);

/// Whatever the responder says is 200, also when it says that the request was none. HEAD is
/// answered as GET is; the listener leaves the body out (RFC 9110 §9.3.2). Answers that may be kept
/// carry the cache headers of RFC 5019 §6.2, others `no-store`.
HttpResponse answer_ocsp(ca::ocsp::Responder& responder, const HttpRequest& request, ca::Time now);

}  // namespace server
