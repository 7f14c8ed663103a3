#include "acme/fulfilment/issuance_work.h"

#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "acme/fulfilment/caa_recheck.h"
#include "acme/fulfilment/issuance_fitness.h"
#include "acme/problem_from.h"
#include "acme/records/account_record.h"
#include "acme/records/certificate_record.h"
#include "acme/records/record_fields.h"
#include "acme/reuse.h"
#include "acme/review/replies.h"
#include "acme/review/signing.h"
#include "acme/stops.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/issuance.h"
#include "ca/ledger.h"
#include "policy/issuing/subject.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

struct Nothing {};   // the row has no order to issue for any more
struct TakeOver {};  // the claim is of an earlier run
/// The order is fit, but for names whose CAA has to be looked up again first.
struct OldCaa {
  LoadedOrder order;
  std::vector<std::size_t> places;
};
using Finding = std::variant<Nothing, TakeOver, OldCaa, Problem, OrderRecord>;

Finding examine(const storage::Snapshot& snapshot,
                const Judging& by,
                const OrderId& id,
                ca::Time now) {
  std::optional<LoadedOrder> order = load_order(snapshot, id, now);
  if (!order || order->status != OrderStatus::processing || !order->record.claim) return Nothing{};
  if (order->record.claim->owner != by.instance) return TakeOver{};
  if (!order->record.serial.empty()) return unknown_signature_problem();
  if (now > order->record.claim->deadline) {
    return Problem(ProblemType::server_internal,
                   "the certificate could not be issued in time; please create a new order");
  }
  if (auto problem = issuance_obstacle(snapshot, by, *order, now)) return *std::move(problem);
  if (auto places = names_with_old_caa(*order, now); !places.empty()) {
    return OldCaa{*std::move(order), std::move(places)};
  }
  return std::move(order->record);
}

boost::asio::awaitable<void> end_row(Services& services, WorkKey key) {
  auto erase = [key = key.encode()](storage::Transaction& transaction) {
    kDueWork.erase(transaction, key);
  };
  co_await services.store.write(std::move(erase));
}

/// The claim was made by an earlier run of the process, whose work this run goes on with.
boost::asio::awaitable<void> take_over(Services& services, OrderId id, ca::Time now) {
  auto claim = [id, now, owner = services.instance](storage::Transaction& transaction) {
    take_over_claim(transaction, id, owner, now);
  };
  co_await services.store.write(std::move(claim));
}

boost::asio::awaitable<void> fail(
    Services& services, OrderId id, WorkKey key, Problem problem, ca::Time now) {
  auto write = [id, key = key.encode(), problem, now, house = review_house(services),
                owner = services.instance](storage::Transaction& transaction) {
    kDueWork.erase(transaction, key);
    return fail_order(transaction, house, id, owner, problem, now);
  };
  const bool ended = co_await services.store.write(std::move(write));
  if (!ended) co_return;
  std::vector<std::pair<std::string_view, std::string>> facts;
  facts.emplace_back("order", id.text());
  facts.emplace_back("problem", urn_of(problem.type()));
  facts.emplace_back("detail", problem.detail());
  services.events.record(
      problem.type() == ProblemType::server_internal ? Severity::error : Severity::info,
      "order.invalid", facts);
}

/// Whom the certificate names: the organization as it was validated, and nothing that the request
/// says (docs/reviews.md).
ca::Subject subject_of(const storage::Snapshot& snapshot,
                       const OrderId& id,
                       const OrderRecord& order) {
  if (!order.review) return {};
  return policy::subject_naming(snapshot, order.review->organization, order.review->level,
                                "order " + id.text());
}

/// What goes into the transaction of the intent: everything is judged once more, then the order
/// notes its serial.
ca::IssuanceSteps::NoteSerial note_serial(
    Services& services, OrderId id, const ca::Issuer& issuer, ca::Subject subject, ca::Time now) {
  return [by = Judging(services, issuer.id()), id = std::move(id), subject = std::move(subject),
          now](storage::Transaction& transaction, const std::string& serial) {
    Finding finding = examine(transaction, by, id, now);
    OrderRecord* order = std::get_if<OrderRecord>(&finding);
    if (order == nullptr || subject_of(transaction, id, *order) != subject) return false;
    order->issuer_id = by.issuer_id;
    order->serial = serial;
    kOrders.put(transaction, id.octets(), *order);
    return true;
  };
}

