// The secret that keys of OCSP responders are sealed with in the store (ca/ocsp/delegate.h).
#pragma once

#include <string>

#include "ca/crypto/random.h"
#include "server/config/settings.h"

namespace server {

/// The file beside the store's own that holds a part of it: 64 hex digits, mode 0600. No backup has
/// it, so that a copy of the store signs nothing.
inline constexpr const char* kOcspSealFile = "ocsp-seal.key";

/// The secret, 32 octets, from that file, which is made if it is not there, and from the passphrase
/// of the issuing keys, if they have one. Throws std::runtime_error with one sentence if either
/// cannot be had.
std::string ocsp_seal(const Settings& settings, ca::RandomSource& random);

}  // namespace server
