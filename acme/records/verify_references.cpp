#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/certificate_origin.h"
#include "acme/records/certificate_record.h"
#include "acme/records/external_key_record.h"
#include "acme/records/order_record.h"
#include "acme/records/rate_limit_record.h"
#include "acme/records/record_fields.h"
#include "acme/records/verify_parts.h"
#include "acme/records/withdrawn_intent.h"
#include "acme/renewal.h"
#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "ca/ocsp/responder_certificate.h"
#include "policy/ids.h"
#include "policy/issuing/application_issuance.h"

namespace acme::verification {

namespace {

/// All rows of a table. Copied, because looking at other tables from inside a scan is nobody's
/// promise.
std::vector<std::pair<std::string, std::string>> rows_of(const storage::Snapshot& snapshot,
                                                         storage::TableName table) {
  std::vector<std::pair<std::string, std::string>> rows;
  snapshot.scan(table, "", [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return storage::Scan::proceed;
  });
  return rows;
}

void check_accounts(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, value] : rows_of(snapshot, kAccounts.name())) {
    const auto id = decode_id<AccountId>(key);
    const auto record = AccountRecord::decode(value);
    if (account_with_key(snapshot, ca::sha256(record.spki)) != id) {
      faults.push_back("account " + id.text() + " is not found by its key");
    }
  }
  for (const auto& [hash, octets] : rows_of(snapshot, kAccountKeys)) {
    const auto record = kAccounts.get(snapshot, octets);
    if (!record || ca::sha256(record->spki) != hash) {
      faults.push_back("the key " + ca::hex(hash) + " leads to an account that does not have it");
    }
  }
}

/// Every row of the limits decodes, and stands where one can be found again.
void check_arrivals(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, value] : rows_of(snapshot, kArrivals.name())) {
    ArrivalRecord::decode(value);
    if (key.size() != kArrivalKeyOctets) {
      faults.emplace_back("rate_limit_arrivals has a row that no limit looks for");
    }
  }
}

/// Accounts and the keys that opened them name each other, and no key opened more than it may.
void check_external_keys(const storage::Snapshot& snapshot, Faults& faults) {
  std::map<std::string, std::uint64_t> opened;
  for (const auto& [key, value] : rows_of(snapshot, kAccounts.name())) {
    const auto id = decode_id<AccountId>(key);
    const auto record = AccountRecord::decode(value);
    if (!record.external) continue;
    const std::string& kid = record.external->kid;
    ++opened[kid];
    if (!snapshot.get(kExternalKeyAccounts, external_key_account(kid, id))) {
      faults.push_back("account " + id.text() + " is not listed with the external key " + kid);
    }
  }
  for (const auto& [kid, value] : rows_of(snapshot, kExternalKeys.name())) {
    const auto record = ExternalKeyRecord::decode(value);
    std::uint64_t listed = 0;
    for_each_account_of(snapshot, kid, [&](const AccountId&) { ++listed; });
    if (listed != record.uses || opened[kid] != record.uses) {
      faults.push_back("external key " + kid + " counts " + std::to_string(record.uses) +
                       " accounts, lists " + std::to_string(listed) + " and opened " +
                       std::to_string(opened[kid]));
    }
    if (record.max_uses && record.uses > *record.max_uses) {
      faults.push_back("external key " + kid + " opened more accounts than it may");
    }
    opened.erase(kid);
  }
  for (const auto& [kid, count] : opened) {
    faults.push_back("external key " + kid + " opened accounts but is not stored");
  }
}

void check_account_orders(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, value] : rows_of(snapshot, kAccountOrders)) {
    require_field(key.size() == 2 * kIdOctets, "account_orders");
    const auto account = decode_id<AccountId>(std::string_view(key).substr(0, kIdOctets));
    const auto order = decode_id<OrderId>(std::string_view(key).substr(kIdOctets));
    const auto record = kOrders.get(snapshot, order.octets());
    if (!record || record->account != account) {
      faults.push_back("account " + account.text() + " lists order " + order.text() +
                       ", which is not its own");
    }
  }
}

