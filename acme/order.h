// What an order is right now, computed from what is stored (RFC 8555 §7.1.3, §7.1.6).
#pragma once

#include <optional>
#include <vector>

#include "acme/authorization.h"
#include "acme/problem.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/order_record.h"
#include "acme/review/standing.h"
#include "acme/status.h"
#include "ca/validity.h"
#include "policy/product.h"

namespace acme {

/// How long the certificate of `order`, which is for `product`, is to be valid.
ca::ValidityWish validity_wish(const OrderRecord& order, const policy::Product& product);

/// The status at `now`. A certificate makes an order `valid` for ever, whatever happens to its
/// authorizations or to the time; an error makes it `invalid`; a claim holds it in `processing`.
/// Only before that do expiry and authorizations count, so it is `ready` in the very transaction
/// that makes the last authorization valid.
///
/// An order that waits for a review is in `processing` once finalize was taken, until the review
/// ends or the order expires; with HoldMode::pending it stays `pending` before that.
OrderStatus status_of(const OrderRecord& order,
                      const std::vector<AuthorizationRecord>& authorizations,
                      ReviewOutcome review,
                      ca::Time now);

/// An order with its authorizations at one instant. One that renews itself may be `canceled`, which
/// no other fact of it says.
struct LoadedOrder {
  OrderId id;
  OrderRecord record;
  std::vector<AuthorizationRecord> authorizations;  // in the order of record.authorizations
  OrderStatus status = OrderStatus::pending;
  ReviewStanding review = {};
  std::optional<AutoRenewalRecord> auto_renewal = {};  // RFC 8739
};

/// Why the order is invalid: what is stored, or what its review, its expiry or its authorizations
/// say. Nothing for any other status. Always of a registered type.
std::optional<Problem> error_of(const LoadedOrder& order, ca::Time now);

/// The CAA check that counts for the name at `place`: the one after the claim, or else that of the
/// attempt which proved control of exactly that name; null if there was none. Lives as long as
/// `order`.
const CaaEvidence* caa_evidence(const LoadedOrder& order, std::size_t place);

/// Reads an order with its authorizations, or nothing if there is no such order. Throws
/// storage::CorruptRecord if one of its authorizations is missing.
std::optional<LoadedOrder> load_order(const storage::Snapshot& snapshot,
                                      const OrderId& id,
                                      ca::Time now);

}  // namespace acme
