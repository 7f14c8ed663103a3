#include "acme/fulfilment/renewal_work.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include "acme/fulfilment/caa_recheck.h"
#include "acme/fulfilment/issuance_fitness.h"
#include "acme/fulfilment/issuance_work.h"
#include "acme/fulfilment/renewal_patience.h"
#include "acme/fulfilment/star_attempts.h"
#include "acme/records/certificate_origin.h"
#include "acme/records/incident_record.h"
#include "acme/records/record_fields.h"
#include "acme/records/renewal_trouble.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/issuance.h"
#include "ca/ledger.h"

namespace acme {

namespace {

struct Nothing {};  // no more certificates follow
/// The next one is due then.
struct NotDue {
  ca::Time when;
};
/// It may not be signed now, but perhaps later.
struct Waits {
  Problem why;
  std::chrono::seconds pause;
};
/// It may not be signed any more.
struct Ends {
  Problem why;
  std::optional<CaaObjection> caa = {};  // for the audit log, if that is why
};
struct Due {
  LoadedOrder order;
  RenewalSlot slot;
  std::string external_key;  // opening_key() of its account
};
using Finding = std::variant<Nothing, NotDue, Waits, Ends, Due>;

/// A certificate was taken back, or is about to be, whichever of them: one more of its kind would
/// be as wrong. What was revoked because nobody knows of a signature says nothing about the others.
std::optional<Problem> taken_back(const storage::Snapshot& snapshot,
                                  const OrderId& id,
                                  const AutoRenewalRecord& renewal) {
  for (const StarCertificateRecord& each : star_certificates(snapshot, id, renewal)) {
    const auto entry = ca::Ledger::find(snapshot, each.issuer_id, each.serial);
    if (!entry) throw storage::CorruptRecord("serial " + ca::hex(each.serial) + " is not stored");
    if (!(each.issued && entry->revoked) && !incident_about(snapshot, *entry)) continue;
    return Problem(ProblemType::unauthorized,
                   "the certification authority takes a certificate of this order back; please "
                   "create a new order");
  }
  return std::nullopt;
}

/// Whether certificates would have followed before the end date.
bool owes_more(const AutoRenewalRecord& renewal, const StarCertificateRecord& newest) {
  return next_slot(renewal, newest.index, renewal.end_date - std::chrono::seconds(1)).has_value();
}

Finding examine(const storage::Snapshot& snapshot,
                const Judging& by,
                const OrderId& id,
                ca::Time now) {
  std::optional<LoadedOrder> order = load_order(snapshot, id, now);
  if (!order || !order->auto_renewal || !order->auto_renewal->is_renewing()) return Nothing{};
  const StarCertificateRecord newest = newest_star_certificate(snapshot, id, *order->auto_renewal);
  auto slot = next_slot(*order->auto_renewal, newest.index, now);
  if (!slot && now >= order->auto_renewal->end_date && owes_more(*order->auto_renewal, newest)) {
    return Ends{{ProblemType::server_internal,
                 "the server was out of service when the last certificates were due"}};
  }
  if (!slot) return Nothing{};
  if (slot->due > now) return NotDue{slot->due};
  if (auto problem = taken_back(snapshot, id, *order->auto_renewal)) {
    return Ends{*std::move(problem)};
  }
  if (auto problem = stop_over(snapshot, by, *order, now))
    return Waits{*std::move(problem), pause_of(*order->auto_renewal)};
  const auto account = account_to_certify(snapshot, by, *order, now);
  if (!account) return Ends{account.error()};
  return Due{*std::move(order), *slot, opening_key(*account)};
}

/// Whether an attempt left a serial whose signature nobody knows.
std::optional<StarCertificateRecord> in_doubt(const storage::Snapshot& snapshot,
                                              const OrderId& id) {
  const auto renewal = kAutoRenewals.get(snapshot, id.octets());
  if (!renewal || !renewal->current || *renewal->current + 1 == renewal->attempts) {
    return std::nullopt;
  }
  auto last = kStarCertificates.get(snapshot, star_certificate_key(id, renewal->attempts - 1));
  if (!last || last->issued) return std::nullopt;
  const auto entry = ca::Ledger::find(snapshot, last->issuer_id, last->serial);
  return entry && !entry->revoked ? std::move(last) : std::nullopt;
}

/// As for an order whose first signature is unknown (docs/issuance-cycle.md): the serial is
/// revoked, whether or not a certificate exists. True if there was one.
boost::asio::awaitable<bool> give_up_doubtful(Services& services, OrderId id, ca::Time now) {
  const bool is_in_doubt = services.store.read(
      [&](const storage::Snapshot& snapshot) { return in_doubt(snapshot, id).has_value(); });
  if (!is_in_doubt) co_return false;
  auto write = [id, now](storage::Transaction& transaction) {
    const auto attempt = in_doubt(transaction, id);
    if (!attempt) return;
    const auto revoked =
        ca::Ledger::revoke(transaction, attempt->issuer_id, attempt->serial, 0, "server", now);
    if (!revoked) throw std::logic_error("cannot be revoked: " + revoked.error().detail());
    request_crl(transaction, attempt->issuer_id, now);
  };
  co_await services.store.write(std::move(write));
  co_return true;
}

boost::asio::awaitable<void> move_row(Services& services,
                                      OrderId id,
                                      WorkKey key,
                                      std::optional<ca::Time> next) {
  auto write = [id, key = key.encode(), next](storage::Transaction& transaction) {
    kDueWork.erase(transaction, key);
    if (next) {
      put_work(transaction, renewal_work(id, *next));
    } else {
      kRenewalTroubles.erase(transaction, id.octets());
    }
  };
  co_await services.store.write(std::move(write));
}

void tell(Services& services, std::string_view event, const OrderId& id, const Problem& why) {
  services.events.record(
      Severity::warning, event,
      {{"order", id.text()}, {"problem", urn_of(why.type())}, {"detail", why.detail()}});
}

boost::asio::awaitable<void> wait(Services& services, OrderId id, WorkKey key, Waits waiting) {
  tell(services, "order.renewal_waits", id, waiting.why);
  const ca::Time next = services.clock.seconds() + waiting.pause;
  co_await move_row(services, id, std::move(key), next);
}

/// No certificate follows any more; the order says why.
boost::asio::awaitable<void> end_renewing(
    Services& services, OrderId id, WorkKey key, Ends ending, ca::Time now) {
  auto write = [id, key = key.encode(), ending, now](storage::Transaction& transaction) {
    const auto& [why, caa] = ending;
    kDueWork.erase(transaction, key);
    kRenewalTroubles.erase(transaction, id.octets());
    auto renewal = kAutoRenewals.get(transaction, id.octets());
    if (!renewal || !renewal->is_renewing()) return false;
    if (caa) audit_caa_objection(transaction, id, *caa, now);
    renewal->problem = why;
    kAutoRenewals.put(transaction, id.octets(), *renewal);
    ca::AuditEvent event{now, "order.renewal_ended", "server", id.text(), {}};
    event.facts.emplace_back("problem", urn_of(why.type()));
    event.facts.emplace_back("detail", why.detail());
    ca::append_audit(transaction, event);
    return true;
  };
  const bool ended = co_await services.store.write(std::move(write));
  if (ended) tell(services, "order.renewal_ended", id, ending.why);
}

/// What goes into the transaction of the intent: everything is judged once more.
ca::IssuanceSteps::NoteSerial note_serial(Services& services,
                                          const Due& due,
                                          const ca::Issuer& issuer,
                                          PlacedEvidence evidence,
                                          ca::Time now) {
  return [by = Judging(services, issuer.id()), id = due.order.id, slot = due.slot,
          evidence = std::move(evidence),
          now](storage::Transaction& transaction, const std::string& serial) {
    Finding finding = examine(transaction, by, id, now);
    auto* found = std::get_if<Due>(&finding);
    const bool is_same = found != nullptr && found->slot.index == slot.index;
    const bool is_fresh_still =
        std::ranges::all_of(evidence, [&](const auto& each) { return is_fresh(each.second, now); });
    if (!is_same || !is_fresh_still) return false;
    StarCertificateRecord attempt{.index = slot.index,
                                  .issuer_id = by.issuer_id,
                                  .serial = serial,
                                  .not_before = slot.validity.not_before,
                                  .not_after = slot.validity.not_after,
                                  .caa = {}};
    for (const auto& [place, each] : evidence) {
      attempt.caa.push_back({static_cast<std::uint32_t>(place), each.checked_at, each.found});
    }
    put_attempt(transaction, id, *found->order.auto_renewal, attempt);
    audit_caa(transaction, id, found->order.record, evidence, now);
    return true;
  };
}

/// What goes into the transaction of the certificate. RFC 8739 §3.1.2: none is given out after the
/// order was canceled, though it was signed before.
ca::IssuanceSteps::Conclude conclude(const Due& due,
                                     const ca::Issuer& issuer,
                                     WorkKey key,
                                     ca::Time now) {
  return [id = due.order.id, external_key = due.external_key, issuer_id = issuer.id(),
          key = key.encode(),
          now](storage::Transaction& transaction, const ca::IssuedCertificate& issued) {
    auto renewal = kAutoRenewals.get(transaction, id.octets());
    if (!renewal || !renewal->is_renewing()) {
      throw std::runtime_error("order " + id.text() + " was ended while it was renewed");
    }
    kDueWork.erase(transaction, key);
    kRenewalTroubles.erase(transaction, id.octets());
    conclude_attempt(transaction, id, *renewal, now);
    list_certificate(transaction, external_key, issuer_id, issued.serial);
    ca::AuditEvent event{now, "order.renewed", "server", id.text(), {}};
    event.facts.emplace_back("serial", ca::hex(issued.serial));
    ca::append_audit(transaction, event);
  };
}

/// What is looked at again when logs have answered.
ca::IssuanceSteps::StillFit still_fit(Services& services,
                                      const Due& due,
                                      const ca::Issuer& issuer) {
  return [&services, id = due.order.id, slot = due.slot, by = Judging(services, issuer.id())](
             const storage::Snapshot& snapshot, const std::string&) {
    const Finding finding = examine(snapshot, by, id, services.clock.seconds());
    const auto* found = std::get_if<Due>(&finding);
    return found != nullptr && found->slot.index == slot.index;
  };
}

/// The places in the order of all DNS names; addresses have no CAA.
std::vector<std::size_t> dns_names(const OrderRecord& order) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < order.identifiers.size(); ++i) {
    if (std::holds_alternative<ca::DnsName>(order.identifiers[i])) places.push_back(i);
  }
  return places;
}

