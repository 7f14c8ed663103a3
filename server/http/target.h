// The request target: what may stand in a request line (RFC 9112 §3.2) and what of it we take.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace server {

/// A target cut at its `?`. Views into the text it was made from; nothing is decoded or normalised.
struct Target {
  std::string_view path;
  std::string_view query;  // empty if there is none
};

/// Judges `text`, the target as sent. Only the origin form is taken (RFC 9112 §3.2.1): it begins
/// with one `/`, consists of the characters RFC 3986 §3.3 and §3.4 allow (and brackets, in the
/// query), has no dot segment, no empty segment and no empty query. The error is one sentence that
/// says what was wrong.
///
/// So what a rule matches is what the handler sees. Only what stands for an id or a name in a path
/// of the API is decoded, once and behind this (server/api/route.h).
std::expected<Target, std::string> parse_target(std::string_view text);

}  // namespace server
