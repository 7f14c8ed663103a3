// Problems as HTTP answers: the one place where an error type gets its status.
#pragma once

#include "acme/problem.h"
#include "server/http/message.h"

namespace server {

/// The status of a problem type (RFC 8555 §6.7 leaves it to the server; clients branch on these).
/// Total.
unsigned status_of(acme::ProblemType type);

/// A problem document with the status of its type, Location and Retry-After where the problem has
/// them, and the facts for the log line.
HttpResponse problem_response(const acme::Problem& problem);

/// The same with a status HTTP asks for (404, 405, 415, 503).
HttpResponse problem_response(const acme::Problem& problem, unsigned status);

}  // namespace server