/// What is looked at again when logs have answered: everything that the intent was judged by.
ca::IssuanceSteps::StillFit still_fit(Services& services, OrderId id, const ca::Issuer& issuer) {
  return [&services, id = std::move(id), by = Judging(services, issuer.id())](
             const storage::Snapshot& snapshot, const std::string&) {
    const auto order = load_order(snapshot, id, services.clock.seconds());
    return order && order->status == OrderStatus::processing &&
           !issuance_obstacle(snapshot, by, *order, services.clock.seconds());
  };
}

/// What goes into the transaction of the certificate: the order that has it, its audit entry, the
/// end of the row.
ca::IssuanceSteps::Conclude conclude(Services& services, OrderId id, WorkKey key, ca::Time now) {
  const CertificateId certificate = CertificateId::fresh(services.random, services.clock.now());
  return [certificate, id = std::move(id), key = key.encode(), house = review_house(services), now](
             storage::Transaction& transaction, const ca::IssuedCertificate& issued) {
    auto order = kOrders.get(transaction, id.octets());
    if (!order || order->serial != issued.serial || order->certificate || order->error) {
      throw std::logic_error("order " + id.text() +
                             " no longer waits for the certificate it claimed");
    }
    kCertificates.put(transaction, certificate.octets(),
                      CertificateRecord{order->issuer_id, issued.serial, order->account, id});
    order->certificate = certificate;
    kOrders.put(transaction, id.octets(), *order);
    ca::AuditEvent event{now, "order.valid", "server", id.text(), {}};
    event.facts.emplace_back("certificate", certificate.text());
    ca::append_audit(transaction, event);
    note_certificate(transaction, house, *order, now);
    kDueWork.erase(transaction, key);
  };
}

/// A laboratory certifies the addresses it has.
ca::ReservedAddresses reserved_addresses(const Services& services) {
  return services.special_use_names == policy::SpecialUseNames::allowed_in_lab
             ? ca::ReservedAddresses::allowed_in_lab
             : ca::ReservedAddresses::refused;
}

/// The key of an order's request, which was judged when the order was finalized.
ca::PublicKey key_of(const OrderId& id, const OrderRecord& order) {
  auto key = ca::PublicKey::from_spki(order.spki);
  if (!key) {
    throw storage::CorruptRecord("order " + id.text() +
                                 " notes a key that is not acceptable: " + key.error().detail());
  }
  return *std::move(key);
}

/// Ends an order whose certificate was refused before anything was stored. The words are for the
/// operator.
boost::asio::awaitable<void> fail_refused(
    Services& services, OrderId id, WorkKey key, std::string detail, ca::Time now) {
  services.events.record(Severity::error, "issuance.refused",
                         {{"order", id.text()}, {"detail", detail}});
  co_await fail(services, id, key,
                Problem(ProblemType::server_internal,
                        "the certificate did not pass the checks before signing; please report "
                        "this order to the certification authority"),
                now);
}

/// Steps 2 to 5 of docs/issuance-cycle.md for an order that was just found fit.
boost::asio::awaitable<void> issue(
    Services& services, OrderId id, WorkKey key, OrderRecord order, ca::Time now) {
  const Choice choice(services);
  const ca::Issuer* issuer = choice.issuer(order, now);
  if (issuer == nullptr) {
    co_await fail_refused(services, id, key, "no issuer can sign this certificate now", now);
    co_return;
  }
  ca::IssuingParts parts{services.store, *issuer, services.random,
                         [&clock = services.clock] { return clock.seconds(); },
                         services.transparency};
  ca::IssuanceRequest request{order.identifiers, key_of(id, order), choice.profile(order), now,
                              reserved_addresses(services)};
  request.subject = services.store.read(
      [&](const storage::Snapshot& snapshot) { return subject_of(snapshot, id, order); });
  request.validity = validity_wish(order, choice.product(order));
  ca::IssuanceSteps steps{{id.text(), order.account.text()},
                          note_serial(services, id, *issuer, request.subject, now),
                          conclude(services, id, key, now),
                          order.claim->deadline,
                          still_fit(services, id, *issuer)};
  auto issuing = ca::issue_certificate(std::move(parts), std::move(request), std::move(steps));
  const ca::Judged<std::optional<ca::IssuedCertificate>> issued = co_await std::move(issuing);
  if (!issued && issued.error().kind() == ca::RejectionKind::bad_validity) {
    // It could have been kept when the order was made.
    co_await fail(services, id, key, problem_from(issued.error()), now);
    co_return;
  }
  if (!issued && issued.error().kind() == ca::RejectionKind::issuer_unavailable) {
    // Nothing is stored: the row is tried again until the claim ends.
    throw std::runtime_error(issued.error().detail());
  }
  if (!issued) {
    co_await fail_refused(services, id, key, issued.error().detail(), now);
    co_return;
  }
  if (!*issued) {
    // Something changed since it was examined. Nothing is stored; the next run sees what.
    throw std::runtime_error("the order changed while its certificate was prepared");
  }
  services.events.record(Severity::info, "order.issued",
                         {{"order", id.text()}, {"serial", ca::hex((*issued)->serial)}});
}

}  // namespace

