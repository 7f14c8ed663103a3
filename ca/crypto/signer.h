// Something that can sign with a private key it does not show.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ca/crypto/public_key.h"
#include "ca/custody/private_file.h"

namespace ca {

/// Key algorithms an issuing key can have; the spelling is that of `chancery init --algorithm`.
enum class KeyAlgorithm { ecdsa_p256, ecdsa_p384, ecdsa_p521, rsa_2048, rsa_3072, rsa_4096, sm2 };
std::string_view text_of(KeyAlgorithm algorithm);                  // "ecdsa-p256", …
std::optional<KeyAlgorithm> key_algorithm(std::string_view text);  // exact spelling only

/// A key that did not sign, or whose signature was not taken: for logs, never for clients.
class SigningFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A private key behind a door. Safe from any thread. The algorithm follows from the key
/// (BR 7.1.3.2).
class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual const PublicKey& public_key() const = 0;
  /// The signature algorithm this key uses for certificates, CRLs and OCSP.
  [[nodiscard]] virtual SignatureAlgorithm algorithm() const = 0;
  /// The signature over `message` in X.509 form, blocking until it is there. Throws OpenSslError or
  /// SigningFailed if the key cannot sign.
  virtual std::string sign(std::string_view message) = 0;
  /// The same without keeping the calling thread where the key is in a device; a key in memory
  /// signs at once. Resumes on the caller's executor. The signer outlives the coroutine.
  virtual boost::asio::awaitable<std::string> async_sign(std::string message);
  /// Why this key is known not to sign at present, in a sentence for the operator; nothing while it
  /// is thought to. Whoever is about to begin what ends in a signature asks first.
  [[nodiscard]] virtual std::optional<std::string> outage() const { return std::nullopt; }
};

/// A fresh key pair in memory.
std::unique_ptr<Signer> generate_signer(KeyAlgorithm algorithm);
/// A key from PKCS#8 PEM. Throws std::runtime_error with a plain sentence when the file cannot be
/// read, is readable by others (mode must be 0600 or stricter), or does not hold exactly one
/// private key, or one that `passphrase` does not decrypt. A key that is not encrypted needs none.
std::unique_ptr<Signer> load_signer(const std::filesystem::path& file,
                                    std::string_view passphrase = {});
/// The same from the text of `file`.
std::unique_ptr<Signer> signer_from_pem(const SecretText& text,
                                        const std::filesystem::path& file,
                                        std::string_view passphrase);
/// Whether the text of a key file wants a passphrase.
bool is_encrypted_key(std::string_view text);
/// The PKCS#8 PEM of a key made by generate_signer or load_signer; the caller wipes it.
std::string private_key_pem(const Signer& signer);
/// The same, encrypted (PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC).
std::string encrypted_private_key_pem(const Signer& signer, std::string_view passphrase);

/// What a key of this kind signs certificates with: the hash follows from the key (BR 7.1.3.2).
/// Nothing for a kind that cannot sign them.
std::optional<SignatureAlgorithm> certificate_algorithm(KeyKind kind);

/// The whole AlgorithmIdentifier DER element of BR 7.1.3.2, RFC 8410 §3 or GM/T 0006.
std::string_view der_algorithm_identifier(SignatureAlgorithm algorithm);

}  // namespace ca
