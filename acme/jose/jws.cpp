#include "acme/jose/jws.h"

#include <algorithm>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/algorithms.h"
#include "acme/jose/flattened_jws.h"

namespace acme {
namespace {

std::unexpected<Problem> malformed(std::string detail) {
  return refuse(ProblemType::malformed, std::move(detail));
}

std::unexpected<Problem> bad_algorithm(std::string detail) {
  return std::unexpected(Problem(ProblemType::bad_signature_algorithm, std::move(detail))
                             .with_list("algorithms", signature_algorithms()));
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

Result<void> read_protected(const JsonObject& header, Jws& jws) {
  if (auto read = read_algorithm(header, jws); !read) return read;
  if (auto read = read_key(header, jws); !read) return read;
  auto nonce = nonce_of(header);
  if (!nonce) return std::unexpected(std::move(nonce).error());
  jws.nonce = *std::move(nonce);
  auto url = url_of(header);
  if (!url) return std::unexpected(std::move(url).error());
  jws.url = *std::move(url);
  return {};
}

}  // namespace

Result<Jws> parse_jws(std::string_view body) {
  auto parts = parse_flattened_jws(body);
  if (!parts) return std::unexpected(std::move(parts).error());
  Jws jws;
  if (auto read = read_protected(parts->header, jws); !read) return std::unexpected(read.error());
  jws.signing_input = std::move(parts->signing_input);
  jws.payload = std::move(parts->payload);
  jws.signature = std::move(parts->signature);
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
