#include "acme/order.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/storage_error.h"

namespace acme {

ca::ValidityWish validity_wish(const OrderRecord& order, const policy::Product& product) {
  ca::ValidityWish wish{.not_before = order.not_before, .not_after = order.not_after};
  if (product.certificate_validity.count() > 0) wish.longest = product.certificate_validity;
  return wish;
}

namespace {

/// Why one authorization keeps its order from ever becoming ready, or nothing.
std::optional<Problem> obstacle(const AuthorizationRecord& authorization, ca::Time now) {
  const AuthorizationStatus status = status_of(authorization, now);
  const std::string name = ca::value_of(authorization.identifier());
  switch (status) {
    case AuthorizationStatus::pending:
    case AuthorizationStatus::valid:
      return std::nullopt;
    case AuthorizationStatus::invalid: {
      const ChallengeRecord* failed = deciding_challenge(authorization);
      if (failed->error) {
        return Problem(failed->error->type(), failed->error->detail())
            .about(authorization.identifier());
      }
      break;
    }
    case AuthorizationStatus::expired:
      return Problem(ProblemType::unauthorized,
                     "the authorization for \"" + name + "\" expired at " +
                         ca::rfc3339(authorization.expires) + "; please create a new order")
          .about(authorization.identifier());
    case AuthorizationStatus::deactivated:
    case AuthorizationStatus::revoked:
      break;
  }
  return Problem(ProblemType::unauthorized, "the authorization for \"" + name + "\" is " +
                                                std::string(text_of(status)) +
                                                "; please create a new order")
      .about(authorization.identifier());
}

}  // namespace

OrderStatus status_of(const OrderRecord& order,
                      const std::vector<AuthorizationRecord>& authorizations,
                      ReviewOutcome review,
                      ca::Time now) {
  if (order.certificate) return OrderStatus::valid;
  if (order.error) return OrderStatus::invalid;
  if (order.claim) return OrderStatus::processing;
  if (now > order.expires || authorizations.empty()) return OrderStatus::invalid;
  if (review == ReviewOutcome::refused) return OrderStatus::invalid;
  if (order.held_since) return OrderStatus::processing;
  bool all_valid = true;
  for (const AuthorizationRecord& authorization : authorizations) {
    const AuthorizationStatus status = status_of(authorization, now);
    if (status == AuthorizationStatus::pending) {
      all_valid = false;
    } else if (status != AuthorizationStatus::valid) {
      return OrderStatus::invalid;
    }
  }
  const bool stays_pending =
      order.review && order.review->hold == HoldMode::pending && review != ReviewOutcome::passed;
  return all_valid && !stays_pending ? OrderStatus::ready : OrderStatus::pending;
}

std::optional<Problem> error_of(const LoadedOrder& loaded, ca::Time now) {
  const OrderRecord& order = loaded.record;
  const std::vector<AuthorizationRecord>& authorizations = loaded.authorizations;
  if (status_of(order, authorizations, loaded.review.outcome, now) != OrderStatus::invalid) {
    return std::nullopt;
  }
  if (order.error) return order.error;
  if (loaded.review.outcome == ReviewOutcome::refused) {
    return Problem(ProblemType::unauthorized, loaded.review.reason);
  }
  if (order.held_since) {
    const bool passed = loaded.review.outcome == ReviewOutcome::passed;
    return Problem(
        ProblemType::unauthorized,
        (passed ? "nobody asked for this order after its review until it expired at "
                : "people were still looking at its application when this order expired at ") +
            ca::rfc3339(order.expires) + "; please create a new order");
  }
  std::vector<Problem> obstacles;
  for (const AuthorizationRecord& authorization : authorizations) {
    if (auto found = obstacle(authorization, now)) obstacles.push_back(*std::move(found));
  }
  if (obstacles.size() == 1) return std::move(obstacles.front());
  if (obstacles.size() > 1) {
    const ProblemType type = obstacles.front().type();
    const std::size_t count = obstacles.size();
    return Problem(type, std::to_string(count) + " of " + std::to_string(authorizations.size()) +
                             " identifiers could not be authorized; see the subproblems")
        .with_subproblems(std::move(obstacles));
  }
  return Problem(ProblemType::unauthorized,
                 "the order expired at " + ca::rfc3339(order.expires) +
                     " before it was finalized; please create a new order");
}

const CaaEvidence* caa_evidence(const LoadedOrder& order, std::size_t place) {
  const auto rechecked = order.record.caa.find(place);
  if (rechecked != order.record.caa.end()) return &rechecked->second;
  const AuthorizationRecord& authorization = order.authorizations.at(place);
  // BR 4.2.2.1 asks for every dNSName of the certificate: what permits a domain permits none under
  // it that has records of its own.
  if (authorization.identifier() != order.record.identifiers.at(place)) return nullptr;
  const ChallengeRecord* decided = deciding_challenge(authorization);
  return decided != nullptr && decided->caa ? &*decided->caa : nullptr;
}

std::optional<LoadedOrder> load_order(const storage::Snapshot& snapshot,
                                      const OrderId& id,
                                      ca::Time now) {
  std::optional<OrderRecord> record = kOrders.get(snapshot, id.octets());
  if (!record) return std::nullopt;
  LoadedOrder view{id, *std::move(record), {}, OrderStatus::pending, {}};
  view.authorizations.reserve(view.record.authorizations.size());
  for (const AuthorizationId& each : view.record.authorizations) {
    auto authorization = kAuthorizations.get(snapshot, each.octets());
    if (!authorization) {
      throw storage::CorruptRecord("order " + id.text() + " lists authorization " + each.text() +
                                   ", which is not stored");
    }
    view.authorizations.push_back(*std::move(authorization));
  }
  view.review = standing_of(snapshot, view.record, now);
  view.status = status_of(view.record, view.authorizations, view.review.outcome, now);
  view.auto_renewal = kAutoRenewals.get(snapshot, id.octets());
  // RFC 8739 §3.1.2
  if (view.auto_renewal && view.auto_renewal->canceled_at) view.status = OrderStatus::canceled;
  return view;
}

}  // namespace acme
