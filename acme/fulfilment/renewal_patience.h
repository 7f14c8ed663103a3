// How long a renewal (RFC 8739) waits for what may pass. Pure.
#pragma once

#include <chrono>

#include "acme/records/auto_renewal_record.h"
#include "acme/records/renewal_trouble.h"
#include "acme/validation/caa_check.h"

namespace acme {

/// How soon to look again: while there is time for another attempt or two.
std::chrono::seconds pause_of(const AutoRenewalRecord& renewal);

/// How soon to try again after an attempt whose signature is not known. Each has cost a serial and
/// a revocation, so twice as long after every one since the newest certificate, up to an eighth of
/// a lifetime. `renewal.current` must be set, and not be the last attempt.
std::chrono::seconds pause_after_loss(const AutoRenewalRecord& renewal);

/// `before`, with a refusal of CAA at `now` for the certificate with the number `index`.
RenewalTrouble with_refusal(const std::optional<RenewalTrouble>& before,
                            std::uint32_t index,
                            CaaDoubt doubt,
                            ca::Time now);

/// Whether CAA has kept the next certificate from being signed for too long: the newest one is
/// over, and records forbid it, or nobody could tell for half a lifetime.
bool is_too_late(const AutoRenewalRecord& renewal,
                 const RenewalTrouble& trouble,
                 CaaDoubt doubt,
                 ca::Time now);

}  // namespace acme
