// newOrder (RFC 8555 §7.4): names are judged, what was authorized before is used again, and an
// authorization is made for each of the rest.
#include <algorithm>
#include <utility>
#include <vector>

#include "acme/auto_renewal.h"
#include "acme/operations/draft.h"
#include "acme/operations/external_account.h"
#include "acme/operations/new_work.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/operations/requested_names.h"
#include "acme/operations/terms.h"
#include "acme/problem_from.h"
#include "acme/renewal.h"
#include "acme/reuse.h"
#include "acme/review/application.h"
#include "acme/review/names.h"
#include "acme/review/replies.h"
#include "acme/stops.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// What is to be proven for one identifier: itself, or a domain above it that the client named and
/// that the product can prove with all names under it (RFC 9444 §4.3).
struct Target {
  ca::Identifier identifier;
  policy::Coverage coverage = policy::Coverage::name;
};

Target target_for(const RequestedNames& names,
                  const ca::Identifier& identifier,
                  const policy::Product& product) {
  const auto ancestor = names.ancestors.find(identifier);
  if (ancestor == names.ancestors.end() ||
      policy::methods_for(product, ancestor->second, policy::Coverage::subdomains).empty()) {
    return {identifier};
  }
  return {ancestor->second, policy::Coverage::subdomains};
}

/// The place of an authorization for `target` among those drafted, or past the end.
std::size_t place_of(const Target& target, const std::vector<AuthorizationRecord>& drafted) {
  const auto found = std::ranges::find_if(drafted, [&](const AuthorizationRecord& each) {
    return each.identifier() == target.identifier && each.coverage == target.coverage;
  });
  return static_cast<std::size_t>(found - drafted.begin());
}

/// An order as if the account had never authorized anything.
LoadedOrder draft_order(Services& services,
                        const AccountId& account,
                        const policy::Product& product,
                        const RequestedNames& names) {
  const ca::Time now = services.clock.seconds();
  const auto precise = services.clock.now();
  LoadedOrder order{OrderId::fresh(services.random, precise), {}, {}, OrderStatus::pending, {}};
  order.record.account = account;
  order.record.product = product.name;
  order.record.created = now;
  order.record.expires = now + product.order_lifetime;
  order.record.identifiers = names.identifiers;
  for (const ca::Identifier& identifier : names.identifiers) {
    const Target target = target_for(names, identifier, product);
    const std::size_t same = place_of(target, order.authorizations);
    if (same < order.authorizations.size()) {
      order.record.authorizations.push_back(order.record.authorizations[same]);
      order.authorizations.push_back(order.authorizations[same]);
      continue;
    }
    order.record.authorizations.push_back(AuthorizationId::fresh(services.random, precise));
    order.authorizations.push_back(
        fresh_authorization(services, account, product, target.identifier, target.coverage, now));
    order.authorizations.back().order = order.id;
  }
  return order;
}

/// The i-th authorization: one that counts already, or the drafted one.
Result<void> settle_authorization(storage::Transaction& transaction,
                                  LoadedOrder& order,
                                  std::size_t i,
                                  const policy::Product& product,
                                  policy::Corroborators others,
                                  ca::AuditEvent& event) {
  OrderRecord& record = order.record;
  event.facts.emplace_back("identifier", ca::value_of(record.identifiers[i]));
  auto reusable = find_reusable_authorization(transaction, record.account, product,
                                              record.identifiers[i], others, record.created);
  // What renews itself needs its proofs until its end (BR 4.2.1 counts at every signing act).
  if (reusable && order.auto_renewal && reusable->last_use < order.auto_renewal->end_date) {
    reusable.reset();
  }
  if (!reusable) {
    auto offered = drop_stopped_methods(transaction, order.authorizations[i]);
    if (!offered) return offered;
    kAuthorizations.put(transaction, record.authorizations[i].octets(), order.authorizations[i]);
    return {};
  }
  record.authorizations[i] = reusable->authorization.id;
  order.authorizations[i] = std::move(reusable->authorization.record);
  // An order must not look ready when nothing may be signed for it any more.
  record.expires = std::min(record.expires, reusable->last_use);
  transaction.put(kAuthorizationOrders, record.authorizations[i].octets() + order.id.octets(), "");
  event.facts.emplace_back("reused", record.authorizations[i].text());
  return {};
}

/// With HoldMode::pending the review begins at once: the order shows when it has passed.
Result<void> begin_review(storage::Transaction& transaction,
                          const ReviewHouse& house,
                          const policy::Product& product,
                          LoadedOrder& order) {
  OrderRecord& record = order.record;
  if (!record.review) return {};
  adopt_application(transaction, *record.review, product, record.identifiers, record.created);
  order.review = standing_for_names(transaction, record, product, record.created);
  // The organization is suspended: no application would change that.
  if (order.review.outcome == ReviewOutcome::refused) {
    return std::unexpected(review_refused(house, *record.review, order.review.reason));
  }
  const bool opens = record.review->hold == HoldMode::pending && !record.review->application &&
                     order.review.outcome == ReviewOutcome::waiting;
  if (!opens) return {};
  if (auto opened = open_application(transaction, house, order, record.created); !opened) {
    return opened;
  }
  order.review = standing_of(transaction, record, record.created);
  return {};
}

