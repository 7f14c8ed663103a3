#include <algorithm>
#include <utility>
#include <variant>

#include "acme/auto_renewal.h"
#include "acme/records/record_fields.h"
#include "acme/records/renewal_trouble.h"
#include "acme/records/verify_parts.h"
#include "ca/crypto/encoding.h"
#include "storage/storage_error.h"

namespace acme::verification {

namespace {

/// RFC 8739 §3.3, §3.5: it ends when its place in the schedule says, and begins no sooner.
void check_slot(const AutoRenewalRecord& renewal,
                const StarCertificateRecord& attempt,
                OrderFaults& faults) {
  const std::string serial = "has serial " + ca::hex(attempt.serial) + ", which ";
  faults.unless(attempt.not_after <= renewal.end_date, serial + "ends after its end date");
  faults.unless(
      attempt.index > 0 || !renewal.start_date || attempt.not_before >= *renewal.start_date,
      serial + "begins before its start date");
  if (!renewal.first_due) {
    faults.unless(false, serial + "has no place in a schedule");
    return;
  }
  const ca::Time nominal = *renewal.first_due + attempt.index * renewal.lifetime;
  faults.unless(attempt.not_after == std::min(nominal + renewal.lifetime, renewal.end_date) &&
                    attempt.not_before >= nominal - renewal.lifetime_adjust,
                serial + "is not as long as its schedule says");
}

/// BR 4.2.2.1: no check but its own counts, however young that of an earlier one is.
void check_own_caa(const LoadedOrder& order,
                   const StarCertificateRecord& attempt,
                   OrderFaults& faults) {
  for (std::size_t i = 0; i < order.record.identifiers.size(); ++i) {
    const ca::Identifier& name = order.record.identifiers[i];
    if (!std::holds_alternative<ca::DnsName>(name)) continue;
    const bool is_checked =
        std::ranges::any_of(attempt.caa, [&](const CheckedCaa& each) { return each.place == i; });
    faults.unless(is_checked, "has serial " + ca::hex(attempt.serial) +
                                  ", which was signed without a CAA check of its own of \"" +
                                  ca::value_of(name) + "\"");
  }
}

/// Every attempt but the first, which is that of the order itself, as whole certificates of it.
void check_attempt(const storage::Snapshot& snapshot,
                   const LoadedOrder& order,
                   const StarCertificateRecord& attempt,
                   bool is_last,
                   OrderFaults& faults) {
  const std::string serial = "has serial " + ca::hex(attempt.serial) + ", which ";
  const auto entry = ca::Ledger::find(snapshot, attempt.issuer_id, attempt.serial);
  faults.unless(entry.has_value(), serial + "is not in the ledger");
  if (!entry) return;
  faults.unless(entry->order == order.id.text() && entry->account == order.record.account.text(),
                serial + "the ledger holds for order " + entry->order);
  faults.unless(attempt.issued == !entry->certificate.empty(),
                serial + "it and the ledger do not agree on");
  faults.unless(attempt.issued || is_last || entry->revoked,
                serial + "was given up and is not revoked");
  if (attempt.index == 0) return;
  check_own_caa(order, attempt, faults);
  check_content(as_attempted(order, attempt), *entry,
                attempt.issued ? entry->certificate : entry->lint_certificate, faults);
}

void check_renewal(const storage::Snapshot& snapshot, const LoadedOrder& order, Faults& all) {
  OrderFaults faults(order.id, all);
  const AutoRenewalRecord& renewal = order.auto_renewal.value();
  const auto attempts = star_certificates(snapshot, order.id, renewal);
  faults.unless(attempts.empty() == order.record.serial.empty(),
                "and its certificates do not agree on whether there is one");
  faults.unless(attempts.empty() || (attempts.front().serial == order.record.serial &&
                                     attempts.front().issuer_id == order.record.issuer_id),
                "notes another serial than that of its first certificate");
  faults.unless(renewal.current.has_value() == order.record.certificate.has_value(),
                "renews a certificate that it does not have");
  std::optional<std::uint32_t> newest;
  for (std::uint32_t i = 0; i < attempts.size(); ++i) {
    const StarCertificateRecord& attempt = attempts[i];
    faults.unless(!newest || attempt.index > attempts[*newest].index,
                  "has two certificates for one place in its schedule");
    if (attempt.issued) newest = i;
    check_slot(renewal, attempt, faults);
    check_attempt(snapshot, order, attempt, i + 1 == attempts.size(), faults);
  }
  faults.unless(newest == renewal.current, "shows another certificate than its newest");
  faults.unless(!newest || attempts[*newest].not_after == renewal.current_end,
                "notes another end than that of its newest certificate");
}

/// No certificate of an order that does not count it, and no trouble of one that has none.
void check_rows(const storage::Snapshot& snapshot, Faults& faults) {
  std::vector<std::string> keys;
  snapshot.scan(kStarCertificates.name(), "", [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return storage::Scan::proceed;
  });
  for (const std::string& key : keys) {
    const auto id = decode_id<OrderId>(std::string_view(key).substr(0, kIdOctets));
    const auto renewal = kAutoRenewals.get(snapshot, id.octets());
    const bool is_counted = renewal && key < star_certificate_key(id, renewal->attempts);
    if (!is_counted) faults.push_back("order " + id.text() + " does not count a certificate of it");
  }
  kRenewalTroubles.scan_prefix(snapshot, "", [&](std::string_view key, const RenewalTrouble&) {
    if (kAutoRenewals.contains(snapshot, key)) return storage::Scan::proceed;
    faults.push_back("a renewal of order " + decode_id<OrderId>(key).text() +
                     " waits, which does not renew itself");
    return storage::Scan::proceed;
  });
}

}  // namespace

void check_auto_renewals(const storage::Snapshot& snapshot, Faults& faults) {
  std::vector<OrderId> ids;
  snapshot.scan(kAutoRenewals.name(), "", [&](std::string_view key, std::string_view) {
    ids.push_back(decode_id<OrderId>(key));
    return storage::Scan::proceed;
  });
  for (const OrderId& id : ids) {
    try {
      const auto order = load_order(snapshot, id, ca::Time{});
      if (order) {
        check_renewal(snapshot, *order, faults);
      } else {
        faults.push_back("order " + id.text() + " renews itself and is not stored");
      }
    } catch (const storage::CorruptRecord& damage) {
      faults.push_back("order " + id.text() + ": " + damage.what());
    }
  }
  check_rows(snapshot, faults);
}

}  // namespace acme::verification
