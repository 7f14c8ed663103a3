#include <algorithm>
#include <optional>
#include <utility>

#include "acme/order.h"
#include "acme/records/account_record.h"
#include "acme/records/certificate_record.h"
#include "acme/records/record_fields.h"
#include "acme/records/verify_parts.h"
#include "acme/reuse.h"
#include "ca/certificate.h"
#include "ca/certificate_profile.h"
#include "ca/certificate_request.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "storage/storage_error.h"

namespace acme::verification {

namespace {

/// How far a clock may have been set back between two events that follow each other. The exact
/// order is proved by the audit log, whose numbers no clock can disturb (verify_history.cpp).
constexpr std::chrono::hours kClockStep{1};

/// A profile that is not known any more is judged by the rules of the web.
ca::Trust trust_of(const ca::LedgerEntry& entry) {
  const ca::CertificateProfile* profile = ca::find_profile(entry.profile);
  return profile != nullptr ? profile->trust : ca::Trust::web;
}

/// The authorization must have been valid when the intent to sign was written.
void check_covered(const LoadedOrder& order,
                   std::size_t i,
                   ca::Time signed_at,
                   ca::Trust trust,
                   OrderFaults& faults) {
  const AuthorizationRecord& authorization = order.authorizations[i];
  const std::string name = "authorization " + order.record.authorizations[i].text();
  faults.unless(authorization.account == order.record.account,
                "uses " + name + " of another account");
  faults.unless(covers(authorization, order.record.identifiers[i]),
                "uses " + name + ", which is for another name");
  const ChallengeRecord* decided = deciding_challenge(authorization);
  const bool was_valid =
      decided != nullptr && decided->status == ChallengeStatus::valid && decided->validated_at &&
      *decided->validated_at <= signed_at + kClockStep && signed_at <= authorization.expires;
  faults.unless(was_valid,
                "was signed at " + ca::rfc3339(signed_at) + ", when " + name + " was not valid");
  faults.unless(decided == nullptr || policy::can_prove(decided->method, authorization.identifier(),
                                                        authorization.coverage),
                "uses " + name + ", which its method cannot prove");
  const auto was_taken_back = [&](const std::optional<ca::Time>& when) {
    return when && *when + kClockStep < signed_at;
  };
  faults.unless(!is_too_old(authorization, trust, signed_at),
                "was signed at " + ca::rfc3339(signed_at) + ", when " + name + " was too old");
  faults.unless(
      !was_taken_back(authorization.deactivated_at) && !was_taken_back(authorization.revoked_at),
      "was signed at " + ca::rfc3339(signed_at) + ", after " + name + " was taken back");
}

/// BR 4.2.2.1: CAA of every DNS name must have been checked in the hours before.
void check_caa_age(const LoadedOrder& order,
                   std::size_t i,
                   ca::Time signed_at,
                   OrderFaults& faults) {
  const ca::Identifier& identifier = order.record.identifiers[i];
  if (!std::holds_alternative<ca::DnsName>(identifier)) return;
  const CaaEvidence* evidence = caa_evidence(order, i);
  faults.unless(evidence != nullptr && evidence->checked_at <= signed_at + kClockStep &&
                    signed_at <= evidence->checked_at + kLongestCaaAge &&
                    (!evidence->expires || signed_at <= *evidence->expires + kClockStep),
                "was signed at " + ca::rfc3339(signed_at) + ", but CAA of \"" +
                    ca::value_of(identifier) + "\" was not checked in the " +
                    std::to_string(kLongestCaaAge.count()) + " hours before");
}

void check_request(const LoadedOrder& order, const ca::CertificateView& view, OrderFaults& faults) {
  const auto request = ca::parse_certificate_request(order.record.csr);
  faults.unless(request.has_value(), "was finalized with a request that does not parse");
  if (!request) return;
  faults.unless(request->public_key.spki() == order.record.spki,
                "notes a key that is not its request's");
  faults.unless(request->identifiers == order.record.identifiers,
                "was finalized with a request for other names");
  faults.unless(view.spki == request->public_key.spki(), "has a certificate for another key");
}

}  // namespace

LoadedOrder as_attempted(LoadedOrder order, const StarCertificateRecord& attempt) {
  order.record.not_before = attempt.not_before;
  order.record.not_after = attempt.not_after;
  for (const CheckedCaa& each : attempt.caa) {
    order.record.caa.insert_or_assign(each.place, CaaEvidence{each.checked_at, each.found});
  }
  return order;
}

void check_content(const LoadedOrder& order,
                   const ca::LedgerEntry& entry,
                   const std::string& der,
                   OrderFaults& faults) {
  const auto view = ca::view_certificate(der);
  const std::string serial = ca::hex(entry.serial);
  faults.unless(view.has_value(), "has serial " + serial + ", whose certificate does not parse");
  if (!view) return;
  faults.unless(view->identifiers == order.record.identifiers, "has a certificate for other names");
  const auto* const profile = ca::find_profile(entry.profile);
  const bool names_somebody = profile != nullptr && profile->subject != ca::SubjectKind::domain &&
                              profile->subject != ca::SubjectKind::any;
  faults.unless(!names_somebody || order.record.review.has_value(),
                "has a certificate that names an organization, and nobody was to look at it");
  check_request(order, *view, faults);
  const ca::ValidityWish asked{.not_before = order.record.not_before,
                               .not_after = order.record.not_after};
  faults.unless(ca::asked_times(asked) == entry.asked_times &&
                    asked.not_before.value_or(entry.not_before) == entry.not_before &&
                    asked.not_after.value_or(entry.not_after) == entry.not_after,
                "has a certificate with other times than it has named");
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    check_covered(order, i, entry.intended_at, trust_of(entry), faults);
    check_caa_age(order, i, entry.intended_at, faults);
  }
}

