#include "ca/crypto/signer.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/key_encryption.h"
#include "ca/crypto/openssl_handle.h"

namespace ca {
namespace {

constexpr std::string_view kPrivateKeyLabel = "PRIVATE KEY";  // RFC 7468 §10: PKCS#8, not encrypted
constexpr std::string_view kEncryptedKeyLabel = "ENCRYPTED PRIVATE KEY";  // RFC 7468 §11

struct AlgorithmRow {
  KeyAlgorithm algorithm;
  std::string_view text;
};

constexpr std::array<AlgorithmRow, 7> kKeyAlgorithms = {{
    {KeyAlgorithm::ecdsa_p256, "ecdsa-p256"},
    {KeyAlgorithm::ecdsa_p384, "ecdsa-p384"},
    {KeyAlgorithm::ecdsa_p521, "ecdsa-p521"},
    {KeyAlgorithm::rsa_2048, "rsa-2048"},
    {KeyAlgorithm::rsa_3072, "rsa-3072"},
    {KeyAlgorithm::rsa_4096, "rsa-4096"},
    {KeyAlgorithm::sm2, "sm2"},
}};

const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rsa_pkcs1_sha256:
    case SignatureAlgorithm::ecdsa_sha256:
      return fetched_sha256();
    case SignatureAlgorithm::rsa_pkcs1_sha384:
    case SignatureAlgorithm::ecdsa_sha384:
      return fetched_sha384();
    case SignatureAlgorithm::rsa_pkcs1_sha512:
    case SignatureAlgorithm::ecdsa_sha512:
      return fetched_sha512();
    case SignatureAlgorithm::ed25519:
      return nullptr;
    case SignatureAlgorithm::sm2_sm3:
    case SignatureAlgorithm::sm2_sm3_no_id:
      return fetched_sm3();
  }
  std::unreachable();
}

/// A private key in this process's memory.
class LocalSigner final : public Signer {
 public:
  LocalSigner(KeyHandle key, PublicKey public_key, SignatureAlgorithm algorithm)
      : key_(std::move(key)), public_key_(std::move(public_key)), algorithm_(algorithm) {}

  [[nodiscard]] const PublicKey& public_key() const override { return public_key_; }
  [[nodiscard]] SignatureAlgorithm algorithm() const override { return algorithm_; }

  std::string sign(std::string_view message) override {
    const DigestContext context(EVP_MD_CTX_new());
    require(context != nullptr, "EVP_MD_CTX_new");
    EVP_PKEY_CTX* key_context = nullptr;  // belongs to `context`
    require(EVP_DigestSignInit(context.get(), &key_context, digest_of(algorithm_), nullptr,
                               key_.get()) == 1,
            "EVP_DigestSignInit");
    if (algorithm_ == SignatureAlgorithm::sm2_sm3) use_sm2_identifier(key_context);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t length = signature.size();
    require(
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1,
        "EVP_DigestSign");
    signature.resize(length);
    return signature;
  }

  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }

 private:
  KeyHandle key_;
  PublicKey public_key_;
  SignatureAlgorithm algorithm_;
};

std::string public_der(const EVP_PKEY* key) {
  unsigned char* octets = nullptr;
  const int length = i2d_PUBKEY(key, &octets);
  require(length > 0, "i2d_PUBKEY");
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return der;
}

/// Nothing if the key does not meet the policy for keys that sign certificates.
std::unique_ptr<Signer> signer_with(KeyHandle key) {
  Judged<PublicKey> public_key = PublicKey::from_spki(public_der(key.get()));
  if (!public_key) return nullptr;
  const auto algorithm = certificate_algorithm(public_key->kind());
  if (!algorithm) return nullptr;
  return std::make_unique<LocalSigner>(std::move(key), *std::move(public_key), *algorithm);
}

