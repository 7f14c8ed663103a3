// Ed25519 keys that are the same in every run.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ca/crypto/signer.h"

namespace tests {

/// An Ed25519 key whose seed is one octet, repeated: the same in every run.
class Ed25519Key : public ca::Signer {
 public:
  explicit Ed25519Key(char seed)
      : key_(made(seed), EVP_PKEY_free),
        octets_(public_octets(*key_)),
        public_key_(ca::PublicKey::from_ed25519(octets_).value()) {}

  ~Ed25519Key() override = default;
  /// The 32 octets of the public key.
  [[nodiscard]] const std::string& octets() const { return octets_; }
  [[nodiscard]] const ca::PublicKey& public_key() const override { return public_key_; }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override {
    return ca::SignatureAlgorithm::ed25519;
  }
  std::string sign(std::string_view message) override {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) != 1) {
      throw std::runtime_error("the key did not sign");
    }
    return signature;
  }

 private:
  static EVP_PKEY* made(char seed) {
    const std::string octets(32, seed);
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                        reinterpret_cast<const unsigned char*>(octets.data()),
                                        octets.size());
  }
  static std::string public_octets(EVP_PKEY& key) {
    std::string octets(32, '\0');
    std::size_t size = octets.size();
    EVP_PKEY_get_raw_public_key(&key, reinterpret_cast<unsigned char*>(octets.data()), &size);
    return octets;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::string octets_;
  ca::PublicKey public_key_;
};

}  // namespace tests
