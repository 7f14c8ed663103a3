#include "ca/crypto/encoding.h"

#include <openssl/crypto.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace ca {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kBase32Group = 5;      // octets that are whole characters
constexpr std::size_t kBase32GroupText = 8;  // the same in characters
constexpr std::uint8_t kNotInAlphabet = 0xFF;

using Lookup = std::array<std::uint8_t, 256>;

constexpr Lookup lookup_of(std::string_view alphabet) {
  Lookup lookup{};
  lookup.fill(kNotInAlphabet);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    lookup[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return lookup;
}

constexpr Lookup kFromStandard = lookup_of(kStandard);
constexpr Lookup kFromUrlSafe = lookup_of(kUrlSafe);
constexpr Lookup kFromBase32 = lookup_of(kBase32);

/// Six bits to a character for base64, five for base32.
template <unsigned kBits = 6>
std::string encode_unpadded(std::string_view bytes, std::string_view alphabet) {
  constexpr unsigned kMask = (1U << kBits) - 1U;
  std::string text;
  text.reserve((bytes.size() * 8 + kBits - 1) / kBits);
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = pending << 8U | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= kBits) {
      bits -= kBits;
      text.push_back(alphabet[pending >> bits & kMask]);
    }
  }
  if (bits != 0) text.push_back(alphabet[pending << (kBits - bits) & kMask]);
  return text;
}

template <unsigned kBits = 6>
std::optional<std::string> decode_unpadded(std::string_view text, const Lookup& lookup) {
  if (kBits == 6 && text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * kBits / 8);
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::uint8_t value = lookup[static_cast<unsigned char>(c)];
    if (value == kNotInAlphabet) return std::nullopt;
    pending = pending << kBits | value;
    bits += kBits;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(pending >> bits & 0xFFU));
    }
  }
  // RFC 4648 §3.5: spare bits that are not zero would give one value two spellings.
  if ((pending & ((1U << bits) - 1U)) != 0) return std::nullopt;
  return bytes;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view without_leading_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

std::optional<std::string> decode_pem_body(std::string_view body) {
  std::string text;
  text.reserve(body.size());
  for (const char c : body) {
    if (!is_space(c)) text.push_back(c);
  }
  if (text.empty()) return std::nullopt;
  std::optional<std::string> bytes = from_base64(text);
  OPENSSL_cleanse(text.data(), text.size());  // it may have been a private key
  return bytes;
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string base64url(std::string_view bytes) {
  return encode_unpadded(bytes, kUrlSafe);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode_unpadded(text, kFromUrlSafe);
}

std::string base64(std::string_view bytes) {
  std::string text = encode_unpadded(bytes, kStandard);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode_unpadded(text, kFromStandard);
}

std::string base32(std::string_view bytes) {
  if (bytes.size() % kBase32Group != 0) throw std::logic_error("base32 of a broken group");
  return encode_unpadded<5>(bytes, kBase32);
}

std::optional<std::string> from_base32(std::string_view text) {
  if (text.size() % kBase32GroupText != 0) return std::nullopt;
  return decode_unpadded<5>(text, kFromBase32);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto octet = static_cast<unsigned char>(c);
    text.push_back(kDigits[octet >> 4U]);
    text.push_back(kDigits[octet & 0xFU]);
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string pem(std::string_view label, std::string_view der) {
  constexpr std::size_t kLineLength = 64;  // RFC 7468 §2
  std::string body = base64(der);
  std::string text;
  // At once: memory that was outgrown would keep what may be a private key.
  text.reserve(body.size() + body.size() / kLineLength + 2 * label.size() + kLineLength);
  text.append("-----BEGIN ").append(label).append("-----\n");
  for (std::size_t at = 0; at < body.size(); at += kLineLength) {
    text.append(body, at, kLineLength);
    text.push_back('\n');
  }
  OPENSSL_cleanse(body.data(), body.size());
  text.append("-----END ").append(label).append("-----\n");
  return text;
}

std::optional<std::vector<std::string>> from_pem(std::string_view label, std::string_view text) {
  const std::string begin = "-----BEGIN " + std::string(label) + "-----";
  const std::string end = "-----END " + std::string(label) + "-----";
  std::vector<std::string> blocks;
  for (text = without_leading_space(text); !text.empty(); text = without_leading_space(text)) {
    if (!text.starts_with(begin)) return std::nullopt;
    text.remove_prefix(begin.size());
    const std::size_t body_length = text.find(end);
    if (body_length == std::string_view::npos) return std::nullopt;
    std::optional<std::string> der = decode_pem_body(text.substr(0, body_length));
    if (!der) return std::nullopt;
    blocks.push_back(*std::move(der));
    text.remove_prefix(body_length + end.size());
  }
  return blocks;
}

}  // namespace ca