/// Steps 2 to 5 of docs/issuance-cycle.md. What keeps it from being signed, if anything did.
boost::asio::awaitable<std::optional<Finding>> sign(
    Services& services, Due due, WorkKey key, PlacedEvidence evidence, ca::Time now) {
  const OrderId id = due.order.id;
  const OrderRecord& order = due.order.record;
  const Choice choice(services);
  const ca::Issuer* issuer = choice.issuer(order, now);
  if (issuer == nullptr) {
    co_return Waits{{ProblemType::server_internal, "no issuer can sign this certificate now"},
                    pause_of(*due.order.auto_renewal)};
  }
  ca::IssuanceRequest request{order.identifiers, key_of(id, order), choice.profile(order), now,
                              reserved_addresses(services)};
  request.validity = validity_wish(order, choice.product(order));
  request.validity.not_before = due.slot.validity.not_before;
  request.validity.not_after = due.slot.validity.not_after;
  ca::IssuanceSteps steps{{id.text(), order.account.text()},
                          note_serial(services, due, *issuer, std::move(evidence), now),
                          conclude(due, *issuer, std::move(key), now),
                          now + kClaimLife,
                          still_fit(services, due, *issuer)};
  auto issuing =
      ca::issue_certificate(issuing_parts(services, *issuer), std::move(request), std::move(steps));
  const ca::Judged<std::optional<ca::IssuedCertificate>> issued = co_await std::move(issuing);
  if (!issued && issued.error().kind() == ca::RejectionKind::issuer_unavailable) {
    co_return Waits{{ProblemType::server_internal, issued.error().detail()},
                    pause_of(*due.order.auto_renewal)};
  }
  if (!issued) {
    services.events.record(Severity::error, "issuance.refused",
                           {{"order", id.text()}, {"detail", issued.error().detail()}});
    co_return Ends{{ProblemType::server_internal,
                    "the next certificate did not pass the checks before signing; please report "
                    "this order to the certification authority"}};
  }
  if (!*issued) {
    // Something changed since it was examined. Nothing is stored; the next run sees what.
    throw std::runtime_error("the order changed while its certificate was prepared");
  }
  services.events.record(Severity::info, "order.renewed",
                         {{"order", id.text()}, {"serial", ca::hex((*issued)->serial)}});
  co_return std::nullopt;
}

