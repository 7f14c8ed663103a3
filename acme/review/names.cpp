#include "acme/review/names.h"

#include "policy/organizations/org_validation.h"
#include "policy/reviews/matters.h"

namespace acme {

bool knows_names(const storage::Snapshot& snapshot,
                 const Review& review,
                 const policy::Product& product,
                 const std::vector<ca::Identifier>& names,
                 ca::Time now) {
  const auto matters = policy::matters_of_names(product, names);
  if (matters.empty()) return true;
  const auto validation = policy::kOrgValidations.get(
      snapshot, policy::org_validation_key(review.organization, review.level, review.standard));
  return validation && policy::open_matters(matters, validation->settled, now).empty();
}

ReviewStanding standing_for_names(const storage::Snapshot& snapshot,
                                  const OrderRecord& order,
                                  const policy::Product& product,
                                  ca::Time now) {
  ReviewStanding standing = standing_of(snapshot, order, now);
  const bool by_organization = order.review && !order.review->application;
  if (by_organization && standing.outcome == ReviewOutcome::passed &&
      !knows_names(snapshot, *order.review, product, order.identifiers, now)) {
    standing.outcome = ReviewOutcome::waiting;
  }
  return standing;
}

}  // namespace acme
