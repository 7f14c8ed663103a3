#include "acme/jose/flattened_jws.h"

#include <algorithm>
#include <array>
#include <utility>

#include "acme/in_quotes.h"

namespace acme {
namespace {

constexpr std::array<std::string_view, 3> kMembers{"payload", "protected", "signature"};

// RFC 7515 §4.1.11: we understand no critical extension; RFC 8555 §6.2 forbids `b64`. The others
// would let the sender choose a key we have not judged.
constexpr std::array<std::string_view, 5> kRefusedParameters{"b64", "crit", "jku", "x5c", "x5u"};

constexpr std::size_t kMaxUrl = 2'000;

/// RFC 8555 §6.2: the flattened serialization, with neither an unprotected `header` nor more than
/// one signature.
Result<void> check_members(const JsonObject& outer) {
  for (const std::string& name : outer.names()) {
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return refuse(
          ProblemType::malformed,
          "JWS: the member " + in_quotes(name) +
              " is not allowed, expected exactly protected, payload and signature (RFC 8555 §6.2)");
    }
  }
  return {};
}

Result<JsonObject> header_of(std::string_view text) {
  auto header = parse_json_object("protected header", text);
  if (!header) return header;
  for (const std::string& name : header->names()) {
    if (std::ranges::find(kRefusedParameters, name) != kRefusedParameters.end()) {
      return header->refuse_member(name, "is not allowed in a request");
    }
  }
  return header;
}

}  // namespace

Result<FlattenedJws> parse_flattened_jws(std::string_view text) {
  const auto outer = parse_json_object("JWS", text);
  if (!outer) return std::unexpected(outer.error());
  if (auto checked = check_members(*outer); !checked) return std::unexpected(checked.error());
  const auto header_text = outer->base64url("protected");
  if (!header_text) return std::unexpected(header_text.error());
  auto payload = outer->base64url("payload");
  if (!payload) return std::unexpected(std::move(payload).error());
  auto signature = outer->base64url("signature");
  if (!signature) return std::unexpected(std::move(signature).error());
  auto header = header_of(*header_text);
  if (!header) return std::unexpected(std::move(header).error());
  // The texts and not a new encoding of what they mean: those are the octets that were signed (RFC
  // 7515 §5.1).
  std::string signing_input =
      outer->string("protected").value() + "." + outer->string("payload").value();
  return FlattenedJws{.header = *std::move(header),
                      .signing_input = std::move(signing_input),
                      .payload = *std::move(payload),
                      .signature = *std::move(signature)};
}

Result<std::string> url_of(const JsonObject& header) {
  auto url = header.string("url");
  if (url && url->size() > kMaxUrl) {
    return header.refuse_member("url", "is longer than 2000 octets");
  }
  return url;
}

}  // namespace acme