/// CAA does not permit the next certificate. Who tries for days must not fill the audit log: it
/// gets each kind of refusal once for a certificate, and the one that ends the renewal.
boost::asio::awaitable<Finding> wait_for_caa(Services& services,
                                             const Due& due,
                                             CaaObjection objection,
                                             ca::Time now) {
  const OrderId& id = due.order.id;
  const AutoRenewalRecord& renewal = due.order.auto_renewal.value();
  const auto before = services.store.read([&](const storage::Snapshot& snapshot) {
    return kRenewalTroubles.get(snapshot, id.octets());
  });
  const CaaDoubt doubt = objection.doubt();
  const RenewalTrouble trouble = with_refusal(before, due.slot.index, doubt, now);
  if (is_too_late(renewal, trouble, doubt, now)) {
    Problem why = objection.problem;
    co_return Ends{std::move(why), std::move(objection)};
  }
  if (trouble != before) {
    auto note = [id, trouble, objection, now](storage::Transaction& transaction) {
      kRenewalTroubles.put(transaction, id.octets(), trouble);
      audit_caa_objection(transaction, id, objection, now);
    };
    co_await services.store.write(std::move(note));
  }
  co_return Waits{std::move(objection.problem), pause_of(renewal)};
}

/// CAA is looked up for every name anew: a lifetime is longer than an answer counts.
boost::asio::awaitable<std::optional<Finding>> renew(Services& services, Due due, WorkKey key) {
  auto looking = look_up_caa(services, due.order, dns_names(due.order.record));
  std::expected<PlacedEvidence, CaaObjection> evidence = co_await std::move(looking);
  const ca::Time now = services.clock.seconds();
  if (!evidence) {
    auto waiting = wait_for_caa(services, due, std::move(evidence).error(), now);
    co_return co_await std::move(waiting);
  }
  // The look-up took its time: notBefore must not have gone too far into the past.
  const auto slot = next_slot(*due.order.auto_renewal, due.slot.index - 1, now);
  if (slot && slot->index == due.slot.index) due.slot = *slot;
  auto signing = sign(services, std::move(due), std::move(key), *std::move(evidence), now);
  co_return co_await std::move(signing);
}

}  // namespace