KeyHandle generate(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::ecdsa_p256:
      return KeyHandle(EVP_EC_gen("P-256"));
    case KeyAlgorithm::ecdsa_p384:
      return KeyHandle(EVP_EC_gen("P-384"));
    case KeyAlgorithm::ecdsa_p521:
      return KeyHandle(EVP_EC_gen("P-521"));
    case KeyAlgorithm::rsa_2048:
      return KeyHandle(EVP_RSA_gen(2048U));
    case KeyAlgorithm::rsa_3072:
      return KeyHandle(EVP_RSA_gen(3072U));
    case KeyAlgorithm::rsa_4096:
      return KeyHandle(EVP_RSA_gen(4096U));
    case KeyAlgorithm::sm2:
      return KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  }
  std::unreachable();
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw std::runtime_error("The key file " + file.string() + " " + why);
}

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpenSslFree<PKCS8_PRIV_KEY_INFO_free>>;

/// PKCS#8 may carry a public key of its own; one that does not belong to the private key must not
/// be certified.
KeyHandle checked_key(const PKCS8_PRIV_KEY_INFO& info) {
  KeyHandle key(EVP_PKCS82PKEY(&info));
  if (key == nullptr) return nullptr;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_pairwise_check(context.get()) != 1) return nullptr;
  return key;
}

KeyHandle key_from_pkcs8(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  const Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  return info == nullptr || at != end ? nullptr : checked_key(*info);
}

KeyHandle key_from_encrypted(const std::string& der, std::string_view passphrase) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  const std::unique_ptr<X509_SIG, OpenSslFree<X509_SIG_free>> sealed(
      d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (sealed == nullptr || at != end) return nullptr;
  const Pkcs8 info(
      PKCS8_decrypt(sealed.get(), passphrase.data(), static_cast<int>(passphrase.size())));
  return info == nullptr ? nullptr : checked_key(*info);
}

Pkcs8 pkcs8_of(const Signer& signer) {
  const auto* const local = dynamic_cast<const LocalSigner*>(&signer);
  if (local == nullptr) throw std::logic_error("this signer does not show its key");
  Pkcs8 info(EVP_PKEY2PKCS8(local->key()));
  require(info != nullptr, "EVP_PKEY2PKCS8");
  return info;
}

}  // namespace

boost::asio::awaitable<std::string> Signer::async_sign(std::string message) {
  co_return sign(message);
}

std::string_view text_of(KeyAlgorithm algorithm) {
  const auto* const row = std::ranges::find(kKeyAlgorithms, algorithm, &AlgorithmRow::algorithm);
  if (row == kKeyAlgorithms.end()) throw std::logic_error("a key algorithm without a row");
  return row->text;
}

std::optional<KeyAlgorithm> key_algorithm(std::string_view text) {
  const auto* const row = std::ranges::find(kKeyAlgorithms, text, &AlgorithmRow::text);
  if (row == kKeyAlgorithms.end()) return std::nullopt;
  return row->algorithm;
}

std::unique_ptr<Signer> generate_signer(KeyAlgorithm algorithm) {
  KeyHandle key = generate(algorithm);
  require(key != nullptr, "EVP_PKEY_Q_keygen");
  std::unique_ptr<Signer> signer = signer_with(std::move(key));
  if (signer == nullptr) throw OpenSslError("a fresh key does not meet the key policy");
  return signer;
}

std::unique_ptr<Signer> load_signer(const std::filesystem::path& file,
                                    std::string_view passphrase) {
  const ErrorQueueGuard guard;
  return signer_from_pem(read_private_file(file, "key file"), file, passphrase);
}

