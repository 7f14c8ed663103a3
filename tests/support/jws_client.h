// Makes the requests of an honest ACME client: genuine flattened JWS over any payload.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acme/jose/algorithms.h"
#include "acme/jose/jwk.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/public_key.h"
#include "ca/crypto/signer.h"
#include "ca/der/reader.h"

namespace tests {

/// RFC 7518 §3.4: r and s of a DER signature, each padded to the width of the curve.
inline std::string fixed_width_signature(std::string_view der, ca::KeyKind kind) {
  const std::size_t width = kind == ca::KeyKind::ec_p256   ? 32
                            : kind == ca::KeyKind::ec_p384 ? 48
                                                           : 66;
  ca::der::Reader numbers(ca::der::only(der, ca::der::Tag::sequence).value().content);
  std::string out;
  for (int i = 0; i < 2; ++i) {
    const auto number =
        ca::der::unsigned_integer(numbers.next(ca::der::Tag::integer).value()).value();
    out.append(width - number.size(), '\0').append(number);
  }
  return out;
}

/// The JWS signature of `signing_input` by `signer`, raw octets.
inline std::string jws_signature(ca::Signer& signer, std::string_view signing_input) {
  const std::string made = signer.sign(signing_input);
  const ca::KeyKind kind = signer.public_key().kind();
  const bool is_ecdsa = kind != ca::KeyKind::rsa && kind != ca::KeyKind::ed25519;
  return is_ecdsa ? fixed_width_signature(made, kind) : made;
}

/// A flattened JWS with any protected header, right or wrong.
inline std::string make_jws(ca::Signer& signer,
                            std::string_view protected_header,
                            std::string_view payload) {
  const std::string header = ca::base64url(protected_header);
  const std::string body = ca::base64url(payload);
  const std::string signature = ca::base64url(jws_signature(signer, header + "." + body));
  return R"({"protected":")" + header + R"(","payload":")" + body + R"(","signature":")" +
         signature + R"("})";
}

/// Signs requests with one key, as `jwk` until an account URL is known and as `kid` from then on.
class JwsClient {
 public:
  explicit JwsClient(ca::KeyAlgorithm algorithm = ca::KeyAlgorithm::ecdsa_p256)
      : signer_(ca::generate_signer(algorithm)) {}

  void use_account(std::string url) { kid_ = std::move(url); }
  void forget_account() { kid_.reset(); }
  [[nodiscard]] const std::optional<std::string>& account() const { return kid_; }
  [[nodiscard]] const ca::PublicKey& public_key() const { return signer_->public_key(); }
  [[nodiscard]] std::string thumbprint() const { return acme::thumbprint(public_key()); }
  [[nodiscard]] ca::Signer& signer() const { return *signer_; }

  /// The protected header this client would send.
  [[nodiscard]] std::string protected_header(std::string_view url, std::string_view nonce) const {
    const std::string key =
        kid_ ? R"("kid":")" + *kid_ + '"' : R"("jwk":)" + acme::canonical_jwk(public_key());
    return R"({"alg":")" + std::string(acme::jose_algorithm(public_key().kind()).name) + R"(",)" +
           key + R"(,"nonce":")" + std::string(nonce) + R"(","url":")" + std::string(url) + R"("})";
  }

  /// The body of a POST to `url`. An empty payload is a POST-as-GET.
  [[nodiscard]] std::string request(std::string_view url,
                                    std::string_view nonce,
                                    std::string_view payload) const {
    return make_jws(*signer_, protected_header(url, nonce), payload);
  }

 private:
  std::unique_ptr<ca::Signer> signer_;
  std::optional<std::string> kid_;
};

}  // namespace tests
