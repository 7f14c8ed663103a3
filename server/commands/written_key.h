// Private keys of CAs in a folder that is being made.
#pragma once

#include <string>

#include "ca/custody/private_file.h"
#include "ca/hierarchy.h"
#include "server/commands/new_folder.h"

namespace server {

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
