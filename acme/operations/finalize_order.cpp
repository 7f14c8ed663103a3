// finalize (RFC 8555 §7.4): the CSR is judged, then the order is claimed for issuance.
#include <algorithm>
#include <utility>
#include <vector>

#include "acme/fulfilment/caa_recheck.h"
#include "acme/fulfilment/issuance_work.h"
#include "acme/operations/draft.h"
#include "acme/operations/let_finish.h"
#include "acme/operations/new_work.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/onion_caa.h"
#include "acme/operations/operation.h"
#include "acme/operations/terms.h"
#include "acme/renewal.h"
#include "acme/review/application.h"
#include "acme/review/ending.h"
#include "acme/review/names.h"
#include "acme/review/replies.h"
#include "acme/review/signing.h"
#include "acme/stops.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"
#include "ca/broken_rule.h"
#include "ca/certificate_request.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "ca/subscriber_key.h"
#include "policy/organizations/requested_organization.h"

namespace acme {

namespace {

/// With the order's URL and its status, so that a client whose reply was lost knows where to look.
std::unexpected<Problem> not_ready(std::string order_url, OrderStatus status) {
  return std::unexpected(
      Problem(ProblemType::order_not_ready, "the order is " + std::string(text_of(status)) +
                                                "; it can be finalized only while it is ready")
          .with_location(std::move(order_url)));
}

/// The same for one whose names are proven and whose application is not decided (HoldMode::pending,
/// rule A-3).
std::unexpected<Problem> not_ready(const Services& services,
                                   const LoadedOrder& order,
                                   std::string order_url) {
  const ca::Time now = services.clock.seconds();
  const bool waits_for_people =
      order.status == OrderStatus::pending && order.record.review &&
      order.record.review->application && order.review.outcome == ReviewOutcome::waiting &&
      std::ranges::all_of(order.authorizations, [&](const AuthorizationRecord& each) {
        return status_of(each, now) == AuthorizationStatus::valid;
      });
  if (!waits_for_people) return not_ready(std::move(order_url), order.status);
  return std::unexpected(still_in_review(review_house(services), *order.record.review)
                             .with_location(std::move(order_url)));
}

std::string listed(const std::vector<ca::Identifier>& identifiers,
                   const std::vector<ca::Identifier>& others) {
  std::string text;
  for (const ca::Identifier& each : identifiers) {
    if (std::ranges::find(others, each) != others.end()) continue;
    text += (text.empty() ? "" : ", ") + in_quotes(ca::value_of(each));
  }
  return text;
}

/// RFC 8555 §7.4: the CSR MUST indicate exactly the identifiers of the order.
Result<void> require_same_names(const std::vector<ca::Identifier>& requested,
                                const std::vector<ca::Identifier>& ordered) {
  if (requested == ordered) return {};
  const std::string extra = listed(requested, ordered);
  const std::string missing = listed(ordered, requested);
  std::string detail = "the names of the certificate request are not those of the order";
  if (!extra.empty()) detail += "; not ordered: " + extra;
  if (!missing.empty()) detail += "; missing: " + missing;
  return refuse(ProblemType::bad_csr,
                ca::under(ca::BrokenRule::request_names_differ, std::move(detail)));
}

/// What is wrong with certifying this key, or nothing. RFC 8555 §11.1: not the key of an account;
/// BR 6.1.1.3: not one that was reported compromised. RFC 8555 §6.7: whatever is wrong with the key
/// of a request is badCSR; badPublicKey is for keys that sign for ACME.
Result<void> judge_key(const storage::Snapshot& snapshot,
                       const ca::PublicKey& key,
                       const ca::CertificateProfile& profile,
                       const AuthenticatedRequest& request) {
  if (auto judged = ca::judge_subscriber_key(key, profile); !judged) {
    return refuse(ProblemType::bad_csr, judged.error().detail());
  }
  const std::string hash = key.spki_sha256();
  if (key == request.key || account_with_key(snapshot, hash)) {
    return refuse(
        ProblemType::bad_csr,
        ca::under(ca::BrokenRule::key_of_account,
                  "the certificate request is for the key of an account; use a key of its own"));
  }
  if (ca::Ledger::is_key_blocked(snapshot, hash)) {
    return refuse(
        ProblemType::bad_csr,
        ca::under(ca::BrokenRule::key_blocked,
                  "the key with SHA-256 " + ca::hex(hash) +
                      " was reported compromised and is never certified again; use a fresh key"));
  }
  return {};
}

/// Whom the certificate names is known; a request that names somebody else is for another one.
Result<void> judge_company(const storage::Snapshot& snapshot,
                           const OrderRecord& order,
                           const ca::CertificateRequest& request) {
  if (!order.review) return {};
  const auto organization =
      policy::kOrganizations.get(snapshot, order.review->organization.octets());
  if (!organization) return {};  // its end is told by the standing of the order
  if (auto objection = policy::objection_to_company(request, organization->fields)) {
    return refuse(ProblemType::bad_csr, *std::move(objection));
  }
  return {};
}

/// Spends what the certificate counts. RFC 9773 §5: renewals that are due pass.
Result<void> charge(storage::Transaction& transaction,
                    OrderRecord& order,
                    const ca::IssuerSet& issuers,
                    const RateLimits& limits,
                    policy::Instant now) {
  if (is_due_renewal(transaction, issuers, order)) return {};
  const Uses uses = uses_of_certificate(limits, order.account, order.identifiers);
  auto charges = spend(transaction, limits, uses, now);
  if (!charges) return std::unexpected(std::move(charges).error());
  order.charges.insert(order.charges.end(), charges->begin(), charges->end());
  return {};
}

/// How long an order waits for its review; whoever has not asked by then starts anew (rule A-8).
constexpr std::chrono::days kLongestHold{30};

/// What a claim is made from.
struct ClaimRequest {
  Signatory signatory;
  std::string instance;
  std::string order_url;
  OrderId id;
  std::string csr;
  std::string spki;
  std::string issuer_id;                   // of the one that would sign now; empty if there is none
  std::map<std::size_t, CaaEvidence> caa;  // of onion names
};

/// A certificate request that may be claimed for.
struct JudgedRequest {
  std::string spki;
  std::map<std::size_t, CaaEvidence> caa;  // of onion names
};

/// RFC 8739 §3.1.1: what would end before its end date is not begun. How long a proof counts is
/// known only when it is made: BR 3.2.2.4.22 gives some methods ten days.
Result<void> require_lasting_proofs(const LoadedOrder& order) {
  if (!order.auto_renewal) return {};
  const auto first =
      std::ranges::min_element(order.authorizations, {}, &AuthorizationRecord::expires);
  if (first->expires >= order.auto_renewal->end_date) return {};
  return refuse(
      ProblemType::unauthorized,
      "the proof of control of " + in_quotes(ca::value_of(first->identifier())) + " counts until " +
          ca::rfc3339(first->expires) + " only, and the order renews its certificate until " +
          ca::rfc3339(order.auto_renewal->end_date) +
          "; please create a new order, and prove it by another method or let it end sooner");
}

Result<JudgedRequest> judge_request(const Services& services,
                                    const AuthenticatedRequest& request,
                                    const LoadedOrder& order,
                                    const ca::CertificateProfile& profile,
                                    const Finalize& wanted) {
  if (auto lasting = require_lasting_proofs(order); !lasting) {
    return std::unexpected(std::move(lasting).error());
  }
  const ca::Judged<ca::CertificateRequest> csr = ca::parse_certificate_request(wanted.csr);
  if (!csr) return refuse(ProblemType::bad_csr, csr.error().detail());
  if (auto same = require_same_names(csr->identifiers, order.record.identifiers); !same) {
    return std::unexpected(std::move(same).error());
  }
  if (auto own = require_own_key(order.record, csr->public_key); !own) {
    return std::unexpected(std::move(own).error());
  }
  Result<void> key_judged = services.store.read([&](const storage::Snapshot& snapshot) {
    if (auto company = judge_company(snapshot, order.record, *csr); !company) return company;
    return judge_key(snapshot, csr->public_key, profile, request);
  });
  if (!key_judged) return std::unexpected(std::move(key_judged).error());
  auto caa = judge_onion_caa(services, order, wanted.onion_caa);
  if (!caa) return std::unexpected(std::move(caa).error());
  return JudgedRequest{csr->public_key.spki(), *std::move(caa)};
}

/// What the review says now that the request is there. It may have passed since the order was made,
/// by this application or by another one of the organization.
void look_at_review(const storage::Snapshot& snapshot,
                    const policy::Catalog& catalog,
                    LoadedOrder& order,
                    ca::Time now) {
  OrderRecord& record = order.record;
  // What is not offered any more is refused by begin_signing.
  const policy::Product* const product = catalog.find(record.product);
  if (!record.review || product == nullptr) return;
  if (!record.review->application) {
    adopt_application(snapshot, *record.review, *product, record.identifiers, now);
  }
  order.review = standing_for_names(snapshot, record, *product, now);
}

/// The order waits in `processing`: its names are proven, its request is taken, and people look at
/// who asks (rule A-7: an application under way is adopted).
Result<void> hold(storage::Transaction& transaction,
                  const ReviewHouse& house,
                  LoadedOrder& order,
                  ca::Time now) {
  OrderRecord& record = order.record;
  if (!record.review->application) {
    if (auto opened = open_application(transaction, house, order, now); !opened) return opened;
  }
  record.held_since = now;
  record.expires = now + kLongestHold;
  ca::AuditEvent event{now, "order.held", record.account.text(), order.id.text(), {}};
  event.facts.emplace_back("application", record.review->application->text());
  ca::append_audit(transaction, event);
  order.review = standing_of(transaction, record, now);
  return {};
}

/// Issuing begins.
void start(storage::Transaction& transaction,
           LoadedOrder& order,
           const std::string& instance,
           ca::Time now) {
  order.record.claim = Claim{instance, now + kClaimLife};
  put_work(transaction, issuance_work(order.id));
  ca::append_audit(transaction,
                   {now, "order.processing", order.record.account.text(), order.id.text(), {}});
}

/// The order as it is stored then, with the refusal if that has ended it.
struct Claimed {
  LoadedOrder order;
  std::optional<Problem> refusal = {};
};

/// The approval that the order rests on lets nothing be signed: no repetition would mend that, and
/// a new order rests on something else (rule A-7).
Claimed end_unsignable(storage::Transaction& transaction,
                       LoadedOrder order,
                       Problem why,
                       ca::Time now) {
  end_order(transaction, order.id, order.record, why, now);
  end_open_order(transaction, order.id, order.record);
  order.record.error = why;
  order.status = OrderStatus::invalid;
  return {std::move(order), std::move(why)};
}

/// Compare and set: the claim is made only if the order is ready in this very transaction.
Result<Claimed> claim(storage::Transaction& transaction,
                      const ClaimRequest& request,
                      const ca::IssuerSet& issuers,
                      const RateLimits& limits,
                      const ReviewHouse& house,
                      policy::Instant instant) {
  const OrderId& id = request.id;
  const auto now = std::chrono::floor<std::chrono::seconds>(instant);
  auto order = load_order(transaction, id, now);
  if (!order) throw storage::CorruptRecord("order " + id.text() + " is gone");
  if (auto standing = require_standing(transaction, request.signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  if (!may_become(order->status, OrderStatus::processing)) {
    return not_ready(request.order_url, order->status);
  }
  const Intention intention{request.issuer_id, order->record.product, order->record.account,
                            order->record.identifiers};
  if (auto running = require_not_stopped(transaction, intention); !running) {
    return std::unexpected(std::move(running).error());
  }
  if (auto counting = require_methods_not_stopped(transaction, *order); !counting) {
    return std::unexpected(std::move(counting).error());
  }
  look_at_review(transaction, house.surroundings.catalog, *order, now);
  const bool waits = order->review.outcome == ReviewOutcome::waiting;
  if (!waits) {
    if (auto begun = begin_signing(transaction, house, order->record, now); !begun) {
      return end_unsignable(transaction, *std::move(order), std::move(begun).error(), now);
    }
  }
  if (auto charged = charge(transaction, order->record, issuers, limits, instant); !charged) {
    return std::unexpected(std::move(charged).error());
  }
  order->record.csr = request.csr;
  order->record.spki = request.spki;
  if (!request.caa.empty()) note_caa(transaction, id, order->record, request.caa, now);
  // HoldMode::fail: it changed since it was looked at for this very request.
  if (waits && order->record.review->hold == HoldMode::fail) {
    return refuse(ProblemType::user_action_required,
                  "the review of the organization does not count any more; order again");
  }
  if (waits) {
    if (auto held = hold(transaction, house, *order, now); !held) {
      return std::unexpected(std::move(held).error());
    }
  } else {
    start(transaction, *order, request.instance, now);
  }
  if (order->record.review && order->record.review->application) {
    attach_order(transaction, id, order->record);
  }
  order->status = OrderStatus::processing;
  kOrders.put(transaction, id.octets(), order->record);
  // A client that starts anew has a new key and must get a new order.
  end_open_order(transaction, id, order->record);
  return Claimed{*std::move(order)};
}

/// Most certificates are there within milliseconds, and a client that is told so at once need not
/// ask again. The claim is durable: whoever loses patience polls the order (RFC 8555 §7.4).
boost::asio::awaitable<Reply> reply_when_issued(Services& services, LoadedOrder claimed) {
  if (!claimed.record.claim) co_return order_reply(services, claimed);
  constexpr std::chrono::milliseconds kPatience{1'000};
  co_await let_finish(services, issuance_work(claimed.id), kPatience);
  const ca::Time now = services.clock.seconds();
  const auto order = services.store.read(
      [&](const storage::Snapshot& snapshot) { return load_order(snapshot, claimed.id, now); });
  co_return order_reply(services, order ? *order : claimed);
}

}  // namespace

boost::asio::awaitable<Result<Reply>> finalize_order(Services& services,
                                                     AuthenticatedRequest request,
                                                     PathParameters path) {
  Result<LoadedOrder> order = own_order(services, request, path);
  if (!order) co_return std::unexpected(std::move(order).error());
  Result<Finalize> wanted = parse_finalize(request.payload);
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  if (!may_become(order->status, OrderStatus::processing)) {
    if (has_ended(*order)) {
      auto write = [house = review_house(services), id = order->id,
                    now = services.clock.seconds()](storage::Transaction& transaction) {
        note_end(transaction, house, id, now);
      };
      co_await services.store.write(std::move(write));
    }
    co_return not_ready(services, *order, services.urls.order(order->id));
  }
  // draft-ietf-acme-profiles §4: what is no longer offered is no longer issued.
  const policy::Product* product = services.catalog.find(order->record.product);
  if (product == nullptr) co_return std::unexpected(not_offered_any_more(order->record));
  if (auto agreed = require_agreement(services, *request.account); !agreed) {
    co_return std::unexpected(std::move(agreed).error());
  }
  require_room_for_new_work(services);
  Result<JudgedRequest> judged =
      judge_request(services, request, *order, *product->profile, *wanted);
  if (!judged) co_return std::unexpected(std::move(judged).error());

  const ca::Issuer* issuer =
      services.issuers.choose(*product->profile, judged->spki, services.clock.seconds(),
                              std::nullopt, order->record.identifiers);
  if (auto in_reach = require_key_in_reach(issuer); !in_reach) {
    co_return std::unexpected(std::move(in_reach).error());
  }
  const ClaimRequest claiming{.signatory = signatory_of(request),
                              .instance = services.instance,
                              .order_url = services.urls.order(order->id),
                              .id = order->id,
                              .csr = std::move(wanted->csr),
                              .spki = std::move(judged->spki),
                              .issuer_id = issuer != nullptr ? issuer->id() : "",
                              .caa = std::move(judged->caa)};
  // HoldMode::fail: what changed between newOrder and finalize holds nobody up either.
  auto passing = require_review_passed(services, claiming.signatory, order->record);
  if (auto passed = co_await std::move(passing); !passed) {
    co_return std::unexpected(std::move(passed).error());
  }
  auto write = [claiming, &issuers = services.issuers, &limits = services.limits,
                house = review_house(services),
                now = services.clock.instant()](storage::Transaction& transaction) {
    return claim(transaction, claiming, issuers, limits, house, now);
  };
  const Result<Claimed> claimed = co_await services.store.write(std::move(write));
  if (!claimed) co_return std::unexpected(claimed.error());
  if (claimed->refusal) co_return std::unexpected(*claimed->refusal);
  co_return co_await reply_when_issued(services, claimed->order);
}

}  // namespace acme