boost::asio::awaitable<void> run_renewal(Services& services, WorkKey key) {
  const auto id = decode_id<OrderId>(key.subject);
  const ca::Time now = services.clock.seconds();
  const bool gave_up = co_await give_up_doubtful(services, id, now);
  Finding finding = services.store.read([&](const storage::Snapshot& snapshot) {
    return examine(snapshot, Judging(services), id, now);
  });
  auto* due = std::get_if<Due>(&finding);
  if (due != nullptr && gave_up) {
    // Whatever kept it from ending, logs that do not answer for example, is likely to be there yet.
    finding = Waits{{ProblemType::server_internal,
                     "an attempt at the next certificate did not end; its serial was revoked"},
                    pause_after_loss(*due->order.auto_renewal)};
  } else if (due != nullptr) {
    auto renewing = renew(services, std::move(*due), key);
    std::optional<Finding> obstacle = co_await std::move(renewing);
    if (!obstacle) co_return;
    finding = *std::move(obstacle);
  }
  if (const auto* later = std::get_if<NotDue>(&finding)) {
    co_await move_row(services, id, key, later->when);
  } else if (auto* waiting = std::get_if<Waits>(&finding)) {
    co_await wait(services, id, key, std::move(*waiting));
  } else if (auto* ending = std::get_if<Ends>(&finding)) {
    co_await end_renewing(services, id, key, std::move(*ending), now);
  } else {
    co_await move_row(services, id, key, std::nullopt);
  }
}

}  // namespace acme
