// keyChange (RFC 8555 §7.3.5): an account gets another key, with the consent of both keys.
#include <utility>

#include "acme/jose/account_keys.h"
#include "acme/jose/jwk.h"
#include "acme/jose/jws.h"
#include "acme/operations/account_key.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme {

namespace {

constexpr std::string_view kInner = "inner JWS";

std::unexpected<Problem> malformed(std::string detail) {
  return std::unexpected(Problem(ProblemType::malformed, std::move(detail)).within(kInner));
}

std::unexpected<Problem> in_inner(Problem problem) {
  return std::unexpected(std::move(problem).within(kInner));
}

/// A request of the holder of the new key.
struct InnerRequest {
  ca::PublicKey key;
  std::string payload;
};

/// Steps 2 to 4 and 6 of RFC 8555 §7.3.5. The policy for account keys is part of reading a `jwk`,
/// before anything is verified with it.
Result<InnerRequest> open_inner(const AuthenticatedRequest& outer) {
  auto jws = parse_jws(outer.payload);
  if (!jws) return in_inner(std::move(jws).error());
  if (!jws->jwk) {
    return malformed("/kid is not allowed here, expected jwk with the new key (RFC 8555 §7.3.5)");
  }
  if (!jws->nonce.empty()) {
    return malformed(
        "/nonce is not allowed here, only in the outer protected header (RFC 8555 §7.3.5)");
  }
  if (jws->url != outer.url) {
    return malformed("/url is " + in_quotes(jws->url) + ", expected that of the outer JWS, " +
                     in_quotes(outer.url) + " (RFC 8555 §7.3.5)");
  }
  auto key = parse_jwk(*jws->jwk);
  if (!key) return in_inner(std::move(key).error());
  if (auto good = verify_jws(*jws, *key); !good) return in_inner(std::move(good).error());
  return InnerRequest{*std::move(key), std::move(jws->payload)};
}

/// Steps 5, 7 and 8: what the new key asks for is this account and the key it has now.
Result<void> check_agreement(const std::string& account_url,
                             const ca::PublicKey& current,
                             std::string_view payload) {
  const Result<KeyChange> wanted = parse_key_change(payload);
  if (!wanted) return in_inner(wanted.error());
  if (wanted->account != account_url) {
    return malformed("/account is " + in_quotes(wanted->account) +
                     ", expected the kid of the outer JWS, " + in_quotes(account_url));
  }
  const Result<ca::PublicKey> old_key = parse_jwk(wanted->old_key);
  if (!old_key) return in_inner(Problem(old_key.error()).within("/oldKey"));
  if (*old_key != current) {
    return malformed("/oldKey has the thumbprint " + thumbprint(*old_key) +
                     ", expected the present key of the account, " + thumbprint(current));
  }
  return {};
}

struct Change {
  Signatory signatory;
  std::string old_hash;  // SHA-256 of the SPKI
  std::string new_hash;
  ca::PublicKey new_key;
  ca::Time now;
};

/// The account as it is now, unless another one, or this one, has the new key already (step 9).
struct Applied {
  AccountRecord record;
  std::optional<AccountId> holder;
};

/// All or nothing: the account, both rows of the index and the audit entry. Two changes at once
/// meet here, and the second finds that its old key is the account's no more.
Result<Applied> apply(storage::Transaction& transaction, const Change& change) {
  auto record = require_standing(transaction, change.signatory);
  if (!record) return std::unexpected(std::move(record).error());
  if (auto holder = account_with_key(transaction, change.new_hash)) {
    return Applied{*std::move(record), std::move(holder)};
  }
  if (auto unblocked = require_unblocked_key(transaction, change.new_key); !unblocked) {
    return std::unexpected(std::move(unblocked).error());
  }
  const AccountId& account = change.signatory.account;
  record->spki = change.new_key.spki();
  kAccounts.put(transaction, account.octets(), *record);
  transaction.erase(kAccountKeys, change.old_hash);
  transaction.put(kAccountKeys, change.new_hash, account.octets());
  ca::AuditEvent event{change.now, "account.key_changed", account.text(), account.text(), {}};
  event.facts.emplace_back("from", ca::hex(change.old_hash));
  event.facts.emplace_back("to", ca::hex(change.new_hash));
  ca::append_audit(transaction, event);
  return Applied{*std::move(record), std::nullopt};
}

std::unexpected<Problem> key_is_taken(const Services& services,
                                      const AccountId& holder,
                                      const AccountId& requester) {
  std::string detail = holder == requester
                           ? "the new key is the one the account has already; use a fresh key"
                           : "the new key is the key of another account; use a fresh key";
  return std::unexpected(Problem(ProblemType::conflict, std::move(detail))
                             .with_location(services.urls.account(holder)));
}

}  // namespace

boost::asio::awaitable<Result<Reply>> change_key(Services& services,
                                                 AuthenticatedRequest request,
                                                 PathParameters) {
  const Result<InnerRequest> inner = open_inner(request);
  if (!inner) co_return std::unexpected(inner.error());
  const AccountId account = request.account.value();
  const auto agreed = check_agreement(services.urls.account(account), request.key, inner->payload);
  if (!agreed) co_return std::unexpected(agreed.error());
  const Change change{signatory_of(request), request.key.spki_sha256(), inner->key.spki_sha256(),
                      inner->key, services.clock.seconds()};
  auto write = [change](storage::Transaction& transaction) { return apply(transaction, change); };
  const Result<Applied> done = co_await services.store.write(std::move(write));
  if (!done) co_return std::unexpected(done.error());
  if (done->holder) co_return key_is_taken(services, *done->holder, account);
  services.account_keys.remember(inner->key);
  co_return account_reply(services, account, done->record);
}

}  // namespace acme
