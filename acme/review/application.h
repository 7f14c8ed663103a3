// The application behind an order: found, opened, and told what became of the order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme/order.h"
#include "acme/problem.h"
#include "acme/records/external_key_record.h"
#include "ca/crypto/random.h"
#include "policy/applications/ports.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace acme {

/// What these functions are given. Refers to objects that outlive it.
struct ReviewHouse {
  const policy::Surroundings& surroundings;
  ca::RandomSource& random;
  std::string terms;  // URL of the agreement that every account has accepted
};

/// Whom the certificate of an order for `product` will name: the organization of the account's key.
/// Nothing for a product without a review. Refuses with unauthorized an account that stands for no
/// organization.
Result<std::optional<Review>> review_under(const std::optional<ExternalKeyRecord>& key,
                                           const policy::Product& product);

/// Adopts the newest application for exactly this that is live (rules ). While the
/// organization counts as validated, only one that waits to be signed for.
void adopt_application(const storage::Snapshot& snapshot,
                       Review& review,
                       const std::string& product,
                       const std::vector<ca::Identifier>& names,
                       ca::Time now);

/// Opens an application of source acme for the names of `order` and notes it in the order's review.
/// With everything a submission asks for it is submitted, and otherwise left a draft for the
/// applicant to complete. What the account has proven counts as the organization's domain claims.
/// Refuses what the product does not allow, with a problem for the subscriber.
Result<void> open_application(storage::Transaction& transaction,
                              const ReviewHouse& house,
                              LoadedOrder& order,
                              ca::Time now);

/// Names that the account has proven since the application was opened close its gate `dcv`, if it
/// is open. Does nothing for other orders.
void prove_names(storage::Transaction& transaction,
                 const ReviewHouse& house,
                 const LoadedOrder& order,
                 ca::Time now);
/// Whether prove_names would do something.
bool proves_names(const storage::Snapshot& snapshot, const LoadedOrder& order, ca::Time now);

/// Under HoldMode::fail: the draft that the applicant has to complete, made anew if there is none.
Result<policy::ApplicationId> draft_application(storage::Transaction& transaction,
                                                const ReviewHouse& house,
                                                const OrderRecord& order,
                                                ca::Time now);

/// The signing act begins: everything that ages is looked at again, by the engine (rule A-9).
/// Refuses with unauthorized what may not be signed any more. Does nothing for an order without an
/// application.
Result<void> begin_signing(storage::Transaction& transaction,
                           const ReviewHouse& house,
                           const OrderRecord& order,
                           ca::Time now);
/// The order has the certificate with this serial of this issuer.
void note_certificate(storage::Transaction& transaction,
                      const ReviewHouse& house,
                      const OrderRecord& order,
                      ca::Time now);
/// The order ended without a certificate; the approval stays (rule A-7).
void note_failure(storage::Transaction& transaction,
                  const ReviewHouse& house,
                  const OrderRecord& order,
                  const std::string& reason,
                  ca::Time now);

}  // namespace acme
