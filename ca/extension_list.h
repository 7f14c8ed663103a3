// The Extensions structure (RFC 5280 §4.2), as certificates and certificate requests carry it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/der/writer.h"

namespace ca {

/// One extension.
struct Extension {
  std::string oid;  // dotted decimal
  der::Criticality criticality;
  std::string value;  // the DER inside the OCTET STRING
};

/// The extensions of `der`, a SEQUENCE of at least one, in their order. A fault is a sentence for
/// the caller's own Rejection: broken DER, more than 32 extensions, an extension twice (RFC 5280
/// §4.2), or a criticality of FALSE that is spelled out (X.690 §11.5).
std::expected<std::vector<Extension>, std::string> read_extension_list(std::string_view der);

/// The extension of that kind, or null.
const Extension* find_extension(const std::vector<Extension>& extensions, std::string_view oid);

/// The keyIdentifier octets of an authorityKeyIdentifier (RFC 5280 §4.2.1.1), empty where only the
/// issuer's name and serial are given, or nothing if its value is not one SEQUENCE.
std::optional<std::string> authority_key_identifier_in(const Extension& extension);

}  // namespace ca
