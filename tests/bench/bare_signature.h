// What one signature and one verification cost with OpenSSL alone, with keys parsed beforehand.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

#include "ca/crypto/openssl_error.h"
#include "tests/bench/cpu_cost.h"

namespace tests {

using BareKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using BareDigest = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;
using BareDigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

inline BareKey bare_p256_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}
inline BareDigest bare_sha256() {
  return {EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
}

inline std::string bare_sign(EVP_PKEY* key, const EVP_MD* digest, const std::string& message) {
  const BareDigestContext context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t length = signature.size();
  ca::require(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
                  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                 &length, bytes, message.size()) == 1,
              "EVP_DigestSign");
  signature.resize(length);
  return signature;
}

/// CPU microseconds to sign a message of that many octets.
inline double sign_microseconds(const BareKey& key, const EVP_MD* digest, std::size_t octets) {
  const std::string message(octets, 't');
  return cpu_microseconds([&] { bare_sign(key.get(), digest, message); });
}

/// CPU microseconds to verify such a signature.
inline double verify_microseconds(const BareKey& key, const EVP_MD* digest, std::size_t octets) {
  const std::string message(octets, 'm');
  const std::string signature = bare_sign(key.get(), digest, message);
  return cpu_microseconds([&] {
    const BareDigestContext context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    ca::require(EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
                    EVP_DigestVerify(
                        context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                        signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                        message.size()) == 1,
                "EVP_DigestVerify");
  });
}

}  // namespace tests
