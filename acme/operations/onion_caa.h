// What finalize asks of orders with onion names (RFC 9799).
#pragma once

#include <cstddef>
#include <map>

#include "acme/order.h"
#include "acme/services.h"
#include "acme/wire/requests.h"
#include "ca/crypto/public_key.h"

namespace acme {

/// The CAA evidence of every onion name of the order, by its place, from what the client brought. A
/// service's records count for all names under it. Refuses with onion_caa_required if there are
/// none for a name, and with caa if they do not permit it, with a subproblem for each name if there
/// are several.
Result<std::map<std::size_t, CaaEvidence>> judge_onion_caa(
    const Services& services,
    const LoadedOrder& order,
    const std::map<std::string, OnionCaa>& brought);

/// RFC 9799 §3.2: a certificate is never for the key of an onion service it names. Refuses with
/// bad_csr.
Result<void> require_own_key(const OrderRecord& order, const ca::PublicKey& key);

}  // namespace acme
