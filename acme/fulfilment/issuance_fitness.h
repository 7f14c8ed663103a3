// Whether the certificate of an order may be signed now, and which issuer signs it. Safe from any
// thread.
#pragma once

#include <optional>
#include <string>

#include "acme/order.h"
#include "acme/problem.h"
#include "acme/records/account_record.h"
#include "acme/review/application.h"
#include "acme/services.h"
#include "ca/certificate_profile.h"
#include "ca/crypto/public_key.h"
#include "ca/issuance.h"
#include "ca/issuer_set.h"
#include "policy/product.h"
#include "policy/quorum.h"
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
    return issuers.choose(profile(order), order.spki, now, std::nullopt, order.identifiers);
  }
};

/// What an order is judged by; a value, because the store's writer judges too.
struct Judging {
  ReviewHouse house;
  std::string instance;
  Choice choice;
  std::string issuer_id;  // the one that signs; empty while none is chosen
  policy::Corroborators corroborators;

  explicit Judging(const Services& services, std::string signing_issuer = {});
};

/// A laboratory certifies the addresses it has.
ca::ReservedAddresses reserved_addresses(const Services& services);

/// The key of an order's request, which was judged when the order was finalized. Throws
/// storage::CorruptRecord if the order notes another kind of key.
ca::PublicKey key_of(const OrderId& id, const OrderRecord& order);

/// What issuing the certificate of an order works with.
ca::IssuingParts issuing_parts(Services& services, const ca::Issuer& issuer);

/// The stop that is over the certificate of `order` now, or nothing. It may be ended again.
std::optional<Problem> stop_over(const storage::Snapshot& snapshot,
                                 const Judging& by,
                                 const LoadedOrder& order,
                                 ca::Time now);

/// The account of `order`, if it may be issued this certificate now, judged from the store and not
/// from what an earlier step saw. Refuses with why it may not.
Result<AccountRecord> account_to_certify(const storage::Snapshot& snapshot,
                                         const Judging& by,
                                         const LoadedOrder& order,
                                         ca::Time now);

}  // namespace acme
