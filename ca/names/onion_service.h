// Onion services of version 3: names under `.onion` that say their own key (RFC 7686, BR Appendix
// B).
#pragma once

#include <string>

#include "ca/crypto/public_key.h"
#include "ca/names/identifier.h"
#include "ca/rejection.h"

namespace ca {

/// Whether `name` is under `.onion`, well formed or not.
bool is_onion(const DnsName& name);
bool is_onion(const Identifier& identifier);

/// The service that an onion name belongs to.
struct OnionService {
  std::string address;  // "….onion", without what stands before
  PublicKey key;        // Ed25519: who has its private key is the service
};

/// Reads the label before `.onion` (Tor address specification, version 3): 56 characters of base32
/// that hold the key, a checksum and the version. Rejects with malformed_name what is not under
/// `.onion`, addresses of version 2, and a label with another version, a wrong checksum or a key
/// that anyone can sign for.
Judged<OnionService> onion_service(const DnsName& name);

/// The address of the service with this Ed25519 key: 32 octets.
std::string onion_address(std::string_view key_octets);

}  // namespace ca
