// The account resource (RFC 8555 §7.3.2, §7.3.6): reading it, new contacts, deactivation.
#include <utility>

#include "acme/contact.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// RFC 8555 §7.3.6 knows one status a client can set; §7.3.2 has every other one ignored.
constexpr std::string_view kDeactivated = text_of(AccountStatus::deactivated);

Result<AccountRecord> apply(storage::Transaction& transaction,
                            const Signatory& signatory,
                            const AccountUpdate& update,
                            ca::Time now) {
  auto record = require_standing(transaction, signatory);
  if (!record) return record;
  const AccountId& id = signatory.account;
  if (update.contact) record->contacts = *update.contact;
  const bool deactivates = update.status == kDeactivated;
  if (deactivates) record->status = AccountStatus::deactivated;
  kAccounts.put(transaction, id.octets(), *record);
  ca::append_audit(
      transaction,
      {now, deactivates ? "account.deactivated" : "account.updated", id.text(), id.text(), {}});
  return record;
}

}  // namespace

boost::asio::awaitable<Result<Reply>> update_account(Services& services,
                                                     AuthenticatedRequest request,
                                                     PathParameters path) {
  const Result<AccountId> id = id_in_path<AccountId>(path, "account");
  if (!id) co_return std::unexpected(id.error());
  if (*id != request.account) co_return not_yours("account", id->text());
  AccountUpdate update;
  if (!request.is_post_as_get()) {
    Result<AccountUpdate> parsed = parse_account_update(request.payload);
    if (!parsed) co_return std::unexpected(std::move(parsed).error());
    update = *std::move(parsed);
  }
  if (!update.contact && update.status != kDeactivated) {
    const auto record = services.store.read(
        [&](const storage::Snapshot& snapshot) { return kAccounts.get(snapshot, id->octets()); });
    if (!record) co_return refuse(ProblemType::account_does_not_exist, "the account is gone");
    co_return account_reply(services, *id, *record);
  }
  if (update.contact) {
    if (auto judged = check_contacts(*update.contact); !judged) {
      co_return std::unexpected(std::move(judged).error());
    }
  }
  const ca::Time now = services.clock.seconds();
  auto write = [signatory = signatory_of(request), update, now](storage::Transaction& transaction) {
    return apply(transaction, signatory, update, now);
  };
  const Result<AccountRecord> record = co_await services.store.write(std::move(write));
  if (!record) co_return std::unexpected(record.error());
  co_return account_reply(services, *id, *record);
}

}  // namespace acme
