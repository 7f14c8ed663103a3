// Punycode: how a Unicode label is written in ASCII behind `xn--`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ca {

/// The code points that `encoded`, the part behind `xn--`, stands for (RFC 3492 §6.2), or nothing:
/// an octet that is no digit, a number that ends too early or does not fit, a code point above
/// U+10FFFF, or a surrogate. Takes time with the square of the length; a label has 63 octets.
std::optional<std::u32string> decode_punycode(std::string_view encoded);

/// The one encoding of `label`, with lower-case digits; ASCII letters stay as they are (RFC 3492
/// §6.3). `label` holds code points up to U+10FFFF, at most 1000 of them. Nothing that decodes to
/// `label` differs from this in more than letter case.
std::string encode_punycode(std::u32string_view label);

}  // namespace ca
