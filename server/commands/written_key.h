// Private keys of CAs in a folder that is being made.
#pragma once

#include <string>

#include "ca/custody/private_file.h"
#include "ca/hierarchy.h"
#include "server/commands/commands.h"
#include "server/commands/new_folder.h"

namespace server {

/// What a new key is encrypted with. Throws UsageError that begins with `setting` if it is shorter
/// than 12 octets.
inline ca::SecretText read_new_passphrase(const std::string& source, const std::string& setting) {
  constexpr std::size_t kShortest = 12;
  ca::SecretText passphrase = ca::read_secret(source, "passphrase file");
  if (passphrase.text().size() < kShortest) {
    throw UsageError(setting +
                     ": the passphrase is shorter than 12 octets (own_passphrase_length, "
                     "docs/custody.md)");
  }
  return passphrase;
}

/// The key of `pair`, PKCS#8, mode 0600; encrypted unless the passphrase is empty.
inline void write_key(NewFolder& folder,
                      const std::string& name,
                      const ca::KeyedCertificate& pair,
                      const ca::SecretText& passphrase) {
  const ca::SecretText pem(passphrase.text().empty()
                               ? ca::private_key_pem(*pair.signer)
                               : ca::encrypted_private_key_pem(*pair.signer, passphrase.text()));
  folder.write(name, pem.text(), NewFolder::Access::owner_only);
}

}  // namespace server