std::unique_ptr<Signer> signer_from_pem(const SecretText& text,
                                        const std::filesystem::path& file,
                                        std::string_view passphrase) {
  const ErrorQueueGuard guard;
  const std::string_view label =
      is_encrypted_key(text.text()) ? kEncryptedKeyLabel : kPrivateKeyLabel;
  std::optional<std::vector<std::string>> blocks = from_pem(label, text.text());
  if (!blocks || blocks->size() != 1) {
    refuse(file,
           "must hold exactly one PRIVATE KEY or ENCRYPTED PRIVATE KEY block (PKCS#8) and "
           "nothing else");
  }
  const SecretText der(std::move(blocks->front()));
  if (label == kEncryptedKeyLabel && passphrase.empty()) {
    refuse(file, "is encrypted, and no passphrase is given (ca.passphrase_file)");
  }
  if (label == kEncryptedKeyLabel) {
    if (const auto objection = decryption_objection(der.text())) refuse(file, *objection);
  }
  KeyHandle key = label == kEncryptedKeyLabel ? key_from_encrypted(der.text(), passphrase)
                                              : key_from_pkcs8(der.text());
  if (key == nullptr) {
    refuse(file, label == kEncryptedKeyLabel
                     ? "cannot be decrypted: the passphrase is wrong, or the file is damaged"
                     : "does not hold a readable PKCS#8 private key");
  }
  std::unique_ptr<Signer> signer = signer_with(std::move(key));
  if (signer == nullptr) {
    refuse(file,
           "holds a key of a kind that cannot sign certificates; ECDSA on P-256, P-384 or P-521, "
           "RSA with 2048, 3072 or 4096 bits, and SM2 can");
  }
  return signer;
}

bool is_encrypted_key(std::string_view text) {
  return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----");
}

std::string private_key_pem(const Signer& signer) {
  const Pkcs8 info = pkcs8_of(signer);
  unsigned char* octets = nullptr;
  const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &octets);
  require(length > 0, "i2d_PKCS8_PRIV_KEY_INFO");
  const auto size = static_cast<std::size_t>(length);
  const SecretText der(std::string(reinterpret_cast<const char*>(octets), size));
  OPENSSL_clear_free(octets, size);
  return pem(kPrivateKeyLabel, der.text());
}

std::string encrypted_private_key_pem(const Signer& signer, std::string_view passphrase) {
  // PBKDF2 with HMAC-SHA-256; what an attacker pays for each guess.
  constexpr int kIterations = 600'000;
  const Pkcs8 info = pkcs8_of(signer);
  const std::unique_ptr<X509_SIG, OpenSslFree<X509_SIG_free>> sealed(
      PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()),
                    nullptr, 0, kIterations, info.get()));
  require(sealed != nullptr, "PKCS8_encrypt");
  unsigned char* octets = nullptr;
  const int length = i2d_X509_SIG(sealed.get(), &octets);
  require(length > 0, "i2d_X509_SIG");
  const std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return pem(kEncryptedKeyLabel, der);
}

std::optional<SignatureAlgorithm> certificate_algorithm(KeyKind kind) {
  switch (kind) {  // Ed25519 has no place in BR 7.1.3.2
    case KeyKind::rsa:
      return SignatureAlgorithm::rsa_pkcs1_sha256;
    case KeyKind::ec_p256:
      return SignatureAlgorithm::ecdsa_sha256;
    case KeyKind::ec_p384:
      return SignatureAlgorithm::ecdsa_sha384;
    case KeyKind::ec_p521:
      return SignatureAlgorithm::ecdsa_sha512;
    case KeyKind::ed25519:
      return std::nullopt;
    case KeyKind::sm2:
      return SignatureAlgorithm::sm2_sm3;
  }
  std::unreachable();
}

std::string_view der_algorithm_identifier(SignatureAlgorithm algorithm) {
  using namespace std::string_view_literals;
  switch (algorithm) {  // BR 7.1.3.2 gives these octets; Ed25519: RFC 8410 §3
    case SignatureAlgorithm::rsa_pkcs1_sha256:
      return "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv;
    case SignatureAlgorithm::rsa_pkcs1_sha384:
      return "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv;
    case SignatureAlgorithm::rsa_pkcs1_sha512:
      return "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"sv;
    case SignatureAlgorithm::ecdsa_sha256:
      return "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
    case SignatureAlgorithm::ecdsa_sha384:
      return "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;
    case SignatureAlgorithm::ecdsa_sha512:
      return "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"sv;
    case SignatureAlgorithm::ed25519:
      return "\x30\x05\x06\x03\x2b\x65\x70"sv;
    case SignatureAlgorithm::sm2_sm3:
    case SignatureAlgorithm::sm2_sm3_no_id:  // GM/T 0006: 1.2.156.10197.1.501
      return "\x30\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75"sv;
  }
  std::unreachable();
}

}  // namespace ca
