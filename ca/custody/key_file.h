// A key file of an issuing CA: the key itself, or where it is.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "ca/crypto/signer.h"
#include "ca/custody/hsm_signer.h"

namespace ca {

class SignerLedger;

/// What a key file may need beside itself.
struct KeyAccess {
  std::string passphrase_source = {};  // for read_secret(); empty: encrypted keys are refused
  HsmOptions hsm = {};
  /// What issuing keys write down before they sign (ca/custody/signer_ledger.h); null: nothing.
  std::shared_ptr<SignerLedger> ledger = {};
};

/// The signer for the private key behind `file` (mode 0600 or stricter), which holds either one
/// PKCS#8 key in PEM, encrypted or not, or one line with a pkcs11 URI (RFC 7512). `key` is what the
/// issuing certificate says; a file with another key is refused. Throws std::runtime_error with one
/// sentence, as load_signer and open_hsm_signer do.
std::unique_ptr<Signer> open_key_file(const std::filesystem::path& file,
                                      const PublicKey& key,
                                      const KeyAccess& access);

}  // namespace ca
