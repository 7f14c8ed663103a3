// What CAA has had against the next certificate of an order that renews itself (RFC 8739).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acme/ids.h"
#include "ca/time.h"
#include "storage/table.h"

namespace acme {

/// There from the first refusal until the certificate is there or none follows any more. What is
/// set of the two times is in the audit log with all reasons and votes: each kind of refusal is
/// written there once for a certificate, however often it is tried.
struct RenewalTrouble {
  std::uint32_t index = 0;                  // i of RFC 8739 §3.5
  std::optional<ca::Time> undecided_since;  // it could not be read, or others see something else
  std::optional<ca::Time> forbidden_since;  // by records that were read

  bool operator==(const RenewalTrouble&) const = default;
  [[nodiscard]] std::string encode() const;
  static RenewalTrouble decode(std::string_view bytes);

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.index);
    walk(2, self.undecided_since);
    walk(3, self.forbidden_since);
  }
};

/// OrderId octets -> what its next certificate waits for.
inline constexpr storage::Table<RenewalTrouble> kRenewalTroubles{"renewal_troubles"};

}  // namespace acme
