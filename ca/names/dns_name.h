// A DNS name that may stand in a certificate request or a subjectAltName.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "ca/rejection.h"

namespace ca {

/// A lower-case ASCII host name, possibly with one leading `*.` label. Immutable value.
class DnsName {
 public:
  /// Judges the bytes strictly (BR 7.1.2.7.12, RFC 5890 §2.3.1): letters, digits and hyphens;
  /// labels of 1 to 63 octets that neither begin nor end with a hyphen; at most 253 octets; at
  /// least two labels; no trailing dot, no NUL, no all-numeric last label; `*` only as the whole
  /// first label, and not alone; `--` in places 3 and 4 only in `xn--`, and then the rest is
  /// the one Punycode encoding (RFC 3492) of a label with a non-ASCII character and without
  /// controls, private-use code points and noncharacters (RFC 8555 §7.1.4, BR 7.1.2.7.12 P-Labels).
  /// Whether each character is assigned, allowed and in its place by the tables of IDNA2008 (RFC
  /// 5892) is not judged. Upper case is folded (RFC 4343), nothing else is changed. Rejects with
  /// malformed_name.
  static Judged<DnsName> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_wildcard() const { return text_.starts_with("*."); }
  /// The name without its `*.`, as RFC 8555 §7.1.4 shows it in an authorization.
  [[nodiscard]] DnsName without_wildcard() const;

  auto operator<=>(const DnsName&) const = default;

 private:
  explicit DnsName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace ca
