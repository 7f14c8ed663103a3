#include "acme/jose/authenticate.h"

#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/account_keys.h"
#include "acme/jose/jwk.h"
#include "acme/jose/jws.h"
#include "acme/records/account_record.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"

namespace acme {
namespace {

/// The key that must have signed, and the account it belongs to if it was named by `kid`.
struct Sender {
  ca::PublicKey key;
  std::optional<AccountId> account;
  AccountStatus status = AccountStatus::valid;
  bool is_key_blocked = false;
};

/// RFC 8555 §6.2: which of `jwk` and `kid` a resource takes is not the client's choice.
Result<void> check_kind(Authentication expected, const Jws& jws) {
  if (expected == Authentication::jwk && jws.kid) {
    return refuse(ProblemType::malformed,
                  "protected header: /kid is not allowed here, expected jwk (RFC 8555 §6.2)");
  }
  if (expected == Authentication::kid && jws.jwk) {
    return refuse(ProblemType::malformed,
                  "protected header: /jwk is not allowed here, expected kid with the account URL "
                  "(RFC 8555 §6.2)");
  }
  return {};
}

Result<Sender> sender_with_account(Services& services, const std::string& kid) {
  const auto unknown = [&] {
    return refuse(ProblemType::account_does_not_exist, "protected header: /kid " + in_quotes(kid) +
                                                           " is not the URL of an account here");
  };
  const auto id = services.urls.account_of(kid);
  if (!id) return unknown();
  bool is_key_blocked = false;
  const auto record = services.store.read([&](const storage::Snapshot& snapshot) {
    auto found = kAccounts.get(snapshot, id->octets());
    if (found) is_key_blocked = ca::Ledger::is_key_blocked(snapshot, ca::sha256(found->spki));
    return found;
  });
  if (!record) return unknown();
  return Sender{.key = services.account_keys.key(record->spki),
                .account = id,
                .status = record->status,
                .is_key_blocked = is_key_blocked};
}

Result<Sender> sender_of(Services& services, const Jws& jws) {
  if (jws.kid) return sender_with_account(services, *jws.kid);
  auto key = parse_jwk(*jws.jwk);
  if (!key) return std::unexpected(std::move(key).error());
  return Sender{.key = *std::move(key), .account = std::nullopt};
}

Result<void> spend_nonce(Services& services, const std::string& nonce) {
  if (services.nonces.redeem(nonce)) return {};
  // Clients in the field recognize this sentence and not the type (acme.sh); keep its beginning.
  return refuse(ProblemType::bad_nonce,
                nonce.empty() ? "JWS has an invalid anti-replay nonce: none, expected one of ours"
                              : "JWS has an invalid anti-replay nonce: " + in_quotes(nonce) +
                                    " is not ours, too old, or used before");
}

}  // namespace

Result<AuthenticatedRequest> authenticate(Services& services,
                                          Authentication expected,
                                          std::string_view url,
                                          std::string_view body) {
  auto jws = parse_jws(body);
  if (!jws) return std::unexpected(std::move(jws).error());
  if (auto fits = check_kind(expected, *jws); !fits)
    return std::unexpected(std::move(fits).error());
  auto sender = sender_of(services, *jws);
  if (!sender) return std::unexpected(std::move(sender).error());
  if (auto good = verify_jws(*jws, sender->key); !good)
    return std::unexpected(std::move(good).error());
  if (auto spent = spend_nonce(services, jws->nonce); !spent)
    return std::unexpected(std::move(spent).error());
  if (jws->url != url) {
    return refuse(ProblemType::unauthorized, "protected header: /url " + in_quotes(jws->url) +
                                                 " is not where the request arrived, expected " +
                                                 in_quotes(url) + " (RFC 8555 §6.4)");
  }
  if (sender->status != AccountStatus::valid) {
    return refuse(
        ProblemType::unauthorized,
        "the account is " + std::string(text_of(sender->status)) + ", expected a valid one");
  }
  // Only for accounts: the holder of a compromised key may still ask for what it certifies to be
  // revoked (RFC 8555 §7.6).
  if (sender->is_key_blocked) {
    return refuse(ProblemType::unauthorized,
                  "the key of the account was reported compromised; please make a new account with "
                  "a fresh key");
  }
  return AuthenticatedRequest{.payload = std::move(jws->payload),
                              .key = std::move(sender->key),
                              .account = sender->account,
                              .url = std::move(jws->url)};
}

}  // namespace acme