void require_listed(const storage::Snapshot& snapshot,
                    const OrderId& order_id,
                    const AuthorizationId& id,
                    Faults& faults) {
  const auto order = kOrders.get(snapshot, order_id.octets());
  if (!order || std::ranges::find(order->authorizations, id) == order->authorizations.end()) {
    faults.push_back("authorization " + id.text() + " is not listed in order " + order_id.text());
  }
}

void check_open_orders(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, octets] : rows_of(snapshot, kOpenOrders)) {
    const auto order = kOrders.get(snapshot, octets);
    if (!order || open_order_key(*order) != key) {
      faults.emplace_back("open_orders has a row whose order is of another account or for others");
    } else if (order->claim) {
      faults.push_back("order " + decode_id<OrderId>(octets).text() +
                       " was claimed but would still be given out");
    }
  }
}

/// RFC 9773 §5: no two orders that count replace the same certificate.
void check_replacements(const storage::Snapshot& snapshot, Faults& faults) {
  const auto serial_of = [](const OrderRecord& order) {
    const auto reference = CertificateReference::parse(order.replaces.value_or(""));
    return reference ? reference->serial : std::string();
  };
  std::set<std::string> marked;
  for (const auto& [key, octets] : rows_of(snapshot, kReplacements)) {
    marked.insert(octets);
    const auto order = kOrders.get(snapshot, octets);
    if (!order || serial_of(*order).empty() || !key.ends_with(serial_of(*order))) {
      faults.emplace_back("replacements has a row whose order replaces something else");
    }
  }
  for (const auto& [key, value] : rows_of(snapshot, kOrders.name())) {
    const auto order = OrderRecord::decode(value);
    if (order.replaces && order.certificate && !marked.contains(key)) {
      faults.push_back("order " + decode_id<OrderId>(key).text() +
                       " replaced a certificate that another order replaces too");
    }
  }
}

void check_authorizations(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, value] : rows_of(snapshot, kAuthorizations.name())) {
    const auto id = decode_id<AuthorizationId>(key);
    const auto record = AuthorizationRecord::decode(value);
    if (record.order) require_listed(snapshot, *record.order, id, faults);
  }
  for (const auto& [key, value] : rows_of(snapshot, kAuthorizationOrders)) {
    require_field(key.size() == 2 * kIdOctets, "authorization_orders");
    require_listed(snapshot, decode_id<OrderId>(std::string_view(key).substr(kIdOctets)),
                   decode_id<AuthorizationId>(std::string_view(key).substr(0, kIdOctets)), faults);
  }
  for (const auto& [key, octets] : rows_of(snapshot, kAccountNames)) {
    const auto record = kAuthorizations.get(snapshot, octets);
    const auto keys = record ? account_keys_of(*record) : std::vector<std::string>{};
    if (std::ranges::find(keys, key) == keys.end()) {
      faults.emplace_back(
          "account_names has a row whose authorization is of another account or name");
    }
  }
}

void check_certificates(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, value] : rows_of(snapshot, kCertificates.name())) {
    const auto id = decode_id<CertificateId>(key);
    const auto record = CertificateRecord::decode(value);
    const auto order = kOrders.get(snapshot, record.order.octets());
    if (!order || order->certificate != id) {
      faults.push_back("certificate " + id.text() + " belongs to order " + record.order.text() +
                       ", which does not have it");
    }
  }
}

/// The serials that an order notes: one, or, if it renews itself, those of all its attempts.
std::set<std::string> noted_serials(const storage::Snapshot& snapshot,
                                    const OrderId& id,
                                    const std::string& issuer) {
  std::set<std::string> serials;
  const auto order = kOrders.get(snapshot, id.octets());
  if (!order) return serials;
  if (order->issuer_id == issuer) serials.insert(ca::hex(order->serial));
  const auto renewal = kAutoRenewals.get(snapshot, id.octets());
  if (!renewal) return serials;
  for (const StarCertificateRecord& each : star_certificates(snapshot, id, *renewal)) {
    if (each.issuer_id == issuer) serials.insert(ca::hex(each.serial));
  }
  return serials;
}