WorkKey issuance_work(const OrderId& order) {
  return WorkKey{kAtOnce, WorkKind::issue, order.octets()};
}

Problem unknown_signature_problem() {
  return {ProblemType::server_internal,
          "the server stopped while it issued the certificate; please create a new order"};
}

bool take_over_claim(storage::Transaction& transaction,
                     const OrderId& id,
                     const std::string& instance,
                     ca::Time now) {
  auto order = kOrders.get(transaction, id.octets());
  if (!order || !order->claim || order->certificate || order->error) return false;
  order->claim = Claim{instance, now + kClaimLife};
  kOrders.put(transaction, id.octets(), *order);
  ca::append_audit(transaction, {now, "order.resumed", "server", id.text(), {}});
  return true;
}

bool fail_order(storage::Transaction& transaction,
                const ReviewHouse& house,
                const OrderId& id,
                const std::string& instance,
                const Problem& problem,
                ca::Time now) {
  auto order = kOrders.get(transaction, id.octets());
  // Only the owner of the claim may write the error: whoever lost a race must not poison the
  // winner.
  if (!order || order->certificate || order->error || !order->claim ||
      order->claim->owner != instance) {
    return false;
  }
  order->error = problem;
  // Nobody pays for a fault of ours.
  if (problem.type() == ProblemType::server_internal) give_back(transaction, order->charges, now);
  kOrders.put(transaction, id.octets(), *order);
  if (!order->serial.empty()) {
    // Reason 0: nothing is known to be wrong with key or names (BR 7.2.2 wants no extension then).
    const auto revoked =
        ca::Ledger::revoke(transaction, order->issuer_id, order->serial, 0, "server", now);
    if (!revoked && revoked.error().kind() != ca::RejectionKind::already_revoked) {
      throw std::logic_error("the serial of order " + id.text() +
                             " cannot be revoked: " + revoked.error().detail());
    }
    request_crl(transaction, order->issuer_id, now);
  }
  ca::AuditEvent event{now, "order.invalid", "server", id.text(), {}};
  event.facts.emplace_back("problem", urn_of(problem.type()));
  event.facts.emplace_back("detail", problem.detail());
  ca::append_audit(transaction, event);
  note_failure(transaction, house, *order, problem.detail(), now);
  return true;
}

boost::asio::awaitable<void> run_issuance(Services& services, WorkKey key) {
  const auto id = decode_id<OrderId>(key.subject);
  ca::Time now = services.clock.seconds();
  const auto look = [&] {
    now = services.clock.seconds();
    return services.store.read([&](const storage::Snapshot& snapshot) {
      return examine(snapshot, Judging(services), id, now);
    });
  };
  Finding finding = look();
  if (std::holds_alternative<TakeOver>(finding)) {
    co_await take_over(services, id, now);
    finding = look();
  }
  if (auto* old = std::get_if<OldCaa>(&finding)) {
    auto check = recheck_caa(services, std::move(old->order), std::move(old->places));
    std::optional<Problem> problem = co_await std::move(check);
    finding = problem ? Finding(*std::move(problem)) : look();
  }
  if (std::holds_alternative<OldCaa>(finding)) {
    // It aged while it was looked up, or the clock was set back. The next run looks again.
    throw std::runtime_error("the CAA check of the order is not of this time");
  }
  if (auto* problem = std::get_if<Problem>(&finding)) {
    co_await fail(services, id, key, *std::move(problem), now);
  } else if (auto* order = std::get_if<OrderRecord>(&finding)) {
    co_await issue(services, id, key, std::move(*order), now);
  } else {
    co_await end_row(services, key);
  }
}

}  // namespace acme
