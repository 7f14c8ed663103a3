#include "ca/names/dns_name.h"

#include <algorithm>

#include "ca/names/punycode.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

// RFC 1035 §3.1 counts 255 octets with a length octet per label and the root; that leaves 253 in
// text.
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMinLabels = 2;
constexpr std::string_view kAcePrefix = "xn--";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_ldh(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Code points that no A-label may stand for by their kind alone: controls, private use and
/// noncharacters (RFC 5892 §2.6, §2.10 and §3 with the general categories Cc, Co and Cn).
bool is_never_in_a_label(char32_t c) {
  const bool is_control = c < 0xA0 && (c < 0x20 || c >= 0x7F);
  const bool is_private = (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
  const bool is_noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFEU) == 0xFFFE;
  return is_control || is_private || is_noncharacter;
}

/// RFC 5890 §2.3.2.1: an A-label is what Punycode makes of a label that is not ASCII.
bool is_a_label(std::string_view label) {
  const std::string_view encoded = label.substr(kAcePrefix.size());
  const auto decoded = decode_punycode(encoded);
  return decoded && std::ranges::any_of(*decoded, [](char32_t c) { return c >= 0x80; }) &&
         std::ranges::none_of(*decoded, is_never_in_a_label) &&
         encode_punycode(*decoded) == encoded;
}

/// What is wrong with one label that is already folded; null if nothing is.
const char* label_fault(std::string_view label) {
  if (label.empty()) return "has an empty label; names have no leading, trailing or double dot";
  if (label.contains('*')) return "has a `*` that is not the whole first label";
  if (!std::ranges::all_of(label, is_ldh)) {
    return "has a character other than letters, digits and hyphens (non-ASCII names are written as "
           "xn-- labels)";
  }
  if (label.size() > kMaxLabel) return "has a label of more than 63 octets";
  if (label.front() == '-' || label.back() == '-')
    return "has a label that begins or ends with a hyphen";
  // RFC 5890 §2.3.1: `--` in the third and fourth place is reserved, and xn-- is the only such
  // prefix in use.
  if (!label.substr(2 < label.size() ? 2 : label.size()).starts_with("--")) return nullptr;
  if (!label.starts_with(kAcePrefix)) {
    return "has `--` in the third and fourth place of a label that does not start with xn--";
  }
  if (!is_a_label(label)) {
    return "has a label that starts with xn-- but is not the Punycode of a non-ASCII label (RFC "
           "3492)";
  }
  return nullptr;
}

/// What is wrong with a folded name without its `*.`; null if nothing is.
const char* base_fault(std::string_view name) {
  std::size_t labels = 0;
  std::string_view label;
  for (std::string_view rest = name;; ++labels) {
    const std::size_t dot = rest.find('.');
    label = rest.substr(0, dot);
    if (const char* const fault = label_fault(label)) return fault;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (labels + 1 < kMinLabels) return "has a single label; at least two are expected";
  // A name that ends in a number is read as an IPv4 address by much software.
  if (std::ranges::all_of(label, is_digit)) return "ends in a number; is it an IP address?";
  return nullptr;
}

}  // namespace

Judged<DnsName> DnsName::parse(std::string_view text) {
  const auto refuse = [text](const char* fault) {
    return reject(RejectionKind::malformed_name, "The name " + quoted(text) + " " + fault);
  };
  if (text.empty()) return refuse("is empty");
  if (text.size() > kMaxName) return refuse("is longer than 253 octets");
  std::string name(text);
  std::ranges::transform(name, name.begin(), folded);
  std::string_view base = name;
  if (base.starts_with("*.")) base.remove_prefix(2);
  if (const char* const fault = base_fault(base)) return refuse(fault);
  return DnsName(std::move(name));
}

DnsName DnsName::without_wildcard() const {
  return is_wildcard() ? DnsName(text_.substr(2)) : *this;
}

}  // namespace ca
