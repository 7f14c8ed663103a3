// The flattened JWS serialization (RFC 7515 §7.2.2), taken apart. What its header must say depends
// on where it stands: acme/jose/jws.h, acme/jose/external_binding.h.
#pragma once

#include <string>
#include <string_view>

#include "acme/problem.h"
#include "acme/wire/strict_json.h"

namespace acme {

/// Not yet judged, not yet verified.
struct FlattenedJws {
  JsonObject header;          // the protected one; without `crit`, `b64`, `jku`, `x5u` and `x5c`
  std::string signing_input;  // protected "." payload, as received
  std::string payload;        // decoded
  std::string signature;      // decoded
};

/// Exactly `protected`, `payload` and `signature` (no `header`, no `signatures`), strict base64url,
/// no duplicate members. Refuses with malformed.
Result<FlattenedJws> parse_flattened_jws(std::string_view text);

/// The `url` of a protected header, at most 2000 octets, or malformed.
Result<std::string> url_of(const JsonObject& header);

}  // namespace acme
