// The account resource (RFC 8555 §7.3.2, §7.3.3, §7.3.6): reading it, new contacts, agreeing to new
// terms of service, deactivation.
#include <utility>

#include "acme/contact.h"
#include "acme/operations/deactivate_account.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/operations/terms.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// RFC 8555 §7.3.6 knows one status a client can set; §7.3.2 has every other one ignored.
constexpr std::string_view kDeactivated = text_of(AccountStatus::deactivated);

/// What a request changes, once it has been judged.
struct Changes {
  std::optional<std::vector<std::string>> contact;
  bool deactivates = false;
  std::string terms;  // agreed to by this request; empty if it changes nothing
  [[nodiscard]] bool is_empty() const { return !contact && !deactivates && terms.empty(); }
};

ca::AuditEvent event_of(const AccountId& id, const Changes& changes, ca::Time now) {
  if (changes.terms.empty()) return {now, "account.updated", id.text(), id.text(), {}};
  return {now, "account.terms_agreed", id.text(), id.text(), {{"terms", changes.terms}}};
}

Result<AccountRecord> apply(storage::Transaction& transaction,
                            const Signatory& signatory,
                            const Changes& changes,
                            ca::Time now) {
  auto record = require_standing(transaction, signatory);
  if (!record) return record;
  const AccountId& id = signatory.account;
  if (changes.contact) record->contacts = *changes.contact;
  if (!changes.terms.empty()) {
    record->terms_agreed_at = now;
    record->terms_agreed = changes.terms;
  }
  if (changes.deactivates) {
    // The log has what was agreed to by whoever leaves with the same request.
    if (!changes.terms.empty()) ca::append_audit(transaction, event_of(id, changes, now));
    deactivate_account(transaction, id, *record, id.text(), now);
    return record;
  }
  kAccounts.put(transaction, id.octets(), *record);
  ca::append_audit(transaction, event_of(id, changes, now));
  return record;
}

/// RFC 8555 §7.3.3: an agreement is to the terms there are now, and cannot be taken back.
Changes changes_in(const AccountUpdate& update,
                   const DirectoryMeta& meta,
                   const AccountRecord& before) {
  Changes changes{
      .contact = update.contact, .deactivates = update.status == kDeactivated, .terms = {}};
  if (update.terms_of_service_agreed && !agrees_to_terms(meta, before)) {
    changes.terms = meta.terms_of_service;
  }
  return changes;
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
  const auto before = services.store.read(
      [&](const storage::Snapshot& snapshot) { return kAccounts.get(snapshot, id->octets()); });
  if (!before) co_return refuse(ProblemType::account_does_not_exist, "the account is gone");
  const Changes changes = changes_in(update, services.meta, *before);
  if (changes.is_empty()) co_return account_reply(services, *id, *before);
  if (update.contact) {
    if (auto judged = check_contacts(*update.contact); !judged) {
      co_return std::unexpected(std::move(judged).error());
    }
  }
  const ca::Time now = services.clock.seconds();
  auto write = [signatory = signatory_of(request), changes,
                now](storage::Transaction& transaction) {
    return apply(transaction, signatory, changes, now);
  };
  const Result<AccountRecord> record = co_await services.store.write(std::move(write));
  if (!record) co_return std::unexpected(record.error());
  co_return account_reply(services, *id, *record);
}

}  // namespace acme
