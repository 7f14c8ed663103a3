// Orders for products whose subject is an organization: what its review says for them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme/records/order_record.h"
#include "ca/time.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace acme {

/// Whether a certificate of this product names whom people have looked at.
bool is_reviewed(const policy::Product& product);

enum class ReviewOutcome {
  not_needed,
  waiting,  // people look at it, or the applicant has to do something
  passed,   // the order may be signed for now
  refused,  // for good: this order ends
};

/// What the review says for one order at one instant.
struct ReviewStanding {
  ReviewOutcome outcome = ReviewOutcome::not_needed;
  std::string reason = {};          // of a refusal, for the subscriber; ends without a full stop
  bool is_being_looked_at = false;  // waiting, and a reviewer has taken it
};

/// Whether the organization of `review` may be named in a certificate for these names at `now`,
/// whatever became of single applications: it is validated for the level, and for EV an approver
/// has said so ahead of time (EVG 3.2.2.14.3; rule A-14).
bool is_validated(const storage::Snapshot& snapshot,
                  const Review& review,
                  const std::vector<ca::Identifier>& names,
                  ca::Time now);

/// The standing of an order for `names` with this review.
ReviewStanding standing_of(const storage::Snapshot& snapshot,
                           const Review& review,
                           const std::vector<ca::Identifier>& names,
                           ca::Time now);
/// The standing of `order`; not_needed without a review. What was refused to a revision of an
/// application stays refused to the orders that waited for it.
ReviewStanding standing_of(const storage::Snapshot& snapshot,
                           const OrderRecord& order,
                           ca::Time now);

}  // namespace acme
