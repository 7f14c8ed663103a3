// Routes of ACME accounts that keys of a tenant have opened (RFC 8555 §7.3.4), and of their orders.
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acme/operations/deactivate_account.h"
#include "acme/order.h"
#include "acme/records/account_record.h"
#include "acme/records/certificate_origin.h"
#include "acme/records/external_key_record.h"
#include "acme/records/record_fields.h"
#include "acme/resource_urls.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/api/operations/filters.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "storage/key_codec.h"

namespace server::api {
namespace {

using acme::AccountId;
using acme::AccountRecord;
using acme::ExternalKeyRecord;
using acme::OrderId;
using nlohmann::json;
using policy::Allowed;
using policy::FaultCode;
using policy::Role;

constexpr Access kAccountReaders({{Over::tenant, {Role::org_admin}}, {Over::all, {Role::auditor}}});
constexpr Access kAccountEnders({{Over::tenant, {Role::org_admin}}});
/// One page looks at no more of them: an order can have a hundred authorizations.
constexpr std::size_t kMostAccountsLookedAt = 1000;
constexpr std::size_t kMostKeysLookedAt = 1000;
constexpr std::size_t kMostOrdersLookedAt = 200;

std::vector<std::string_view> account_states() {
  return {acme::kAccountStatusTexts.begin(), acme::kAccountStatusTexts.end()};
}
std::vector<std::string_view> order_states() {
  return {acme::kOrderStatusTexts.begin(), acme::kOrderStatusTexts.end()};
}

constexpr std::array kAccountFields{
    text("id", "As in its URL").required(),
    text("url", "By which the client knows it").required(),
    word("state", "RFC 8555 §7.1.6", account_states).required(),
    text("eabKeyId", "The key that opened it").required(),
    text("organizationId", "For whom it acts").required(),
    text("contacts", "URLs, as the client wrote them").list().required(),
    text("keySha256", "Of its key's SubjectPublicKeyInfo, in hex").required(),
    time("createdAt", "").required(),
    time("termsAgreedAt", ""),
};
constexpr Shape kAccount{"AcmeAccount", "An ACME account that a key of the tenant has opened.",
                         kAccountFields};

constexpr std::array kErrorFields{text("type", "RFC 8555 §6.7").required(),
                                  text("detail", "", kLongText).required()};
constexpr Shape kError{"AcmeOrderError", "Why an order came to nothing.", kErrorFields};
constexpr std::array kOrderFields{
    text("id", "As in its URL").required(),
    text("url", "By which the client knows it").required(),
    text("accountId", "").required(),
    word("state", "RFC 8555 §7.1.6; canceled: RFC 8739", order_states).required(),
    text("profile", "").required(),
    text("names", "", 253).list().required(),
    time("createdAt", "").required(),
    time("expiresAt", "").required(),
    time("heldSince", "Since when it waits for people, where it waited"),
    text("applicationId", "That it waits for, or waited"),
    text("certificateId", "Once there is one; the first, if it renews itself"),
    object("error", "Of one that is invalid", kError),
};
constexpr Shape kOrder{"AcmeOrder", "An order of an ACME account.", kOrderFields};

constexpr QueryParameter kState{"filter[state]", "Accounts in this state", account_states};
constexpr QueryParameter kKey{"filter[key]", "That this key for external accounts opened"};
constexpr std::array kAccountQuery{kLimit, kCursor, kState, kKey};
constexpr QueryParameter kOfAccount{"account", "Whose orders; has to be there"};
constexpr QueryParameter kOrderState{"filter[state]", "Orders in this state", order_states};
constexpr std::array kOrderQuery{kLimit, kCursor, kOfAccount, kOrderState};

/// An account with the key that opened it, which is bound to an organization.
struct BoundAccount {
  AccountId id;
  AccountRecord record;
  ExternalKeyRecord key;
};

/// Nothing for an account of nobody's.
std::optional<BoundAccount> bound_account(const storage::Snapshot& snapshot, const AccountId& id) {
  auto record = acme::kAccounts.get(snapshot, id.octets());
  if (!record || !record->external) return std::nullopt;
  auto key = acme::kExternalKeys.get(snapshot, record->external->kid);
  if (!key || !key->binding) return std::nullopt;
  return BoundAccount{id, *std::move(record), *std::move(key)};
}

json json_of(const BoundAccount& account, const Context& context) {
  const AccountRecord& record = account.record;
  json out{{"id", account.id.text()},
           {"url", acme::ResourceUrls(context.base_url).account(account.id)},
           {"state", acme::text_of(record.status)},
           {"eabKeyId", record.external->kid},
           {"organizationId", account.key.binding->organization.text()},
           {"contacts", record.contacts},
           {"keySha256", ca::hex(ca::sha256(record.spki))},
           {"createdAt", ca::rfc3339(record.created_at)}};
  put_time(out, "termsAgreedAt", record.terms_agreed_at);
  return out;
}

/// Where a page of accounts begins in kExternalKeyAccounts: the rows of one key stand together, and
/// rows of keys sort as the keys.
std::string rows_of(std::string_view kid) {
  return storage::KeyWriter{}.text(kid).take();
}

/// The first key that a page behind `row` can show accounts of; somewhere before it for a row that
/// nobody gave out.
std::string first_key(const std::string& row) {
  // A text ends with two zero octets, and has no zero octet alone.
  const std::string kid = row.substr(0, row.find('\0'));
  return rows_of(kid) <= row ? kid : std::string();
}

/// What one page looks at.
struct Looked {
  struct Row {
    std::string row;  // in kExternalKeyAccounts
    AccountId id;
  };
  std::vector<Row> rows;
  std::optional<std::string> behind;  // where the next page begins, if there is more to look at
};

/// Accounts of keys within the actor's reach, key after key.
Looked look_at_accounts(const storage::Snapshot& snapshot, const Call& call) {
  const std::string behind = call.query.cursor().value_or(std::string());
  const auto only = call.query.find(kKey.name);
  Looked looked;
  std::vector<std::string> keys;
  std::size_t seen = 0;
  snapshot.scan(acme::kExternalKeys.name(), only.value_or(first_key(behind)),
                [&](std::string_view kid, std::string_view bytes) {
                  if (only && kid != *only) return storage::Scan::stop;
                  if (seen++ == kMostKeysLookedAt) {
                    looked.behind = rows_of(kid);
                    return storage::Scan::stop;
                  }
                  const auto key = ExternalKeyRecord::decode(bytes);
                  const bool is_within =
                      key.binding &&
                      call.access->allows(call.actor, {key.binding->tenant, std::nullopt});
                  if (is_within) keys.emplace_back(kid);
                  return storage::Scan::proceed;
                });
  for (const std::string& kid : keys) {
    acme::visit_accounts_of(snapshot, kid, behind,
                            [&](std::string_view row, const AccountId& account) {
                              if (looked.rows.size() == kMostAccountsLookedAt) {
                                looked.behind = looked.rows.back().row;
                                return storage::Scan::stop;
                              }
                              looked.rows.push_back({std::string(row), account});
                              return storage::Scan::proceed;
                            });
    if (looked.behind && !looked.rows.empty() && *looked.behind == looked.rows.back().row) break;
  }
  return looked;
}

/// Key after key, the oldest account of each first.
Allowed<Answer> list_accounts(const Context& context,
                              const storage::Snapshot& snapshot,
                              const Call& call) {
  const auto state = call.query.find(kState.name);
  const Looked looked = look_at_accounts(snapshot, call);
  Page page(call);
  for (const Looked::Row& each : looked.rows) {
    const auto account = bound_account(snapshot, each.id);
    if (!account || (state && acme::text_of(account->record.status) != *state)) continue;
    if (page.add(json_of(*account, context), each.row) == storage::Scan::stop) return page.answer();
  }
  if (looked.behind) page.stop_at(*looked.behind);
  return page.answer();
}

policy::Refused no_such_account(const Call& call) {
  return policy::Refused(
      policy::Fault{FaultCode::not_found, "There is no account " + call.argument("account") + "."});
}

Allowed<Answer> read_account(const Context& context,
                             const storage::Snapshot& snapshot,
                             const Call& call) {
  const auto account = bound_account(snapshot, call.id<AccountId>("account"));
  if (!account) return no_such_account(call);
  return json_answer(json_of(*account, context));
}

/// As if its client had sent it (RFC 8555 §7.3.6).
Allowed<Answer> deactivate(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  auto account = bound_account(transaction, call.id<AccountId>("account"));
  if (!account) return no_such_account(call);
  if (!acme::may_become(account->record.status, acme::AccountStatus::deactivated)) {
    return policy::Refused(policy::Fault{
        FaultCode::state_conflict,
        "The account is " + std::string(acme::text_of(account->record.status)) + " already."});
  }
  acme::deactivate_account(transaction, account->id, account->record, call.actor.audit_name(),
                           call.now());
  return json_answer(json_of(*account, context));
}

json json_of(const acme::LoadedOrder& order, const Context& context, ca::Time now) {
  const acme::OrderRecord& record = order.record;
  json names = json::array();
  for (const ca::Identifier& each : record.identifiers) names.push_back(ca::value_of(each));
  json out{{"id", order.id.text()},
           {"url", acme::ResourceUrls(context.base_url).order(order.id)},
           {"accountId", record.account.text()},
           {"state", acme::text_of(order.status)},
           {"profile", record.product},
           {"names", std::move(names)},
           {"createdAt", ca::rfc3339(record.created)},
           {"expiresAt", ca::rfc3339(record.expires)}};
  put_time(out, "heldSince", record.held_since);
  if (record.review) put_id(out, "applicationId", record.review->application);
  if (record.certificate) {
    out["certificateId"] = record.issuer_id + "." + ca::hex(record.serial);
  }
  if (const auto error = acme::error_of(order, now)) {
    out["error"] = {{"type", acme::urn_of(error->type())}, {"detail", error->detail()}};
  }
  return out;
}

/// The account whose orders are asked for; another tenant's is as good as none.
Allowed<AccountId> account_asked_for(const storage::Snapshot& snapshot, const Call& call) {
  const std::string text = call.query.text(kOfAccount.name);
  const auto id = AccountId::parse(text);
  const auto account = id ? bound_account(snapshot, *id) : std::nullopt;
  const bool is_within =
      account && call.access->allows(call.actor, {account->key.binding->tenant, std::nullopt});
  if (!is_within) return no_such_thing(kOfAccount, text);
  return *id;
}

/// What one page looks at, and one more if there is one.
std::vector<OrderId> orders_for(const storage::Snapshot& snapshot,
                                const AccountId& account,
                                const Call& call) {
  const std::string& prefix = account.octets();
  const std::string behind = call.query.cursor().value_or(std::string());
  std::vector<OrderId> orders;
  snapshot.scan(acme::kAccountOrders, prefix + behind, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    const std::string_view id = key.substr(prefix.size());
    if (id != behind) orders.push_back(acme::decode_id<OrderId>(id));
    return orders.size() <= kMostOrdersLookedAt ? storage::Scan::proceed : storage::Scan::stop;
  });
  return orders;
}

Allowed<Answer> list_orders(const Context& context,
                            const storage::Snapshot& snapshot,
                            const Call& call) {
  const auto account = account_asked_for(snapshot, call);
  if (!account) return policy::Refused(account.error());
  const auto state = call.query.find(kOrderState.name);
  const std::vector<OrderId> orders = orders_for(snapshot, *account, call);
  Page page(call);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (i == kMostOrdersLookedAt) {
      page.stop_at(orders[i - 1].octets());
      break;
    }
    const auto order = acme::load_order(snapshot, orders[i], call.now());
    if (!order || (state && acme::text_of(order->status) != *state)) continue;
    if (page.add(json_of(*order, context, call.now()), orders[i].octets()) == storage::Scan::stop) {
      break;
    }
  }
  return page.answer();
}

constexpr std::array kConflict{FaultCode::state_conflict};

constexpr std::array kRoutes{
    reading("/acme-accounts",
            "listAcmeAccounts",
            "ACME accounts that keys of the tenant have opened, key after key",
            kAccountReaders,
            list_accounts)
        .with_query(kAccountQuery)
        .gives_pages_of(kAccount),
    reading(
        "/acme-accounts/{account}", "readAcmeAccount", "One of them", kAccountReaders, read_account)
        .gives(kAccount),
    changing(Method::post,
             "/acme-accounts/{account}:deactivate",
             "deactivateAcmeAccount",
             "Ends an account for good, as its client can (RFC 8555 §7.3.6)",
             kAccountEnders,
             deactivate)
        .gives(kAccount)
        .may_refuse(kConflict),
    reading("/acme-orders",
            "listAcmeOrders",
            "Orders of one ACME account, the oldest first",
            kAccountReaders,
            list_orders)
        .with_query(kOrderQuery)
        .gives_pages_of(kOrder),
};

}  // namespace

Routes acme_account_routes() {
  return kRoutes;
}

}  // namespace server::api
