#include "acme/fulfilment/issuance_fitness.h"

#include <utility>

#include "acme/records/account_record.h"
#include "acme/reuse.h"
#include "acme/review/replies.h"
#include "acme/review/signing.h"
#include "acme/stops.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

/// Rule A-9: what people found may have been taken back or have grown too old since.
std::optional<Problem> review_refusal(const ReviewHouse& house, const LoadedOrder& order) {
  switch (order.review.outcome) {
    case ReviewOutcome::not_needed:
    case ReviewOutcome::passed:
      return std::nullopt;
    case ReviewOutcome::waiting:
      return Problem(ProblemType::unauthorized,
                     "the organization of this account is not validated any more; please create a "
                     "new order");
    case ReviewOutcome::refused:
      return review_refused(house, *order.record.review, order.review.reason);
  }
  std::unreachable();
}

}  // namespace

Judging::Judging(const Services& services, std::string signing_issuer)
    : house(review_house(services)),
      instance(services.instance),
      choice(services),
      issuer_id(std::move(signing_issuer)) {}

std::optional<Problem> issuance_obstacle(const storage::Snapshot& snapshot,
                                         const Judging& by,
                                         const LoadedOrder& order,
                                         ca::Time now) {
  // draft-ietf-acme-profiles §4: what is no longer offered is no longer issued.
  if (by.choice.catalog.find(order.record.product) == nullptr) {
    return not_offered_any_more(order.record);
  }
  // Which one would be chosen can change while one is signing: a device comes back, for example.
  std::string issuer_id = by.issuer_id;
  const ca::Issuer* next = issuer_id.empty() ? by.choice.issuer(order.record, now) : nullptr;
  if (next != nullptr) issuer_id = next->id();
  const Intention intention{issuer_id, order.record.product, order.record.account,
                            order.record.identifiers};
  if (auto running = require_not_stopped(snapshot, intention); !running) {
    return std::move(running).error();
  }
  if (auto counting = require_methods_not_stopped(snapshot, order); !counting) {
    return std::move(counting).error();
  }
  const auto account = kAccounts.get(snapshot, order.record.account.octets());
  if (!account || account->status != AccountStatus::valid) {
    return Problem(ProblemType::unauthorized, "the account of this order has been deactivated");
  }
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    const AuthorizationRecord& each = order.authorizations[i];
    const AuthorizationStatus status = status_of(each, now);
    if (status != AuthorizationStatus::valid) {
      return Problem(ProblemType::unauthorized,
                     "the authorization for \"" + ca::value_of(each.identifier()) + "\" is " +
                         std::string(text_of(status)) + "; expected valid")
          .about(each.identifier());
    }
    // BR 4.2.1 counts the age at the signing act.
    if (is_too_old(each, by.choice.profile(order.record).trust, now)) {
      return Problem(ProblemType::unauthorized,
                     "the validation of \"" + ca::value_of(each.identifier()) +
                         "\" is too old to issue a certificate now; please create a new order")
          .about(each.identifier());
    }
    if (each.account != order.record.account || !covers(each, order.record.identifiers[i])) {
      throw storage::CorruptRecord("order " + order.id.text() +
                                   " lists an authorization that is not for it");
    }
  }
  if (auto problem = review_refusal(by.house, order)) return problem;
  const std::string hash = ca::sha256(order.record.spki);
  // RFC 8555 §11.1. The account may have been made since the request was judged.
  if (account_with_key(snapshot, hash)) {
    return Problem(ProblemType::bad_csr,
                   "the key of the certificate request is the key of an account; use a key of its "
                   "own");
  }
  if (ca::Ledger::is_key_blocked(snapshot, hash)) {
    return Problem(ProblemType::bad_csr,
                   "the key of the certificate request was reported compromised; use a fresh key");
  }
  return std::nullopt;
}

}  // namespace acme
