// The key of an onion service, and the requests that it signs for onion-csr-01, right ones and
// wrong ones.
#pragma once

#include <string>
#include <string_view>

#include "ca/crypto/signer.h"
#include "ca/names/onion_service.h"
#include "tests/support/csr.h"
#include "tests/support/ed25519_key.h"

namespace tests {

class OnionKey final : public Ed25519Key {
 public:
  using Ed25519Key::Ed25519Key;
  /// "….onion"
  [[nodiscard]] std::string address() const { return ca::onion_address(octets()); }
};

/// An attribute of one value.
inline std::string attribute(std::string_view type, std::string_view value) {
  return ca::der::sequence(
      {ca::der::object_identifier(type), ca::der::set_of({std::string(value)})});
}
inline std::string octet_string(std::string_view octets) {
  return ca::der::element(ca::der::Tag::octet_string, octets);
}

inline constexpr std::string_view kApplicantNonce = "applicant nonce!";

/// The request that answers a challenge with the octets `nonce`.
inline std::string onion_request(ca::Signer& signer,
                                 std::string_view nonce,
                                 std::string_view applicant_nonce = kApplicantNonce) {
  CsrParts parts;
  parts.attributes = {attribute("2.23.140.41", octet_string(nonce)),
                      attribute("2.23.140.42", octet_string(applicant_nonce))};
  return sign_csr(signer, parts);
}

}  // namespace tests
