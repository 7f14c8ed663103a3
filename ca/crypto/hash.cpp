#include "ca/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <stdexcept>

#include "ca/crypto/openssl_handle.h"

namespace ca {
namespace {

constexpr std::size_t kSealKeyLength = 16;
constexpr std::size_t kSealIvLength = 12;
constexpr std::size_t kSealTagLength = 16;

unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

const EVP_MD* fetch_digest(const char* name) {
  const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
  require(digest != nullptr, "EVP_MD_fetch");
  return digest;
}

std::string digest_of(std::string_view bytes, const EVP_MD* algorithm) {
  std::string digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
  require(EVP_Digest(bytes.data(), bytes.size(), octets(digest), nullptr, algorithm, nullptr) == 1,
          "EVP_Digest");
  return digest;
}

std::string hmac(const char* digest,
                 std::size_t width,
                 std::string_view key,
                 std::string_view bytes) {
  std::string mac(width, '\0');
  std::size_t length = 0;
  // EVP_Q_mac takes a null key for "no key yet"; an empty key needs a pointer.
  const char* const key_octets = key.empty() ? "" : key.data();
  const unsigned char* const result =
      EVP_Q_mac(nullptr, "HMAC", nullptr, digest, nullptr, key_octets, key.size(), octets(bytes),
                bytes.size(), octets(mac), mac.size(), &length);
  require(result != nullptr && length == mac.size(), "EVP_Q_mac");
  return mac;
}

const EVP_CIPHER* fetched_aes128_gcm() {
  static const EVP_CIPHER* const cipher = [] {
    const EVP_CIPHER* fetched = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
    require(fetched != nullptr, "EVP_CIPHER_fetch");
    return fetched;
  }();
  return cipher;
}

CipherContext new_cipher_context(std::string_view key, std::string_view iv) {
  if (key.size() != kSealKeyLength || iv.size() != kSealIvLength) {
    throw std::logic_error("sealing needs a key of 16 bytes and an IV of 12");
  }
  CipherContext context(EVP_CIPHER_CTX_new());
  require(context != nullptr, "EVP_CIPHER_CTX_new");
  return context;
}

}  // namespace

const EVP_MD* fetched_sha256() {
  static const EVP_MD* const digest = fetch_digest("SHA2-256");
  return digest;
}

const EVP_MD* fetched_sha384() {
  static const EVP_MD* const digest = fetch_digest("SHA2-384");
  return digest;
}

const EVP_MD* fetched_sm3() {
  static const EVP_MD* const digest = fetch_digest("SM3");
  return digest;
}

void use_sm2_identifier(EVP_PKEY_CTX* context) {
  constexpr std::string_view kIdentifier = "1234567812345678";  // GM/T 0009 §10
  require(EVP_PKEY_CTX_set1_id(context, kIdentifier.data(), kIdentifier.size()) == 1,
          "EVP_PKEY_CTX_set1_id");
}

const EVP_MD* fetched_sha512() {
  static const EVP_MD* const digest = fetch_digest("SHA2-512");
  return digest;
}

std::string sha1(std::string_view bytes) {
  static const EVP_MD* const digest = fetch_digest("SHA1");
  return digest_of(bytes, digest);
}
std::string sha256(std::string_view bytes) {
  return digest_of(bytes, fetched_sha256());
}
std::string sha384(std::string_view bytes) {
  return digest_of(bytes, fetched_sha384());
}
std::string sha3_256(std::string_view bytes) {
  static const EVP_MD* const algorithm = fetch_digest("SHA3-256");
  return digest_of(bytes, algorithm);
}
std::string sha512(std::string_view bytes) {
  return digest_of(bytes, fetched_sha512());
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac("SHA256", 32, key, bytes);
}
std::string hmac_sha384(std::string_view key, std::string_view bytes) {
  return hmac("SHA384", 48, key, bytes);
}
std::string hmac_sha512(std::string_view key, std::string_view bytes) {
  return hmac("SHA512", 64, key, bytes);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string seal(std::string_view key, std::string_view iv, std::string_view plain) {
  const CipherContext context = new_cipher_context(key, iv);
  std::string sealed(plain.size() + kSealTagLength, '\0');
  int written = 0;
  int finished = 0;
  require(EVP_EncryptInit_ex2(context.get(), fetched_aes128_gcm(), octets(key), octets(iv),
                              nullptr) == 1,
          "EVP_EncryptInit_ex2");
  require(EVP_EncryptUpdate(context.get(), octets(sealed), &written, octets(plain),
                            static_cast<int>(plain.size())) == 1,
          "EVP_EncryptUpdate");
  require(EVP_EncryptFinal_ex(context.get(), octets(sealed) + written, &finished) == 1,
          "EVP_EncryptFinal_ex");
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kSealTagLength,
                              octets(sealed) + plain.size()) == 1,
          "EVP_CTRL_AEAD_GET_TAG");
  return sealed;
}

std::optional<std::string> open_sealed(std::string_view key,
                                       std::string_view iv,
                                       std::string_view sealed) {
  const CipherContext context = new_cipher_context(key, iv);
  if (sealed.size() < kSealTagLength) return std::nullopt;
  const ErrorQueueGuard guard;
  std::string tag(sealed.substr(sealed.size() - kSealTagLength));
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kSealTagLength);
  std::string plain(ciphertext.size(), '\0');
  int written = 0;
  int finished = 0;
  require(EVP_DecryptInit_ex2(context.get(), fetched_aes128_gcm(), octets(key), octets(iv),
                              nullptr) == 1,
          "EVP_DecryptInit_ex2");
  require(EVP_DecryptUpdate(context.get(), octets(plain), &written, octets(ciphertext),
                            static_cast<int>(ciphertext.size())) == 1,
          "EVP_DecryptUpdate");
  require(
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kSealTagLength, octets(tag)) == 1,
      "EVP_CTRL_AEAD_SET_TAG");
  const bool authentic =
      EVP_DecryptFinal_ex(context.get(), octets(plain) + written, &finished) == 1;
  if (!authentic) return std::nullopt;
  return plain;
}

}  // namespace ca
