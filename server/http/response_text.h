// A response as the bytes that go over the wire.
#pragma once

#include <chrono>
#include <string>

#include "server/http/message.h"
#include "server/http/request_head.h"

namespace server {

/// Whether the reader expects the body: the response to HEAD describes one without sending it (RFC
/// 9110 §9.3.2).
enum class BodySent { yes, no };

/// Appends `response` to `out` in one piece, so that it goes out with one write: status line, Date,
/// its own headers, Content-Length (not with 204 and 304, RFC 9110 §8.6), Connection, body. Line
/// breaks in header values would split the response; they are our fault and throw std::logic_error.
void append_response(std::string& out,
                     const HttpResponse& response,
                     BodySent body_sent,
                     Persistence persistence,
                     std::chrono::system_clock::time_point now);

/// RFC 9110 §5.6.7, IMF-fixdate: `Sun, 22 Nov 2026 09:30:00 GMT`.
std::string http_date(std::chrono::sys_seconds time);

}  // namespace server
