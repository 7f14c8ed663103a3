#include "acme/reuse.h"

#include <algorithm>
#include <utility>

#include "acme/records/record_fields.h"
#include "acme/stops.h"
#include "ca/names/onion_service.h"
#include "policy/name_rules.h"
#include "policy/reuse.h"

namespace acme {

namespace {

/// The valid authorization behind a row of kAccountNames, if it still covers `identifier`.
std::optional<LoadedAuthorization> valid_behind(const storage::Snapshot& snapshot,
                                                const std::string& key,
                                                const AccountId& account,
                                                const ca::Identifier& identifier,
                                                ca::Time now) {
  const auto octets = snapshot.get(kAccountNames, key);
  if (!octets) return std::nullopt;
  auto record = kAuthorizations.get(snapshot, *octets);
  if (!record || record->account != account || !covers(*record, identifier) ||
      status_of(*record, now) != AuthorizationStatus::valid) {
    return std::nullopt;
  }
  return LoadedAuthorization{decode_id<AuthorizationId>(*octets), *std::move(record)};
}

/// Few accounts have any; a name of many labels must not cost the others a look-up for each.
bool has_domains(const storage::Snapshot& snapshot, const AccountId& account) {
  const std::string prefix = account_domain_key(account, "");
  bool found = false;
  snapshot.scan(kAccountNames, prefix, [&](std::string_view key, std::string_view) {
    found = key.starts_with(prefix);
    return storage::Scan::stop;
  });
  return found;
}

}  // namespace

std::optional<LoadedAuthorization> find_valid_authorization(const storage::Snapshot& snapshot,
                                                            const AccountId& account,
                                                            const ca::Identifier& identifier,
                                                            ca::Time now) {
  if (auto exact =
          valid_behind(snapshot, account_name_key(account, identifier), account, identifier, now)) {
    return exact;
  }
  if (!has_domains(snapshot, account)) return std::nullopt;
  for (const std::string& domain : domains_above(identifier)) {
    if (auto found =
            valid_behind(snapshot, account_domain_key(account, domain), account, identifier, now)) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<ReusableAuthorization> find_reusable_authorization(const storage::Snapshot& snapshot,
                                                                 const AccountId& account,
                                                                 const policy::Product& product,
                                                                 const ca::Identifier& identifier,
                                                                 policy::Corroborators others,
                                                                 ca::Time now) {
  auto found = find_valid_authorization(snapshot, account, identifier, now);
  if (!found) return std::nullopt;
  const ChallengeRecord* decided = deciding_challenge(found->record);
  const auto methods = policy::methods_for(product, identifier);
  if (std::ranges::find(methods, decided->method) == methods.end() || !decided->validated_at ||
      rests_on_stopped_method(snapshot, found->record) ||
      lacks_quorum(found->record, product, others)) {
    return std::nullopt;
  }
  const ca::Time last_use = std::min(
      found->record.expires, policy::last_use(product, decided->method, *decided->validated_at));
  if (last_use - now < policy::least_life_left(product)) return std::nullopt;
  return ReusableAuthorization{*std::move(found), last_use};
}

std::optional<LoadedOrder> find_open_order(const storage::Snapshot& snapshot,
                                           const OrderRecord& wanted,
                                           const policy::Product& product,
                                           policy::Corroborators others,
                                           ca::Time now) {
  const auto octets = snapshot.get(kOpenOrders, open_order_key(wanted));
  if (!octets) return std::nullopt;
  auto order = load_order(snapshot, decode_id<OrderId>(*octets), now);
  if (!order) return std::nullopt;
  const bool is_open = order->status == OrderStatus::pending || order->status == OrderStatus::ready;
  if (!is_open || order->record.expires - now < policy::least_life_left(product)) {
    return std::nullopt;
  }
  // A new order can prove its names by another method, or anew.
  const bool is_held_up =
      std::ranges::any_of(order->authorizations, [&](const AuthorizationRecord& each) {
        return rests_on_stopped_method(snapshot, each) || lacks_quorum(each, product, others);
      });
  if (is_held_up) return std::nullopt;
  return order;
}

bool is_too_old(const AuthorizationRecord& authorization, ca::Trust trust, ca::Time now) {
  if (trust != ca::Trust::web) return false;
  const ChallengeRecord* decided = deciding_challenge(authorization);
  return decided != nullptr && decided->validated_at &&
         now - *decided->validated_at > policy::longest_reuse(decided->method, now);
}

bool lacks_quorum(const AuthorizationRecord& authorization,
                  const policy::Product& product,
                  policy::Corroborators others) {
  if (policy::corroborators_for(product, others) == policy::Corroborators::nobody) return false;
  // Of onion services there is nothing to see elsewhere (BR Appendix B).
  if (ca::is_onion(authorization.identifier())) return false;
  const ChallengeRecord* decided = deciding_challenge(authorization);
  return decided != nullptr && decided->validated_at && !decided->corroborated;
}

policy::Corroborators corroborators(const Services& services) {
  return services.perspectives != nullptr ? policy::Corroborators::perspectives
                                          : policy::Corroborators::nobody;
}

}  // namespace acme
