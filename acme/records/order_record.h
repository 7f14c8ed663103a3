// The stored shape of an order, and the index from accounts to their orders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/hold_mode.h"
#include "acme/ids.h"
#include "acme/problem.h"
#include "acme/records/caa_evidence.h"
#include "acme/records/rate_limit_record.h"
#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/products/vocabulary.h"
#include "storage/table.h"

namespace acme {

/// Who is issuing for an order, and until when that may take.
struct Claim {
  std::string owner;  // Services::instance of the process
  ca::Time deadline{};
  bool operator==(const Claim&) const = default;
};

/// Whom the certificate of an order will name, and the application it waits for until people have
/// looked at them.
struct Review {
  policy::TenantId tenant = policy::TenantId::from_octets({});
  policy::OrganizationId organization = policy::OrganizationId::from_octets({});
  // Of the product when the order was made.
  policy::ValidationLevel level = policy::ValidationLevel::ov;
  policy::CryptoStandard standard = policy::CryptoStandard::international;
  HoldMode hold = HoldMode::processing;
  // None while the organization counts as validated without one.
  std::optional<policy::ApplicationId> application;
  // Of the application, when the order began to wait; the next one for a draft. What is said of a
  // revision counts for the orders that waited for it, whatever becomes of later ones.
  std::uint32_t revision = 0;
  bool operator==(const Review&) const = default;
};

/// An order (RFC 8555 §7.1.3). Its status is not stored: acme/order.h computes it from these facts,
/// so that nothing can fall out of step.
struct OrderRecord {
  AccountId account = AccountId::from_octets({});
  std::string product;                      // policy::Product::name
  std::vector<ca::Identifier> identifiers;  // as_set(); never changes
  // One per identifier, in the same order; one that covers several stands there several times.
  // Never changes.
  std::vector<AuthorizationId> authorizations;
  std::optional<std::string> replaces;  // acme/renewal.h; never changes
  // What the certificate has to begin and end with, where the client said so; never change.
  std::optional<ca::Time> not_before;
  std::optional<ca::Time> not_after;
  ca::Time created{};
  ca::Time expires{};
  std::optional<Review> review;        // for products whose subject is an organization
  std::optional<ca::Time> held_since;  // when finalize was taken before the review had passed
  // Set once, by finalize, or by a poll after the review; the owner changes at a restart.
  std::optional<Claim> claim;
  // Place in `identifiers` -> the CAA check after the claim, for names whose earlier one had aged.
  std::map<std::size_t, CaaEvidence> caa;
  std::string csr;                  // DER, set by finalize
  std::string spki;                 // SubjectPublicKeyInfo of the CSR, DER, set by finalize
  std::string issuer_id;            // set with the serial
  std::string serial;               // raw octets, set once in the transaction of the intent
  std::vector<RateCharge> charges;  // what limits have counted for it; grows with the claim
  std::optional<CertificateId> certificate;  // set once, when the certificate is in the ledger
  std::optional<Problem> error;              // set once; never together with `certificate`

  [[nodiscard]] std::string encode() const;
  static OrderRecord decode(std::string_view bytes);
};

/// OrderId octets -> order.
inline constexpr storage::Table<OrderRecord> kOrders{"orders"};
/// AccountId octets, OrderId octets -> nothing. In order of creation.
inline constexpr storage::TableName kAccountOrders{"account_orders"};

/// open_order_key() -> octets of the order made last for that key and not claimed since. The status
/// of the order is not looked at here.
inline constexpr storage::TableName kOpenOrders{"open_orders"};

/// Account, product, identifiers, times and replaced certificate of an order: orders that are alike
/// in these may take each other's place until one of them is claimed.
std::string open_order_key(const OrderRecord& order);
/// Takes the row of `order` out of kOpenOrders, unless another order has it by now.
void end_open_order(storage::Transaction& transaction, const OrderId& id, const OrderRecord& order);

/// replacement_key() -> octets of the order that was placed last to replace that certificate (RFC
/// 9773 §5).
inline constexpr storage::TableName kReplacements{"replacements"};

/// Issuer id and serial of the certificate that is replaced.
std::string replacement_key(std::string_view issuer_id, std::string_view serial);

}  // namespace acme
