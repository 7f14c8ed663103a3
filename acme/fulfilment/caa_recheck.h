// CAA once more before a certificate is signed, for the names whose check has aged.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <expected>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "acme/order.h"
#include "acme/services.h"
#include "acme/validation/caa.h"
#include "acme/validation/caa_check.h"

namespace acme {

/// The places in the order of the names whose CAA evidence is missing, as it is for every name that
/// is authorized by a domain above it (RFC 9444), or no longer counts at `now`. Addresses have no
/// CAA.
std::vector<std::size_t> names_with_old_caa(const LoadedOrder& order, ca::Time now);

/// What the CAA of a name said, by its place in the order.
using PlacedEvidence = std::map<std::size_t, CaaEvidence>;

/// Who asks for the certificate of `order`, and how control of the name at `place` was proven.
/// Every authorization of the order is valid.
CaaApplicant caa_applicant(const Services& services, const LoadedOrder& order, std::size_t place);

/// RFC 8555 §6.7.1: of an order for `names` names, what is wrong with some; with a subproblem for
/// each if the order has several.
Problem combined_caa_problem(std::vector<Problem> problems, std::size_t names);

/// What CAA has against an order: the problem for its client, of type caa, with a subproblem for
/// every name if the order has several; and why, name by name, with who saw what.
struct CaaObjection {
  Problem problem;
  std::vector<std::pair<ca::Identifier, CaaRefusal>> names;

  /// Forbidden if the records of one name forbid it.
  [[nodiscard]] CaaDoubt doubt() const;
};

/// Checks the names at `places`, all at once. Stores nothing. Throws for faults of ours.
boost::asio::awaitable<std::expected<PlacedEvidence, CaaObjection>> look_up_caa(
    Services& services, LoadedOrder order, std::vector<std::size_t> places);

/// Writes the audit entry of a refusal: every reason and vote (BR 5.4.1), for which an order that
/// ends has no room.
void audit_caa_objection(storage::Transaction& transaction,
                         const OrderId& id,
                         const CaaObjection& objection,
                         ca::Time now);

/// Writes the audit entry of a check of names of `order`; none if there is no evidence.
void audit_caa(storage::Transaction& transaction,
               const OrderId& id,
               const OrderRecord& order,
               const PlacedEvidence& evidence,
               ca::Time now);

/// Puts evidence that was just found into `order`, with its audit entry. The caller stores the
/// order.
void note_caa(storage::Transaction& transaction,
              const OrderId& id,
              OrderRecord& order,
              const PlacedEvidence& evidence,
              ca::Time now);

/// Checks the names at `places` as look_up_caa does. Either notes the evidence in the order, if
/// this process still holds its claim, or returns the problem; why is in the audit log then. Throws
/// for faults of ours.
boost::asio::awaitable<std::optional<Problem>> recheck_caa(Services& services,
                                                           LoadedOrder order,
                                                           std::vector<std::size_t> places);

}  // namespace acme
