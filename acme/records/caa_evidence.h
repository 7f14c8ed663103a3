// The record of one CAA check (BR 4.2.2.1, 5.4.1).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ca/time.h"

namespace acme {

/// That CAA permitted a certificate for one name to one account, proven by one method.
struct CaaEvidence {
  ca::Time checked_at{};  // when the first look-up began
  std::string found;      // one sentence: which records, where, and whether DNSSEC proves them
  std::optional<ca::Time> expires = {};  // RFC 9799 §6.4: when records that a client brought end
  bool operator==(const CaaEvidence&) const = default;

  [[nodiscard]] std::string encode() const;
  static CaaEvidence decode(std::string_view bytes);
};

/// BR 4.2.2.1: a certificate is issued within the TTL of the records or 8 hours, whichever is
/// greater. We look again an hour before that, whatever the TTL.
inline constexpr std::chrono::hours kLongestCaaAge{8};
inline constexpr std::chrono::hours kCaaAge{7};

/// Whether `evidence` still counts for an intent to sign at `now`. Not if it is of the future: a
/// clock that was set back tells no age.
bool is_fresh(const CaaEvidence& evidence, ca::Time now);

}  // namespace acme
