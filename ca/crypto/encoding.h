// Text forms of bytes. Decoders are strict: one spelling per value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ca {

/// RFC 4648 §5 without padding.
std::string base64url(std::string_view bytes);
/// Refuses padding, white space, other characters, impossible lengths and non-zero spare bits.
std::optional<std::string> from_base64url(std::string_view text);
/// RFC 4648 §4 with padding; no line breaks.
std::string base64(std::string_view bytes);
/// RFC 4648 §4 with its padding, as strictly.
std::optional<std::string> from_base64(std::string_view text);
/// RFC 4648 §6 in lower case, of whole groups of five octets. Throws std::logic_error for others.
std::string base32(std::string_view bytes);
/// The same back: lower case, whole groups of eight characters.
std::optional<std::string> from_base32(std::string_view text);
/// Lower case.
std::string hex(std::string_view bytes);
/// Even number of lower- or upper-case digits.
std::optional<std::string> from_hex(std::string_view text);

/// RFC 7468 text with 64-character lines and a final line break.
std::string pem(std::string_view label, std::string_view der);
/// The DER of every `label` block, in order; nothing if the text holds anything but such blocks and
/// white space.
std::optional<std::vector<std::string>> from_pem(std::string_view label, std::string_view text);

}  // namespace ca
