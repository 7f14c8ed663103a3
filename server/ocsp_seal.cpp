#include "server/ocsp_seal.h"

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/custody/private_file.h"
#include "server/commands/new_folder.h"

namespace server {
namespace {

constexpr std::size_t kOctets = 32;

constexpr std::string_view kWhat = "the file that OCSP keys are sealed with";

/// A file that was cut short when it was made sealed nothing, or nothing that can be opened now.
bool is_absent(const std::filesystem::path& file) {
  if (!std::filesystem::exists(std::filesystem::symlink_status(file))) return true;
  return ca::read_private_file(file, kWhat).text().size() < 2 * kOctets;
}

ca::SecretText read_file(const std::filesystem::path& file, ca::RandomSource& random) {
  if (is_absent(file)) {
    const ca::SecretText fresh(ca::hex(random.bytes(kOctets)) + "\n");
    replace_private_file(file, fresh.text());
  }
  ca::SecretText text = ca::read_private_file(file, kWhat);
  std::string_view digits = text.text();
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  const auto octets = ca::from_hex(digits);
  if (!octets || octets->size() != kOctets) {
    throw std::runtime_error(file.string() +
                             " does not hold 64 hex digits; remove it, and new OCSP keys are made");
  }
  return text;
}

}  // namespace

std::string ocsp_seal(const Settings& settings, ca::RandomSource& random) {
  const ca::SecretText file = read_file(settings.storage_path / kOcspSealFile, random);
  const ca::SecretText passphrase =
      settings.ca_passphrase_file.empty()
          ? ca::SecretText()
          : ca::read_secret(settings.ca_passphrase_file, "passphrase file");
  return ca::hmac_sha256(file.text(), passphrase.text());
}

}  // namespace server
