// HTTP as the handlers see it: plain values, nothing of Beast.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server {

/// A request that has passed the framing rules (docs/architecture.md): exactly one Host that is
/// ours, no Transfer-Encoding, no trailers, an origin-form target.
struct HttpRequest {
  std::string method;  // as sent: "GET", "POST", "HEAD", …
  std::string path;    // the target up to `?`, exactly as sent (never decoded, never normalised)
  std::string query;   // behind the `?`, may be empty
  std::string content_type;
  std::string user_agent;
  std::string if_none_match;
  std::string if_match;
  std::string authorization;    // a secret: never logged
  std::string accept_language;  // RFC 9110 §12.5.4, all fields of that name joined by commas
  std::string idempotency_key;  // draft-ietf-httpapi-idempotency-key-header
  std::string body;
  std::string peer;  // address and port of the other side
  std::string request_id;
};

struct HttpResponse {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>>
      headers;  // beside Content-Length, Date and Connection
  std::string body;
  /// Facts for the request's log line: account, problem, object ids.
  std::vector<std::pair<std::string, std::string>> log_facts;
};

/// Gives an answer that was made without the handler (to a request refused for its framing) what
/// every answer of the service carries. `path` is empty where the request has none that can be
/// read. Safe from any thread.
using RefusalCompletion = std::function<void(HttpResponse&, std::string_view path)>;

using HttpHandler = std::function<boost::asio::awaitable<HttpResponse>(HttpRequest)>;

}  // namespace server
