#include "acme/jose/jws.h"

#include <algorithm>
#include <array>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/algorithms.h"
#include "acme/wire/strict_json.h"

namespace acme {
namespace {

constexpr std::array<std::string_view, 3> kMembers{"payload", "protected", "signature"};

// RFC 7515 §4.1.11: we understand no critical extension; RFC 8555 §6.2 forbids `b64`. The others
// would let the sender choose a key we have not judged.
constexpr std::array<std::string_view, 5> kRefusedParameters{"b64", "crit", "jku", "x5c", "x5u"};

constexpr std::size_t kMaxUrl = 2'000;

std::unexpected<Problem> malformed(std::string detail) {
  return refuse(ProblemType::malformed, std::move(detail));
}

std::unexpected<Problem> bad_algorithm(std::string detail) {
  return std::unexpected(Problem(ProblemType::bad_signature_algorithm, std::move(detail))
                             .with_list("algorithms", signature_algorithms()));
}

/// RFC 8555 §6.2: the flattened serialization, with neither an unprotected `header` nor more than
/// one signature.
Result<void> check_members(const JsonObject& outer) {
  for (const std::string& name : outer.names()) {
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return malformed(
          "JWS: the member " + in_quotes(name) +
          " is not allowed, expected exactly protected, payload and signature (RFC 8555 §6.2)");
    }
  }
  return {};
}

/// RFC 8555 §6.5.2: what is not base64url is malformed, what we did not issue is badNonce. An
/// absent one stays empty.
Result<std::string> nonce_of(const JsonObject& header) {
  const auto nonce = header.optional_string("nonce");
  if (!nonce) return std::unexpected(nonce.error());
  if (!*nonce) return std::string();
  const bool in_alphabet = std::ranges::all_of(**nonce, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if ((*nonce)->empty() || !in_alphabet) {
    return header.refuse_member(
        "nonce", "expected base64url (RFC 8555 §6.5.2), found " + in_quotes(**nonce));
  }
  return **nonce;
}

Result<void> read_algorithm(const JsonObject& header, Jws& jws) {
  auto name = header.string("alg");
  if (!name) return std::unexpected(std::move(name).error());
  if (jose_algorithm(*name) == nullptr) {
    return bad_algorithm("JWS: the algorithm " + in_quotes(*name) +
                         " is not accepted, expected one of \"algorithms\"");
  }
  jws.alg = *std::move(name);
  return {};
}

/// RFC 8555 §6.2: exactly one of `jwk` and `kid`.
Result<void> read_key(const JsonObject& header, Jws& jws) {
  if (header.has("jwk") == header.has("kid")) {
    return malformed(
        std::string("JWS: expected exactly one of jwk and kid in the protected header, found ") +
        (header.has("jwk") ? "both" : "neither"));
  }
  if (header.has("kid")) {
    auto kid = header.string("kid");
    if (!kid) return std::unexpected(std::move(kid).error());
    jws.kid = *std::move(kid);
    return {};
  }
  const auto jwk = header.object("jwk");
  if (!jwk) return std::unexpected(jwk.error());
  jws.jwk = jwk->text();
  return {};
}

Result<void> read_protected(std::string_view text, Jws& jws) {
  const auto header = parse_json_object("protected header", text);
  if (!header) return std::unexpected(header.error());
  for (const std::string& name : header->names()) {
    if (std::ranges::find(kRefusedParameters, name) != kRefusedParameters.end()) {
      return header->refuse_member(name, "is not allowed in a request");
    }
  }
  if (auto read = read_algorithm(*header, jws); !read) return read;
  if (auto read = read_key(*header, jws); !read) return read;
  auto nonce = nonce_of(*header);
  if (!nonce) return std::unexpected(std::move(nonce).error());
  jws.nonce = *std::move(nonce);
  auto url = header->string("url");
  if (!url) return std::unexpected(std::move(url).error());
  if (url->size() > kMaxUrl) return header->refuse_member("url", "is longer than 2000 octets");
  jws.url = *std::move(url);
  return {};
}

}  // namespace

Result<Jws> parse_jws(std::string_view body) {
  const auto outer = parse_json_object("JWS", body);
  if (!outer) return std::unexpected(outer.error());
  if (auto checked = check_members(*outer); !checked) return std::unexpected(checked.error());

  const auto header = outer->base64url("protected");
  if (!header) return std::unexpected(header.error());
  auto payload = outer->base64url("payload");
  if (!payload) return std::unexpected(std::move(payload).error());
  auto signature = outer->base64url("signature");
  if (!signature) return std::unexpected(std::move(signature).error());

  Jws jws;
  if (auto read = read_protected(*header, jws); !read) return std::unexpected(read.error());
  // The texts and not a new encoding of what they mean: those are the octets that were signed (RFC
  // 7515 §5.1).
  jws.signing_input = outer->string("protected").value() + "." + outer->string("payload").value();
  jws.payload = *std::move(payload);
  jws.signature = *std::move(signature);
  return jws;
}

const std::vector<std::string>& signature_algorithms() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const JoseAlgorithm& row : kJoseAlgorithms) all.emplace_back(row.name);
    return all;
  }();
  return names;
}

Result<void> verify_jws(const Jws& jws, const ca::PublicKey& key) {
  const JoseAlgorithm* const algorithm = jose_algorithm(jws.alg);
  if (algorithm == nullptr)
    return bad_algorithm("JWS: the algorithm " + in_quotes(jws.alg) + " is not accepted");
  const std::string_view fitting = jose_algorithm(key.kind()).name;
  if (algorithm->name != fitting) {
    std::string detail =
        "JWS: " + jws.alg + " does not fit the key, which signs with " + std::string(fitting);
    // RFC 8555 §6.2: "`alg` is ES256 but `jwk` does not contain a valid P-256 public key" is
    // badPublicKey. A stored account key is beyond doubt, so there it is the algorithm.
    if (jws.jwk) return refuse(ProblemType::bad_public_key, std::move(detail));
    return bad_algorithm(std::move(detail));
  }
  if (!key.verify(algorithm->signature, algorithm->form, jws.signing_input, jws.signature)) {
    return malformed("JWS: the signature does not verify with the key of the request");
  }
  return {};
}

}  // namespace acme
