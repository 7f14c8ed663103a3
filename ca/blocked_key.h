// The row of a key that must never be certified again (BR 6.1.1.3 (4)).
#pragma once

#include <string>
#include <string_view>

#include "ca/time.h"
#include "storage/table.h"

namespace ca {

struct BlockedKey {
  std::string why;
  Time blocked_at{};

  [[nodiscard]] std::string encode() const;
  static BlockedKey decode(std::string_view bytes);
};

/// By the SHA-256 of the SPKI, octets.
inline constexpr storage::Table<BlockedKey> kBlockedKeys{"blocked_keys"};

}  // namespace ca