namespace {

void check_certificate(const storage::Snapshot& snapshot,
                       const LoadedOrder& order,
                       OrderFaults& faults) {
  const CertificateId& id = *order.record.certificate;
  const auto record = kCertificates.get(snapshot, id.octets());
  faults.unless(record.has_value(), "has certificate " + id.text() + ", which is not stored");
  if (!record) return;
  faults.unless(record->order == order.id && record->account == order.record.account &&
                    record->serial == order.record.serial &&
                    record->issuer_id == order.record.issuer_id,
                "and certificate " + id.text() + " do not agree on owner, issuer and serial");
  const auto entry = ca::Ledger::find(snapshot, record->issuer_id, record->serial);
  const std::string serial = ca::hex(record->serial);
  faults.unless(entry && !entry->certificate.empty(),
                "has serial " + serial + ", whose certificate is not in the ledger");
  if (!entry || entry->certificate.empty()) return;
  faults.unless(entry->order == order.id.text() && entry->account == order.record.account.text(),
                "has serial " + serial + ", which the ledger holds for order " + entry->order);
  check_content(order, *entry, entry->certificate, faults);
}

void check_order(const storage::Snapshot& snapshot, LoadedOrder order, Faults& all) {
  OrderFaults faults(order.id, all);
  if (order.auto_renewal && order.auto_renewal->attempts > 0) {
    const auto attempts = star_certificates(snapshot, order.id, *order.auto_renewal);
    order = as_attempted(std::move(order), attempts.front());
  }
  const OrderRecord& record = order.record;
  faults.unless(kAccounts.contains(snapshot, record.account.octets()),
                "is of an account that is not stored");
  faults.unless(
      snapshot.get(kAccountOrders, record.account.octets() + order.id.octets()).has_value(),
      "is not in the list of its account");
  faults.unless(!(record.certificate && record.error), "has both a certificate and an error");
  faults.unless(record.claim || (record.serial.empty() && !record.certificate),
                "has a serial but was never claimed");
  faults.unless(!record.claim || !record.csr.empty(), "was claimed without a certificate request");
  faults.unless(!record.held_since || (record.review && !record.csr.empty()),
                "is held without a review or without a certificate request");
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    const auto users = orders_using(snapshot, record.authorizations[i], order.authorizations[i]);
    faults.unless(
        std::ranges::find(users, order.id) != users.end(),
        "uses authorization " + record.authorizations[i].text() + ", which does not know of it");
  }
  if (record.certificate) check_certificate(snapshot, order, faults);
  if (!record.certificate && !record.serial.empty()) {
    const auto entry = ca::Ledger::find(snapshot, record.issuer_id, record.serial);
    if (entry) check_content(order, *entry, entry->lint_certificate, faults);
  }
  if (record.error && !record.serial.empty()) {
    const auto entry = ca::Ledger::find(snapshot, record.issuer_id, record.serial);
    faults.unless(entry && entry->revoked, "failed after it had serial " + ca::hex(record.serial) +
                                               ", which is not revoked");
  }
}

}  // namespace

void check_orders(const storage::Snapshot& snapshot, Faults& faults) {
  std::vector<OrderId> ids;
  snapshot.scan(kOrders.name(), "", [&](std::string_view key, std::string_view) {
    ids.push_back(decode_id<OrderId>(key));
    return storage::Scan::proceed;
  });
  for (const OrderId& id : ids) {
    try {
      if (auto order = load_order(snapshot, id, ca::Time{})) {
        check_order(snapshot, *std::move(order), faults);
      }
    } catch (const storage::CorruptRecord& damage) {
      faults.push_back("order " + id.text() + ": " + damage.what());
    }
  }
}

}  // namespace acme::verification
