#include "ca/onion_request.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ca/broken_rule.h"
#include "ca/oids.h"
#include "ca/request_parts.h"

namespace ca {
namespace {

std::unexpected<Rejection> bad_csr(BrokenRule rule, std::string detail) {
  return reject(RejectionKind::bad_csr, under(rule, std::move(detail)));
}

Judged<std::string> nonce(const std::vector<RequestAttribute>& attributes,
                          std::string_view type,
                          std::string_view name) {
  const auto found = std::ranges::find(attributes, type, &RequestAttribute::type);
  if (found == attributes.end()) {
    return bad_csr(BrokenRule::onion_request, "The request has no attribute " + std::string(name) +
                                                  " (" + std::string(type) + ")");
  }
  const auto octets = der::only(found->values, der::Tag::octet_string);
  if (!octets) {
    return bad_csr(BrokenRule::onion_request,
                   "The attribute " + std::string(name) + " is not one OCTET STRING");
  }
  return std::string(octets->content);
}

}  // namespace

Judged<OnionRequest> parse_onion_request(std::string_view der) {
  const auto parts = split_request(der);
  if (!parts) return std::unexpected(parts.error());
  const auto attributes = request_attributes(parts->attributes);
  if (!attributes) return std::unexpected(attributes.error());
  auto ca_nonce = nonce(*attributes, oid::kCaSigningNonce, "caSigningNonce");
  if (!ca_nonce) return std::unexpected(std::move(ca_nonce).error());
  auto own_nonce = nonce(*attributes, oid::kApplicantSigningNonce, "applicantSigningNonce");
  if (!own_nonce) return std::unexpected(std::move(own_nonce).error());
  auto key = self_signed_key(*parts);
  if (!key) return std::unexpected(std::move(key).error());
  if (key->kind() != KeyKind::ed25519) {
    return bad_csr(BrokenRule::onion_request,
                   "The key of the request is not an Ed25519 key, which onion services have");
  }
  return OnionRequest{*std::move(key), *std::move(ca_nonce), *std::move(own_nonce)};
}

}  // namespace ca
