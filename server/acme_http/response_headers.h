// The header fields ACME clients look for.
#pragma once

#include <chrono>
#include <string_view>

#include "acme/reply.h"
#include "server/http/message.h"

namespace server {

/// Adds Retry-After to a refusal, in whole seconds, at least 1 and at most 600: clients sleep for
/// exactly what they are told.
void add_retry_after(HttpResponse& response, std::chrono::seconds wait);

/// Adds a Link field (RFC 8288 §3).
void add_link(HttpResponse& response, std::string_view url, std::string_view relation);

/// What an operation answered, as HTTP: status, Content-Type without a charset, Location,
/// Retry-After, links, body. What an order that waits for people asks for is not cut but at six
/// hours (docs/reviews.md): a polite client then looks once in an hour and not every ten minutes.
HttpResponse response_of(acme::Reply reply);

/// Lets scripts of other origins read ACME replies (RFC 8555 §6.1).
void add_cross_origin_headers(HttpResponse& response);

}  // namespace server
