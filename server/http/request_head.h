// The head of a request: where it ends, and whether it can be trusted to be one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/host_names.h"
#include "server/http/refusal.h"

namespace server {

/// Finds the end of a head in bytes that arrive piece by piece, and stops early at bytes that no
/// head can have, so that a client that speaks something else is answered at once and not when a
/// deadline passes.
class HeadScanner {
 public:
  enum class Verdict { incomplete, complete, broken };

  /// `bytes` is everything received so far; it begins with the same bytes as at the last call.
  Verdict scan(std::string_view bytes);
  /// After `complete`: the length of the head with its empty line.
  [[nodiscard]] std::size_t length() const { return seen_; }

 private:
  std::size_t seen_ = 0;
  std::size_t line_begin_ = 0;
};

enum class Persistence { keep_alive, close };
enum class Expectation { none, continue_100 };

/// What the framing needs to know of a head, and what handlers get to see of it.
struct RequestHead {
  std::string method;
  std::string path;
  std::string query;
  std::string content_type;
  std::string user_agent;
  std::string if_none_match;
  std::string if_match;
  std::string authorization;
  std::string accept_language;
  std::string idempotency_key;
  std::uint64_t content_length = 0;  // 0 if there was none and none was needed
  Persistence persistence = Persistence::keep_alive;
  Expectation expectation = Expectation::none;
};

/// How large a body a request may have that has a limit of its own; nothing: the listener's. Safe
/// from any thread.
using BodyLimit = std::function<std::optional<std::uint64_t>(const RequestHead&)>;

struct HeadRules {
  const HostNames& hosts;
  std::string_view server_name;  // of the TLS handshake; empty if none was sent
  std::uint64_t body_bytes;
  const BodyLimit* body_limit = nullptr;
};

/// Parses one whole head and applies the framing rules: no Transfer-Encoding, no Trailer, exactly
/// one Host that is ours, at most one Content-Length, an origin-form target, no folded lines, no
/// body with GET or HEAD. A body over the limit is refused here, before a byte of it is read. Pure,
/// and never throws on any input, as far as `rules.body_limit` does not.
std::expected<RequestHead, Refusal> parse_head(std::string_view bytes, const HeadRules& rules);

}  // namespace server