/// The limits, as the operator set them, at one instant, and whom the server asks.
struct Limited {
  const RateLimits& limits;
  const ca::IssuerSet& issuers;
  policy::Instant now;
  policy::Corroborators others;
};

/// What the certificate will count is judged here too, so that nobody proves names in vain; it is
/// spent when the order is finalized. RFC 9773 §5: renewals that are due pass.
Result<void> charge(storage::Transaction& transaction, LoadedOrder& order, const Limited& limited) {
  OrderRecord& record = order.record;
  const RateLimits& limits = limited.limits;
  const bool is_free = is_due_renewal(transaction, limited.issuers, record);
  const Uses of_order = is_free ? Uses{} : uses_of_new_order(limits, record.account);
  Uses uses = is_free ? Uses{} : uses_of_certificate(limits, record.account, record.identifiers);
  uses.insert(uses.end(), of_order.begin(), of_order.end());
  for (const AuthorizationRecord& each : order.authorizations) {
    if (status_of(each, record.created) != AuthorizationStatus::pending) continue;
    const Uses failures = uses_of_failure(limits, record.account, each.identifier());
    uses.insert(uses.end(), failures.begin(), failures.end());
  }
  if (auto within = require_within(transaction, limits, uses, limited.now); !within) return within;
  auto charges = spend(transaction, limits, of_order, limited.now);
  if (!charges) return std::unexpected(std::move(charges).error());
  record.charges = *std::move(charges);
  return {};
}

/// The order that is open already, or the drafted one, stored.
Result<LoadedOrder> place_order(storage::Transaction& transaction,
                                const Signatory& signatory,
                                LoadedOrder order,
                                const policy::Product& product,
                                const Limited& limited,
                                const ReviewHouse& house) {
  OrderRecord& record = order.record;
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  // Another one may sign in the end, if the key is of another family; that is judged then.
  const ca::Issuer* issuer = limited.issuers.choose(*product.profile, "", record.created,
                                                    std::nullopt, record.identifiers);
  const Intention intention{issuer != nullptr ? std::string_view(issuer->id()) : "", record.product,
                            record.account, record.identifiers};
  if (auto running = require_not_stopped(transaction, intention); !running) {
    return std::unexpected(std::move(running).error());
  }
  // What renews itself takes no other order's place, and none takes its.
  if (!order.auto_renewal) {
    if (auto open = find_open_order(transaction, record, product, limited.others, record.created)) {
      return *std::move(open);
    }
  }
  if (record.replaces) {
    if (auto marked = mark_replaced(transaction, limited.issuers, order.id, record); !marked) {
      return std::unexpected(std::move(marked).error());
    }
  }
  ca::AuditEvent event{record.created, "order.created", record.account.text(), order.id.text(), {}};
  event.facts.emplace_back("product", record.product);
  if (record.replaces) event.facts.emplace_back("replaces", *record.replaces);
  for (std::size_t i = 0; i < record.identifiers.size(); ++i) {
    auto settled = settle_authorization(transaction, order, i, product, limited.others, event);
    if (!settled) return std::unexpected(std::move(settled).error());
  }
  if (auto charged = charge(transaction, order, limited); !charged) {
    return std::unexpected(std::move(charged).error());
  }
  if (auto begun = begin_review(transaction, house, product, order); !begun) {
    return std::unexpected(std::move(begun).error());
  }
  order.status = status_of(record, order.authorizations, order.review.outcome, record.created);
  kOrders.put(transaction, order.id.octets(), record);
  transaction.put(kAccountOrders, record.account.octets() + order.id.octets(), "");
  if (order.auto_renewal) {
    kAutoRenewals.put(transaction, order.id.octets(), *order.auto_renewal);
  } else {
    transaction.put(kOpenOrders, open_order_key(record), order.id.octets());
  }
  ca::append_audit(transaction, event);
  return order;
}

/// A directory of one profile has a newOrder of its own, which chooses for clients that cannot.
/// Whoever names another profile there means one of the two; nobody can tell which.
Result<void> choose_profile(NewOrder& wanted, const PathParameters& path) {
  if (path.profile.empty()) return {};
  if (wanted.profile && *wanted.profile != path.profile) {
    return refuse(ProblemType::invalid_profile,
                  "payload: /profile is " + in_quotes(*wanted.profile) +
                      ", but this newOrder is that of the profile " + in_quotes(path.profile));
  }
  wanted.profile = path.profile;
  return {};
}