/// The serials that orders gave back, which are keys of kWithdrawnIntents: revoked, without a
/// certificate, and those that the audit log tells of.
std::set<std::string> check_withdrawn_intents(const storage::Snapshot& snapshot, Faults& faults) {
  std::set<std::string> told;
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
    if (entry.event != "order.intent_withdrawn") return storage::Scan::proceed;
    const auto id = OrderId::parse(entry.subject);
    const auto serial = ca::from_hex(ca::fact_in(entry, "serial"));
    if (id && serial) {
      told.insert(withdrawn_intent_key(*id, ca::fact_in(entry, "issuer"), *serial));
    }
    return storage::Scan::proceed;
  });
  std::set<std::string> stored;
  for (const auto& [key, value] : rows_of(snapshot, kWithdrawnIntents)) {
    require_field(key.size() > kIdOctets, "withdrawn_intents");
    const std::string order = decode_id<OrderId>(std::string_view(key).substr(0, kIdOctets)).text();
    const auto entry = ca::Ledger::find_by_key(snapshot, key.substr(kIdOctets));
    if (!entry || entry->order != order || !entry->certificate.empty() || !entry->revoked) {
      faults.push_back("order " + order + " gave back serial " +
                       (entry ? ca::hex(entry->serial) : "of no entry") +
                       ", which is not a revoked one of that order without a certificate");
    }
    stored.insert(key);
  }
  if (stored != told) {
    faults.emplace_back("the serials that orders gave back are not those of the audit log");
  }
  return stored;
}

/// One serial, one order; one order, one serial, unless it renews itself, and but for those that it
/// gave back.
void check_ledger(const storage::Snapshot& snapshot,
                  const std::string& issuer,
                  const std::set<std::string>& withdrawn,
                  Faults& faults) {
  std::map<std::string, std::vector<std::string>> serials_of_order;
  ca::Ledger::for_each(snapshot, issuer, [&](const ca::LedgerEntry& entry) {
    // The server's own: ca::Ledger::verify proves that it certifies no subscriber.
    if (entry.profile == ca::ocsp::kResponderProfile && entry.order.empty()) {
      return storage::Scan::proceed;
    }
    // What people applied for is policy/'s to prove.
    if (policy::ApplicationId::parse(entry.order)) return storage::Scan::proceed;
    const auto id = OrderId::parse(entry.order);
    if (id && withdrawn.contains(withdrawn_intent_key(*id, issuer, entry.serial))) {
      return storage::Scan::proceed;
    }
    serials_of_order[entry.order].push_back(ca::hex(entry.serial));
    return storage::Scan::proceed;
  });
  for (const auto& [order_text, serials] : serials_of_order) {
    const auto id = OrderId::parse(order_text);
    const auto noted = id ? noted_serials(snapshot, *id, issuer) : std::set<std::string>{};
    if (serials.size() > std::max<std::size_t>(noted.size(), 1)) {
      faults.push_back("order " + order_text + " has two serials: " + serials[0] + " and " +
                       serials[1]);
    }
    for (const std::string& serial : serials) {
      if (noted.contains(serial)) continue;
      faults.push_back("serial " + serial + " is for order " + order_text +
                       ", which does not note it");
    }
  }
}

}  // namespace

void check_references(const storage::Snapshot& snapshot,
                      const std::vector<const ca::Issuer*>& issuers,
                      Faults& faults) {
  check_accounts(snapshot, faults);
  check_arrivals(snapshot, faults);
  check_external_keys(snapshot, faults);
  check_account_orders(snapshot, faults);
  check_authorizations(snapshot, faults);
  check_open_orders(snapshot, faults);
  check_replacements(snapshot, faults);
  check_certificates(snapshot, faults);
  const std::set<std::string> withdrawn = check_withdrawn_intents(snapshot, faults);
  for (const ca::Issuer* issuer : issuers) {
    check_ledger(snapshot, issuer->id(), withdrawn, faults);
  }
  for (auto& fault : policy::verify_application_certificates(snapshot, issuers)) {
    faults.push_back(std::move(fault));
  }
  for (auto& fault : verify_certificate_lists(snapshot)) faults.push_back(std::move(fault));
}

}  // namespace acme::verification
