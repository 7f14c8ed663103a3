#include "ca/names/dns_name.h"

#include <algorithm>

#include "ca/names/quoted.h"

namespace ca {
namespace {

// RFC 1035 §3.1 counts 255 octets with a length octet per label and the root; that leaves 253 in
// text.
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMinLabels = 2;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_ldh(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
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
  if (label.substr(2 < label.size() ? 2 : label.size()).starts_with("--") &&
      !label.starts_with("xn--")) {
    return "has `--` in the third and fourth place of a label that does not start with xn--";
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
