// Makes external account bindings (RFC 8555 §7.3.4), right or wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acme/jose/external_binding.h"
#include "acme/jose/jwk.h"
#include "ca/crypto/encoding.h"

namespace tests {

/// Every part of a binding as an honest client would write it; a test spoils one.
struct BindingParts {
  BindingParts(std::string key_identifier,
               std::string mac_key,
               std::string_view outer_url,
               const ca::PublicKey& key)
      : secret(std::move(mac_key)),
        kid(R"("kid":")" + std::move(key_identifier) + '"'),
        url(outer_url),
        payload(acme::canonical_jwk(key)) {}

  /// The JSON of the field.
  [[nodiscard]] std::string text() const {
    const std::string header = ca::base64url(R"({"alg":")" + alg + R"(",)" + kid + R"(,"url":")" +
                                             url + '"' + more_header + "}");
    const std::string body = ca::base64url(payload);
    return R"({"protected":")" + header + R"(","payload":")" + body + R"(","signature":")" +
           ca::base64url(mac(header + "." + body)) + R"("})";
  }
  /// The payload of a newAccount with it.
  [[nodiscard]] std::string new_account() const {
    return R"({"externalAccountBinding":)" + text() + "}";
  }

  std::string secret;
  std::string alg = "HS256";
  std::string mac_alg;  // what the MAC is really made with, if not `alg`
  std::string kid;      // the whole member
  std::string url;
  std::string payload;
  std::string more_header;

 private:
  [[nodiscard]] std::string mac(std::string_view signing_input) const {
    for (const acme::MacAlgorithm& row : acme::kMacAlgorithms) {
      if (row.name == (mac_alg.empty() ? alg : mac_alg)) return row.mac(secret, signing_input);
    }
    return ca::hmac_sha256(secret, signing_input);
  }
};

}  // namespace tests
