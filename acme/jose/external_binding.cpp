#include "acme/jose/external_binding.h"

#include <algorithm>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/flattened_jws.h"
#include "acme/jose/jwk.h"

namespace acme {
namespace {

constexpr std::string_view kPlace = "externalAccountBinding";

std::unexpected<Problem> within(Problem problem) {
  return std::unexpected(std::move(problem).within(kPlace));
}

/// A member that a binding must not have.
struct Forbidden {
  std::string_view name;
  std::string_view complaint;
};
constexpr std::array<Forbidden, 2> kForbidden{{
    {"jwk", "is not allowed here, expected kid with the identifier of the MAC key"},
    {"nonce", "is not allowed here, only in the outer protected header"},
}};

Result<const MacAlgorithm*> algorithm_of(const JsonObject& header) {
  const auto name = header.string("alg");
  if (!name) return std::unexpected(name.error());
  const auto* const row = std::ranges::find(kMacAlgorithms, *name, &MacAlgorithm::name);
  if (row != kMacAlgorithms.end()) return row;
  return header.refuse_member("alg", "is " + in_quotes(*name) +
                                         ", expected a MAC: HS256, HS384 or HS512 (RFC 8555 "
                                         "§7.3.4)");
}

Result<std::string> kid_of(const JsonObject& header) {
  auto kid = header.string("kid");
  if (kid && !is_key_identifier(*kid)) {
    return header.refuse_member(
        "kid", "is " + in_quotes(*kid) + ", expected 1 to 64 visible ASCII characters");
  }
  return kid;
}

Result<void> check_header(const JsonObject& header, std::string_view outer_url) {
  for (const Forbidden& each : kForbidden) {
    if (header.has(each.name)) return header.refuse_member(each.name, each.complaint);
  }
  const auto url = url_of(header);
  if (!url) return std::unexpected(url.error());
  if (*url == outer_url) return {};
  return header.refuse_member(
      "url", "is " + in_quotes(*url) + ", expected that of the outer JWS, " + in_quotes(outer_url));
}

}  // namespace

bool is_key_identifier(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyIdentifier &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<ExternalBinding> parse_external_binding(std::string_view json, std::string_view outer_url) {
  auto jws = parse_flattened_jws(json);
  if (!jws) return within(std::move(jws).error());
  const auto algorithm = algorithm_of(jws->header);
  if (!algorithm) return within(algorithm.error());
  auto kid = kid_of(jws->header);
  if (!kid) return within(std::move(kid).error());
  if (const auto checked = check_header(jws->header, outer_url); !checked) {
    return within(checked.error());
  }
  return ExternalBinding{.kid = *std::move(kid),
                         .algorithm = *algorithm,
                         .signing_input = std::move(jws->signing_input),
                         .mac = std::move(jws->signature),
                         .payload = std::move(jws->payload)};
}

bool verifies(const ExternalBinding& binding, std::string_view mac_key) {
  const std::string expected = binding.algorithm->mac(mac_key, binding.signing_input);
  const bool is_same = ca::equal_in_constant_time(expected, binding.mac);
  return is_same && mac_key.size() >= binding.algorithm->least_key_octets;
}

Result<void> require_binding_of(const ExternalBinding& binding, const ca::PublicKey& outer) {
  const auto bound = parse_jwk(binding.payload);
  if (!bound) return within(Problem(bound.error()).within("payload"));
  if (thumbprint(*bound) == thumbprint(outer)) return {};
  return within(Problem(ProblemType::malformed,
                        "the payload is the key with the thumbprint " + thumbprint(*bound) +
                            ", expected that of the outer jwk, " + thumbprint(outer)));
}

}  // namespace acme
