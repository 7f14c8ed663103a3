// An IPv4 or IPv6 address as bytes, and the registry of addresses that are not public.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/rejection.h"

namespace ca {

/// 4 or 16 raw octets. Immutable value.
class IpAddress {
 public:
  /// Dotted decimal with four decimal parts without leading zeros, or RFC 4291 text without a zone.
  /// `127.1`, `0x7f000001` and `fe80::1%eth0` are refused. Rejects with malformed_name.
  static Judged<IpAddress> parse(std::string_view text);
  /// `octets` must be 4 or 16 long, else nothing.
  static std::optional<IpAddress> from_octets(std::string_view octets);

  [[nodiscard]] const std::string& octets() const { return octets_; }
  [[nodiscard]] bool is_v4() const { return octets_.size() == 4; }
  /// Dotted decimal, or RFC 5952 text.
  [[nodiscard]] std::string text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  explicit IpAddress(std::string octets) : octets_(std::move(octets)) {}
  std::string octets_;
};

/// The name of the special-purpose block that holds `address` (IANA special-purpose registries,
/// multicast, and for IPv6 everything outside 2000::/3), or nothing if it is a public unicast
/// address. IPv4-mapped addresses count as special. BR 4.2.2: such an address is never certified;
/// and validation never dials one (docs/architecture.md).
std::optional<std::string_view> special_purpose_block(const IpAddress& address);

/// The same addresses as a list of prefixes: "10.0.0.0/8", "fe80::/10".
std::vector<std::string> special_purpose_prefixes();

}  // namespace ca
