// The name of a key in a device (RFC 7512), as it stands in a key file.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace ca {

/// A key in a token behind a PKCS#11 module. The values are decoded octets.
struct Pkcs11Uri {
  std::string module_path;  // absolute path of the shared library
  std::string token;        // label of the token
  std::string serial;       // of the token, or empty: any of that label
  std::string object;       // label of the key, or empty
  std::string id;           // CKA_ID of the key, or empty; one of the two is there
  std::string pin_source;   // for read_secret()

  bool operator==(const Pkcs11Uri&) const = default;
};

/// Strict where RFC 7512 lets a reader be lenient: an attribute that is not one of these, or comes
/// twice, could have narrowed down which key is meant, and is refused; so is a PIN in the URI
/// itself. `type`, if there, must be private. The error is a sentence that names the attribute.
std::expected<Pkcs11Uri, std::string> parse_pkcs11_uri(std::string_view text);

/// The other way round.
std::string text_of(const Pkcs11Uri& uri);

}  // namespace ca
