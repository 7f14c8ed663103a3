#include "ca/custody/key_file.h"

#include <stdexcept>
#include <utility>

#include "ca/custody/pkcs11_uri.h"
#include "ca/custody/private_file.h"

namespace ca {
namespace {

std::unique_ptr<Signer> open_in_device(std::string_view line,
                                       const std::filesystem::path& file,
                                       const PublicKey& key,
                                       const HsmOptions& options) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto uri = parse_pkcs11_uri(line);
  if (!uri) throw std::runtime_error("The key file " + file.string() + ": " + uri.error());
  return open_hsm_signer(*std::move(uri), key, options);
}

}  // namespace

std::unique_ptr<Signer> open_key_file(const std::filesystem::path& file,
                                      const PublicKey& key,
                                      const KeyAccess& access) {
  const SecretText text = read_private_file(file, "key file");
  if (text.text().starts_with("pkcs11:")) {
    return open_in_device(text.text(), file, key, access.hsm);
  }
  SecretText passphrase;
  if (is_encrypted_key(text.text()) && !access.passphrase_source.empty()) {
    passphrase = read_secret(access.passphrase_source, "passphrase file");
  }
  std::unique_ptr<Signer> signer = signer_from_pem(text, file, passphrase.text());
  if (signer->public_key() == key) return signer;
  throw std::runtime_error("The key file " + file.string() +
                           " does not belong to the issuing certificate: their public keys differ");
}

}  // namespace ca
