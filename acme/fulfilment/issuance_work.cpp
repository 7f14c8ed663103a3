#include "acme/fulfilment/issuance_work.h"

#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "acme/auto_renewal.h"
#include "acme/fulfilment/caa_recheck.h"
#include "acme/fulfilment/issuance_fitness.h"
#include "acme/fulfilment/star_attempts.h"
#include "acme/fulfilment/withdrawal.h"
#include "acme/problem_from.h"
#include "acme/records/certificate_origin.h"
#include "acme/records/certificate_record.h"
#include "acme/records/record_fields.h"
#include "acme/reuse.h"
#include "acme/review/replies.h"
#include "acme/review/signing.h"
#include "acme/stops.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/signature_not_made.h"
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
/// RFC 8739 §3.1.1: its certificate begins at its start date, and is signed no sooner.
struct TooEarly {
  ca::Time start;
};
/// Its certificate may be signed.
struct Fit {
  OrderRecord order;
  std::string external_key;  // opening_key() of its account
};
using Finding = std::variant<Nothing, TakeOver, TooEarly, OldCaa, Problem, Fit>;

Finding examine(const storage::Snapshot& snapshot,
                const Judging& by,
                const OrderId& id,
                ca::Time now) {
  std::optional<LoadedOrder> order = load_order(snapshot, id, now);
  if (!order || order->status != OrderStatus::processing || !order->record.claim) return Nothing{};
  if (order->record.claim->owner != by.instance) return TakeOver{};
  if (!order->record.serial.empty()) return unknown_signature_problem();
  if (const auto& renewal = order->auto_renewal; renewal && renewal->start_date > now) {
    return TooEarly{*renewal->start_date};
  }
  if (now > order->record.claim->deadline) {
    return Problem(ProblemType::server_internal,
                   "the certificate could not be issued in time; please create a new order");
  }
  const auto account = account_to_certify(snapshot, by, *order, now);
  if (!account) return account.error();
  if (auto places = names_with_old_caa(*order, now); !places.empty()) {
    return OldCaa{*std::move(order), std::move(places)};
  }
  return Fit{std::move(order->record), opening_key(*account)};
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

/// The row and the claim wait for the start date.
boost::asio::awaitable<void> wait_for_start(Services& services,
                                            OrderId id,
                                            WorkKey key,
                                            ca::Time start) {
  auto write = [id, key, start, owner = services.instance](storage::Transaction& transaction) {
    kDueWork.erase(transaction, key.encode());
    auto order = kOrders.get(transaction, id.octets());
    if (!order || !order->claim || order->claim->owner != owner || !order->serial.empty()) return;
    order->claim->deadline = start + kClaimLife;
    kOrders.put(transaction, id.octets(), *order);
    put_work(transaction, WorkKey{start, key.kind, key.subject});
  };
  co_await services.store.write(std::move(write));
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

/// RFC 8739 §3.5 says when the first certificate of an order that renews itself begins and ends.
ca::ValidityWish wish_of(const storage::Snapshot& snapshot,
                         const OrderId& id,
                         const OrderRecord& order,
                         const policy::Product& product,
                         ca::Time now) {
  ca::ValidityWish wish = validity_wish(order, product);
  if (const auto renewal = kAutoRenewals.get(snapshot, id.octets())) {
    const ca::ValidityWindow first = first_slot(*renewal, now).validity;
    wish.not_before = first.not_before;
    wish.not_after = first.not_after;
  }
  return wish;
}

/// What goes into the transaction of the intent: everything is judged once more, then the order
/// notes its serial.
ca::IssuanceSteps::NoteSerial note_serial(Services& services,
                                          OrderId id,
                                          const ca::Issuer& issuer,
                                          const ca::IssuanceRequest& request) {
  return [by = Judging(services, issuer.id()), id = std::move(id), subject = request.subject,
          validity = request.validity,
          now = request.now](storage::Transaction& transaction, const std::string& serial) {
    Finding finding = examine(transaction, by, id, now);
    Fit* const fit = std::get_if<Fit>(&finding);
    if (fit == nullptr || subject_of(transaction, id, fit->order) != subject) return false;
    fit->order.issuer_id = by.issuer_id;
    fit->order.serial = serial;
    kOrders.put(transaction, id.octets(), fit->order);
    if (validity.not_before && validity.not_after) {
      note_first_attempt(transaction, id, by.issuer_id, serial,
                         {*validity.not_before, *validity.not_after}, now);
    }
    return true;
  };
}

/// What is looked at again when logs have answered: everything that the intent was judged by.
ca::IssuanceSteps::StillFit still_fit(Services& services, OrderId id, const ca::Issuer& issuer) {
  return [&services, id = std::move(id), by = Judging(services, issuer.id())](
             const storage::Snapshot& snapshot, const std::string&) {
    const auto order = load_order(snapshot, id, services.clock.seconds());
    return order && order->status == OrderStatus::processing &&
           account_to_certify(snapshot, by, *order, services.clock.seconds()).has_value();
  };
}

/// What goes into the transaction of the certificate: the order that has it, its audit entry, the
/// end of the row.
ca::IssuanceSteps::Conclude conclude(
    Services& services, OrderId id, WorkKey key, std::string external_key, ca::Time now) {
  const CertificateId certificate = CertificateId::fresh(services.random, services.clock.now());
  return [certificate, id = std::move(id), key = key.encode(),
          external_key = std::move(external_key), house = review_house(services),
          now](storage::Transaction& transaction, const ca::IssuedCertificate& issued) {
    auto order = kOrders.get(transaction, id.octets());
    if (!order || order->serial != issued.serial || order->certificate || order->error) {
      throw std::logic_error("order " + id.text() +
                             " no longer waits for the certificate it claimed");
    }
    kCertificates.put(transaction, certificate.octets(),
                      CertificateRecord{order->issuer_id, issued.serial, order->account, id});
    list_certificate(transaction, external_key, order->issuer_id, issued.serial);
    order->certificate = certificate;
    kOrders.put(transaction, id.octets(), *order);
    ca::AuditEvent event{now, "order.valid", "server", id.text(), {}};
    event.facts.emplace_back("certificate", certificate.text());
    ca::append_audit(transaction, event);
    note_certificate(transaction, house, *order, issued.der, now);
    begin_renewing(transaction, id, now);
    kDueWork.erase(transaction, key);
  };
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

/// A signature that was certainly not made ends no order: the serial is given back, and the row is
/// tried again.
boost::asio::awaitable<ca::Judged<std::optional<ca::IssuedCertificate>>> certify(
    Services& services,
    OrderId id,
    const ca::Issuer& issuer,
    ca::IssuanceRequest request,
    ca::IssuanceSteps steps) {
  std::string why;
  try {
    auto issuing = ca::issue_certificate(issuing_parts(services, issuer), std::move(request),
                                         std::move(steps));
    co_return co_await std::move(issuing);
  } catch (const ca::SignatureNotMade& failed) {
    why = failed.what();
  }
  co_await withdraw_intent(services, id);
  throw std::runtime_error("the certificate was not signed, and is tried again: " + why);
}

/// Steps 2 to 5 of docs/issuance-cycle.md for an order that was just found fit.
boost::asio::awaitable<void> issue(
    Services& services, OrderId id, WorkKey key, Fit fit, ca::Time now) {
  const Choice choice(services);
  const OrderRecord& order = fit.order;
  const ca::Issuer* issuer = choice.issuer(order, now);
  if (issuer == nullptr) {
    co_await fail_refused(services, id, key, "no issuer can sign this certificate now", now);
    co_return;
  }
  ca::IssuanceRequest request{order.identifiers, key_of(id, order), choice.profile(order), now,
                              reserved_addresses(services)};
  services.store.read([&](const storage::Snapshot& snapshot) {
    request.subject = subject_of(snapshot, id, order);
    request.validity = wish_of(snapshot, id, order, choice.product(order), now);
  });
  ca::IssuanceSteps steps{{id.text(), order.account.text()},
                          note_serial(services, id, *issuer, request),
                          conclude(services, id, key, std::move(fit.external_key), now),
                          order.claim->deadline,
                          still_fit(services, id, *issuer)};
  auto issuing = certify(services, id, *issuer, std::move(request), std::move(steps));
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
  revoke_noted_serial(transaction, id, *order, now);
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
  if (const auto* early = std::get_if<TooEarly>(&finding)) {
    co_await wait_for_start(services, id, key, early->start);
  } else if (auto* problem = std::get_if<Problem>(&finding)) {
    co_await fail(services, id, key, *std::move(problem), now);
  } else if (auto* fit = std::get_if<Fit>(&finding)) {
    co_await issue(services, id, key, std::move(*fit), now);
  } else {
    co_await end_row(services, key);
  }
}

}  // namespace acme
