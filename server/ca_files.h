// The CA's certificates and key as files, checked against each other before anything is served.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ca/crypto/signer.h"
#include "ca/issuer.h"
#include "ca/time.h"

namespace server {

/// The DER of every certificate in a PEM file. Throws std::runtime_error with one sentence if the
/// file cannot be read or holds anything but certificates.
std::vector<std::string> read_certificates(const std::filesystem::path& file);

/// The DER of the root. Throws also if the file holds more than one certificate.
std::string read_root(const std::filesystem::path& file);

/// When the first of these certificates (DER) ends. Throws std::runtime_error if one cannot be
/// read.
ca::Time end_of(const std::vector<std::string>& certificates);

/// Whose root a CA certificate leads to: what the file `trust` beside it says, "web" or "private",
/// and web without one. Throws std::runtime_error with one sentence for any other word.
ca::Trust trust_of(const std::filesystem::path& certificate);
/// The name of that file.
inline constexpr const char* kTrustMark = "trust";

/// Throws std::runtime_error with one sentence unless every certificate of `chain` is signed by the
/// next one, the last by `root`, `root` by itself, and all are valid at `now` (T-B9: what is served
/// is proved against a pinned root).
void require_chain(const std::vector<std::string>& chain, const std::string& root, ca::Time now);

/// An issuer of the first certificate of `file` that proves signatures and makes none, for the
/// trust that trust_of says. Throws std::runtime_error that names the file.
std::unique_ptr<ca::Issuer> verifying_issuer(const std::filesystem::path& file);

/// A signer that holds the public key only, for proving what an issuer has signed where its private
/// key is not needed.
class VerifyingSigner final : public ca::Signer {
 public:
  /// For the key of `certificate`, DER. Throws std::runtime_error with one sentence if it has none
  /// that we accept.
  explicit VerifyingSigner(const std::string& certificate);
  [[nodiscard]] const ca::PublicKey& public_key() const override { return key_; }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override;
  /// Throws std::logic_error.
  std::string sign(std::string_view message) override;

 private:
  ca::PublicKey key_;
};

}  // namespace server
