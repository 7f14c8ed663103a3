// The application behind an order: found and opened. What it is told while the order is signed is
// acme/review/signing.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme/order.h"
#include "acme/problem.h"
#include "acme/records/external_key_record.h"
#include "ca/crypto/random.h"
#include "policy/applications/ports.h"
#include "policy/people/actor.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace acme {

/// What these functions are given. Refers to objects that outlive it.
struct ReviewHouse {
  const policy::Surroundings& surroundings;
  ca::RandomSource& random;
  std::string terms;  // URL of the agreement that every account has accepted
  std::string pages;  // what the URL of an application's page begins with, before its id
};

/// The server, doing what a client asked for.
policy::Actor acting_for_clients();

/// Whom the certificate of an order for `product` will name: the organization of the account's key.
/// Nothing for a product without a review. Refuses with unauthorized an account that stands for no
/// organization.
Result<std::optional<Review>> review_under(const storage::Snapshot& snapshot,
                                           const std::optional<ExternalKeyRecord>& key,
                                           const policy::Product& product);

/// Adopts the newest application for exactly this that is live and that an order could be signed on
/// (rules ): never one whose approval does not count any more, because it is too old or the
/// organization was changed since. While the organization counts as validated, and none of the
/// names has to be looked at, only one that waits to be signed for.
void adopt_application(const storage::Snapshot& snapshot,
                       Review& review,
                       const policy::Product& product,
                       const std::vector<ca::Identifier>& names,
                       ca::Time now);

/// Orders and applications know each other, for the reviewer and for the proof. `review` of the
/// order must name its application.
void attach_order(storage::Transaction& transaction, const OrderId& id, const OrderRecord& order);

/// Opens an application of source acme for the names of `order`, or takes the draft that waits to
/// be completed, and notes it in the order's review. With everything a submission asks for it is
/// submitted, and otherwise left a draft for the applicant to complete. What the account has proven
/// counts as the organization's domain claims. Refuses what the product does not allow, with a
/// problem for the subscriber.
Result<void> open_application(storage::Transaction& transaction,
                              const ReviewHouse& house,
                              LoadedOrder& order,
                              ca::Time now);

/// Names that the account has proven since the application was opened close its gate `dcv`, if it
/// is open. Does nothing for other orders. A refusal means that the gate was closed in another way
/// meanwhile; what was written then is not to be kept.
Result<void> prove_names(storage::Transaction& transaction,
                         const ReviewHouse& house,
                         const LoadedOrder& order,
                         ca::Time now);
/// Whether prove_names would do something.
bool proves_names(const storage::Snapshot& snapshot, const LoadedOrder& order, ca::Time now);

/// The draft of source acme that waits to be completed for exactly what `order` is for.
std::optional<policy::Application> find_draft(const storage::Snapshot& snapshot,
                                              const OrderRecord& order);
/// A new one. Refuses what the product does not allow.
Result<policy::Application> create_draft(storage::Transaction& transaction,
                                         const ReviewHouse& house,
                                         const OrderRecord& order,
                                         ca::Time now);

}  // namespace acme
