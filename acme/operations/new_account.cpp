// newAccount (RFC 8555 §7.3, §7.3.1): finds the account of a key, or makes it.
#include <utility>

#include "acme/contact.h"
#include "acme/jose/account_keys.h"
#include "acme/operations/account_key.h"
#include "acme/operations/external_account.h"
#include "acme/operations/new_work.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/operations/terms.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

struct Found {
  AccountId id;
  AccountRecord record;
  Outcome outcome;
};

std::optional<Found> find_account(const storage::Snapshot& snapshot, const std::string& key_hash) {
  auto id = account_with_key(snapshot, key_hash);
  if (!id) return std::nullopt;
  auto record = kAccounts.get(snapshot, id->octets());
  if (!record) {
    throw storage::CorruptRecord("account_keys names account " + id->text() +
                                 ", which is not stored");
  }
  return Found{*std::move(id), *std::move(record), Outcome::ok};
}

Result<Reply> reply_for(const Services& services, const Found& found) {
  if (found.record.status != AccountStatus::valid) {
    return refuse(ProblemType::unauthorized, "the account of this key has been deactivated");
  }
  Reply reply = account_reply(services, found.id, found.record);
  reply.outcome = found.outcome;
  return reply;
}

/// What a new account must bring with it.
Result<void> judge(const Services& services, const NewAccount& wanted) {
  if (wanted.only_return_existing) {
    return refuse(ProblemType::account_does_not_exist,
                  "no account has this key, and onlyReturnExisting asked not to create one");
  }
  const std::string& terms = services.meta.terms_of_service;
  if (!terms.empty() && !wanted.terms_of_service_agreed) {
    return agreement_needed(terms, "agree to the terms of service at " + terms +
                                       " and send \"termsOfServiceAgreed\": true");
  }
  return check_contacts(wanted.contact.value_or(std::vector<std::string>{}));
}

}  // namespace

boost::asio::awaitable<Result<Reply>> new_account(Services& services,
                                                  AuthenticatedRequest request,
                                                  PathParameters) {
  Result<NewAccount> wanted = parse_new_account(request.payload);
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  const std::string key_hash = request.key.spki_sha256();
  const std::optional<Found> existing = services.store.read(
      [&](const storage::Snapshot& snapshot) { return find_account(snapshot, key_hash); });
  // RFC 8555 §7.3.1: the account as it is; everything else in the request is ignored.
  if (existing) co_return reply_for(services, *existing);
  if (auto judged = judge(services, *wanted); !judged) {
    co_return std::unexpected(std::move(judged).error());
  }
  Result<std::optional<ExternalAccount>> external = judge_binding(services, request, *wanted);
  if (!external) co_return std::unexpected(std::move(external).error());
  require_room_for_new_work(services);

  const ca::Time now = services.clock.seconds();
  const AccountId id = AccountId::fresh(services.random, services.clock.now());
  AccountRecord record;
  record.spki = request.key.spki();
  record.contacts = std::move(wanted->contact).value_or(std::vector<std::string>{});
  if (wanted->terms_of_service_agreed) {
    record.terms_agreed_at = now;
    record.terms_agreed = services.meta.terms_of_service;
  }
  record.created_at = now;
  record.external = *std::move(external);
  // Looked up again inside the write: of parallel requests with one key, one creates and the others
  // find.
  const Uses uses = uses_of_new_account(services.limits, request.peer);
  auto create = [id, record, key = request.key, key_hash, now, uses, url = request.url,
                 &limits = services.limits, instant = services.clock.instant()](
                    storage::Transaction& transaction) -> Result<Found> {
    if (auto found = find_account(transaction, key_hash)) return *std::move(found);
    if (auto judged = require_unblocked_key(transaction, key); !judged) {
      return std::unexpected(std::move(judged).error());
    }
    if (auto spent = spend(transaction, limits, uses, instant); !spent) {
      return std::unexpected(std::move(spent).error());
    }
    ca::AuditEvent event{now, "account.created", id.text(), id.text(), {}};
    if (record.external) {
      auto used = use_external_key(transaction, *record.external, url, id, now);
      if (!used) return std::unexpected(std::move(used).error());
      event.facts.emplace_back("external_key", record.external->kid);
    }
    kAccounts.put(transaction, id.octets(), record);
    transaction.put(kAccountKeys, key_hash, id.octets());
    ca::append_audit(transaction, event);
    return Found{id, record, Outcome::created};
  };
  const Result<Found> found = co_await services.store.write(std::move(create));
  if (!found) co_return std::unexpected(found.error());
  services.account_keys.remember(request.key);
  co_return reply_for(services, *found);
}

}  // namespace acme
