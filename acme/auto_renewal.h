// STAR (RFC 8739): what an order may agree on, and when which certificate of it is due.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "acme/problem.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/resource_urls.h"
#include "acme/wire/requests.h"
#include "ca/names/identifier.h"
#include "ca/time.h"
#include "ca/validity.h"
#include "policy/product.h"

namespace acme {

/// What is agreed on for `wanted` under `product` at `now` (RFC 8739 §3.1.1, §3.2). Refuses with
/// malformed where the profile does not offer it, and what cannot be kept: a lifetime that is too
/// short, certificates longer than short-lived ones (BR 1.6.1) or than the product's, since nobody
/// can have them revoked; an end that has passed, that comes before the start, or that proofs of
/// control made now do not last for; a start that the order does not last for.
Result<AutoRenewalRecord> agree_on(const DirectoryMeta& meta,
                                   const policy::Product& product,
                                   const WantedAutoRenewal& wanted,
                                   ca::Time now);

/// Refuses with malformed what nobody can renew without its client: of onion names, whose CAA
/// records the client signs for each certificate (RFC 9799 §6.4).
Result<void> require_renewable(const std::vector<ca::Identifier>& identifiers);

/// One certificate of an order (RFC 8739 §3.5).
struct RenewalSlot {
  std::uint32_t index = 0;  // i
  ca::Time due{};           // when it is signed and there at once; notBefore, if that is kept
  ca::ValidityWindow validity{};
};

/// The first certificate, if it is signed at `now`, which is not before the start date.
/// `record.first_due` counts where it is set.
RenewalSlot first_slot(const AutoRenewalRecord& record, ca::Time now);

/// The certificate after that with the number `last`; `record.first_due` must be set. Nothing if
/// there is none before the end date. What fell into an outage is skipped: the newest that is due.
/// One that is signed late begins as long before `now` as ca::kLongestBackdate lets it.
std::optional<RenewalSlot> next_slot(const AutoRenewalRecord& record,
                                     std::uint32_t last,
                                     ca::Time now);

}  // namespace acme