/// Names that the constraints of every issuing CA keep out are refused before anybody proves them.
Result<void> require_within_constraints(const Services& services,
                                        const OrderRecord& order,
                                        const policy::Product& product) {
  const ca::Time now = services.clock.seconds();
  const auto is_signed = [&](std::span<const ca::Identifier> names) {
    return services.issuers.choose(*product.profile, "", now, std::nullopt, names) != nullptr;
  };
  // Without any issuer the names are not to blame.
  if (is_signed(order.identifiers) || !is_signed({})) return {};
  for (const ca::Identifier& each : order.identifiers) {
    if (is_signed({&each, 1})) continue;
    return std::unexpected(Problem(ProblemType::rejected_identifier,
                                   in_quotes(ca::value_of(each)) +
                                       " is outside the name constraints of every issuing CA of "
                                       "this server (RFC 5280 section 4.2.1.10)")
                               .about(each));
  }
  return refuse(ProblemType::rejected_identifier,
                "no issuing CA of this server may certify all of these names in one certificate "
                "(RFC 5280 section 4.2.1.10); please order them one by one");
}

/// RFC 8555 §7.4: what cannot be kept is refused at once. It is judged again at the signing act.
Result<void> require_validity(const Services& services,
                              const OrderRecord& order,
                              const policy::Product& product) {
  const ca::Time now = services.clock.seconds();
  const ca::Issuer* issuer =
      services.issuers.choose(*product.profile, "", now, std::nullopt, order.identifiers);
  const ca::Time end = issuer != nullptr ? issuer->certificate().not_after : ca::Time::max();
  const auto kept = ca::judge_validity(*product.profile, validity_wish(order, product), now, end);
  if (!kept) return std::unexpected(problem_from(kept.error()));
  return {};
}

}  // namespace

boost::asio::awaitable<Result<Reply>> new_order(Services& services,
                                                AuthenticatedRequest request,
                                                PathParameters path) {
  require_room_for_new_work(services);
  Result<NewOrder> wanted = parse_new_order(request.payload);
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  if (auto agreed = require_agreement(services, *request.account); !agreed) {
    co_return std::unexpected(std::move(agreed).error());
  }
  if (auto chosen = choose_profile(*wanted, path); !chosen) {
    co_return std::unexpected(std::move(chosen).error());
  }
  const auto key = external_key_of(services, *request.account);
  if (key && !wanted->profile) wanted->profile = default_profile(services.catalog, *key);
  const Result<const policy::Product*> product = find_product(services, wanted->profile);
  if (!product) co_return std::unexpected(product.error());
  const Result<RequestedNames> names = judge_identifiers(services, **product, wanted->identifiers);
  if (!names) co_return std::unexpected(names.error());
  if (key) {
    if (auto within = require_within(*key, **product, names->identifiers); !within) {
      co_return std::unexpected(std::move(within).error());
    }
  }
  LoadedOrder draft = draft_order(services, *request.account, **product, *names);
  draft.record.replaces = std::move(wanted->replaces);
  draft.record.not_before = wanted->not_before;
  draft.record.not_after = wanted->not_after;
  if (wanted->auto_renewal) {
    if (auto renewable = require_renewable(draft.record.identifiers); !renewable) {
      co_return std::unexpected(std::move(renewable).error());
    }
    auto agreed = agree_on(services.meta, **product, *wanted->auto_renewal, draft.record.created);
    if (!agreed) co_return std::unexpected(std::move(agreed).error());
    draft.auto_renewal = *std::move(agreed);
  }
  if (auto within = require_within_constraints(services, draft.record, **product); !within) {
    co_return std::unexpected(std::move(within).error());
  }
  if (auto kept = require_validity(services, draft.record, **product); !kept) {
    co_return std::unexpected(std::move(kept).error());
  }
  Result<std::optional<Review>> review = services.store.read(
      [&](const storage::Snapshot& snapshot) { return review_under(snapshot, key, **product); });
  if (!review) co_return std::unexpected(std::move(review).error());
  draft.record.review = *std::move(review);
  auto passing = require_review_passed(services, signatory_of(request), draft.record);
  if (auto passed = co_await std::move(passing); !passed) {
    co_return std::unexpected(std::move(passed).error());
  }
  // Catalog, issuers and limits outlive the store's writer, as everything in Services does.
  auto write = [draft, product = *product, signatory = signatory_of(request),
                &issuers = services.issuers, &limits = services.limits,
                others = corroborators(services), house = review_house(services),
                now = services.clock.instant()](storage::Transaction& transaction) {
    return place_order(transaction, signatory, draft, *product,
                       Limited{limits, issuers, now, others}, house);
  };
  const Result<LoadedOrder> order = co_await services.store.write(std::move(write));
  if (!order) co_return std::unexpected(order.error());
  Reply reply = order_reply(services, *order);
  // Also for an order that was open already: clients expect 201 (RFC 8555 §7.4).
  reply.outcome = Outcome::created;
  co_return reply;
}

}  // namespace acme
