#include "acme/fulfilment/issuance_fitness.h"

#include <utility>

#include "acme/records/account_record.h"
#include "acme/reuse.h"
#include "acme/review/names.h"
#include "acme/review/replies.h"
#include "acme/review/signing.h"
#include "acme/stops.h"
#include "ca/broken_rule.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "policy/agencies/disclosure.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

/// Rule A-9: what people found may have been taken back or have grown too old since.
std::optional<Problem> review_refusal(const ReviewHouse& house,
                                      const LoadedOrder& order,
                                      const ReviewStanding& standing) {
  switch (standing.outcome) {
    case ReviewOutcome::not_needed:
    case ReviewOutcome::passed:
      return std::nullopt;
    case ReviewOutcome::waiting:
      return Problem(ProblemType::unauthorized,
                     "the organization of this account is not validated any more; please create a "
                     "new order");
    case ReviewOutcome::refused:
      return review_refused(house, *order.record.review, standing.reason);
  }
  std::unreachable();
}

/// E-3: the list of registration agencies may have changed since the organization was looked up.
std::optional<Problem> agency_obstacle(const storage::Snapshot& snapshot,
                                       const ReviewHouse& house,
                                       const OrderRecord& order,
                                       ca::Time now) {
  const auto& review = order.review;
  if (!review || !policy::asks_agencies(review->level, review->standard)) return std::nullopt;
  const auto found = policy::must_be_registered_at_an_agency(snapshot, review->organization, now);
  if (found) return std::nullopt;
  return review_refused(house, *review, found.error().detail);
}

std::optional<Problem> authorization_obstacle(const AuthorizationRecord& authorization,
                                              const policy::Product& product,
                                              policy::Corroborators others,
                                              ca::Time now) {
  const ca::Identifier& name = authorization.identifier();
  const AuthorizationStatus status = status_of(authorization, now);
  if (status != AuthorizationStatus::valid) {
    return Problem(ProblemType::unauthorized, "the authorization for \"" + ca::value_of(name) +
                                                  "\" is " + std::string(text_of(status)) +
                                                  "; expected valid")
        .about(name);
  }
  // BR 4.2.1 counts the age at the signing act.
  if (is_too_old(authorization, product.profile->trust, now)) {
    return Problem(ProblemType::unauthorized,
                   "the validation of \"" + ca::value_of(name) +
                       "\" is too old to issue a certificate now; please create a new order")
        .about(name);
  }
  if (lacks_quorum(authorization, product, others)) {
    return Problem(ProblemType::unauthorized,
                   "the validation of \"" + ca::value_of(name) +
                       "\" was not corroborated from elsewhere in the network, as it has to be "
                       "now; please create a new order")
        .about(name);
  }
  return std::nullopt;
}

}  // namespace

Judging::Judging(const Services& services, std::string signing_issuer)
    : house(review_house(services)),
      instance(services.instance),
      choice(services),
      issuer_id(std::move(signing_issuer)),
      corroborators(acme::corroborators(services)) {}

ca::ReservedAddresses reserved_addresses(const Services& services) {
  return services.special_use_names == policy::SpecialUseNames::allowed_in_lab
             ? ca::ReservedAddresses::allowed_in_lab
             : ca::ReservedAddresses::refused;
}

ca::PublicKey key_of(const OrderId& id, const OrderRecord& order) {
  auto key = ca::PublicKey::from_spki(order.spki);
  if (!key) {
    throw storage::CorruptRecord("order " + id.text() +
                                 " notes a key that is not acceptable: " + key.error().detail());
  }
  return *std::move(key);
}

ca::IssuingParts issuing_parts(Services& services, const ca::Issuer& issuer) {
  return {services.store, issuer, services.random,
          [&clock = services.clock] { return clock.seconds(); }, services.transparency};
}

std::optional<Problem> stop_over(const storage::Snapshot& snapshot,
                                 const Judging& by,
                                 const LoadedOrder& order,
                                 ca::Time now) {
  // Which one would be chosen can change while one is signing: a device comes back, for example.
  std::string issuer_id = by.issuer_id;
  const bool is_offered = by.choice.catalog.find(order.record.product) != nullptr;
  const ca::Issuer* next =
      issuer_id.empty() && is_offered ? by.choice.issuer(order.record, now) : nullptr;
  if (next != nullptr) issuer_id = next->id();
  const Intention intention{issuer_id, order.record.product, order.record.account,
                            order.record.identifiers};
  auto running = require_not_stopped(snapshot, intention);
  if (running) running = require_methods_not_stopped(snapshot, order);
  if (running) return std::nullopt;
  return std::move(running).error();
}

Result<AccountRecord> account_to_certify(const storage::Snapshot& snapshot,
                                         const Judging& by,
                                         const LoadedOrder& order,
                                         ca::Time now) {
  // draft-ietf-acme-profiles §4: what is no longer offered is no longer issued.
  const policy::Product* const product = by.choice.catalog.find(order.record.product);
  if (product == nullptr) return std::unexpected(not_offered_any_more(order.record));
  if (auto stop = stop_over(snapshot, by, order, now)) return std::unexpected(*std::move(stop));
  auto account = kAccounts.get(snapshot, order.record.account.octets());
  if (!account || account->status != AccountStatus::valid) {
    return refuse(ProblemType::unauthorized, "the account of this order has been deactivated");
  }
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    const AuthorizationRecord& each = order.authorizations[i];
    auto problem = authorization_obstacle(each, *product, by.corroborators, now);
    if (problem) return std::unexpected(*std::move(problem));
    if (each.account != order.record.account || !covers(each, order.record.identifiers[i])) {
      throw storage::CorruptRecord("order " + order.id.text() +
                                   " lists an authorization that is not for it");
    }
  }
  const ReviewStanding standing = standing_for_names(snapshot, order.record, *product, now);
  if (auto problem = review_refusal(by.house, order, standing)) {
    return std::unexpected(*std::move(problem));
  }
  if (auto problem = agency_obstacle(snapshot, by.house, order.record, now)) {
    return std::unexpected(*std::move(problem));
  }
  const std::string hash = ca::sha256(order.record.spki);
  // RFC 8555 §11.1. The account may have been made since the request was judged.
  if (account_with_key(snapshot, hash)) {
    return std::unexpected(Problem(
        ProblemType::bad_csr,
        ca::under(ca::BrokenRule::key_of_account,
                  "the key of the certificate request is the key of an account; use a key of its "
                  "own")));
  }
  if (ca::Ledger::is_key_blocked(snapshot, hash)) {
    return std::unexpected(Problem(
        ProblemType::bad_csr,
        ca::under(ca::BrokenRule::key_blocked,
                  "the key of the certificate request was reported compromised; use a fresh key")));
  }
  return *std::move(account);
}

}  // namespace acme
