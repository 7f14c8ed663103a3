// Blocks of addresses, as operators write them and as clients are counted.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "ca/names/ip_address.h"

namespace policy {

/// All addresses that begin with the same bits (RFC 4632, RFC 4291 §2.3). Immutable value.
class Network {
 public:
  /// The block of `bits` bits that holds `address`; `bits` above what the address has means all.
  Network(const ca::IpAddress& address, unsigned bits);
  /// `192.0.2.0/24`, `2001:db8::/32`, or an address alone. Nothing for any other spelling, nor
  /// where a bit is set behind the length.
  static std::optional<Network> parse(std::string_view text);

  [[nodiscard]] bool contains(const ca::IpAddress& address) const;
  /// As parse() reads it; an address alone where all bits count.
  [[nodiscard]] std::string text() const;

  auto operator<=>(const Network&) const = default;

 private:
  ca::IpAddress first_;
  unsigned bits_;
};

}  // namespace policy
