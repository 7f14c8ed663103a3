// Whether the certificate of an order may be signed now, and which issuer signs it. Safe from any
// thread.
#pragma once

#include <optional>
#include <string>

#include "acme/order.h"
#include "acme/problem.h"
#include "acme/review/application.h"
#include "acme/services.h"
#include "ca/certificate_profile.h"
#include "ca/issuer_set.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace acme {

/// What decides which issuer signs. Outlives the store's writer, as everything in Services does.
struct Choice {
  const policy::Catalog& catalog;
  const ca::IssuerSet& issuers;

  explicit Choice(const Services& services)
      : catalog(services.catalog), issuers(services.issuers) {}

  /// The product must be there: what is not offered any more is refused before.
  [[nodiscard]] const policy::Product& product(const OrderRecord& order) const {
    return *catalog.find(order.product);
  }
  [[nodiscard]] const ca::CertificateProfile& profile(const OrderRecord& order) const {
    return *product(order).profile;
  }
  /// Null if none can sign it now.
  [[nodiscard]] const ca::Issuer* issuer(const OrderRecord& order, ca::Time now) const {
    return issuers.choose(profile(order), order.spki, now);
  }
};

/// What an order is judged by; a value, because the store's writer judges too.
struct Judging {
  ReviewHouse house;
  std::string instance;
  Choice choice;
  std::string issuer_id;  // the one that signs; empty while none is chosen

  explicit Judging(const Services& services, std::string signing_issuer = {});
};

/// Why the account may not be issued this certificate now, judged from the store and not from what
/// an earlier step saw; nothing if it may.
std::optional<Problem> issuance_obstacle(const storage::Snapshot& snapshot,
                                         const Judging& by,
                                         const LoadedOrder& order,
                                         ca::Time now);

}  // namespace acme
