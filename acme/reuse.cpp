#include "acme/reuse.h"

#include <algorithm>
#include <utility>

#include "acme/records/record_fields.h"
#include "policy/name_rules.h"
#include "policy/reuse.h"

namespace acme {

std::optional<ReusableAuthorization> find_reusable_authorization(const storage::Snapshot& snapshot,
                                                                 const AccountId& account,
                                                                 const policy::Product& product,
                                                                 const ca::Identifier& identifier,
                                                                 ca::Time now) {
  const auto octets = snapshot.get(kAccountNames, account_name_key(account, identifier));
  if (!octets) return std::nullopt;
  auto record = kAuthorizations.get(snapshot, *octets);
  if (!record || record->account != account || record->identifier() != identifier ||
      status_of(*record, now) != AuthorizationStatus::valid) {
    return std::nullopt;
  }
  const ChallengeRecord* decided = deciding_challenge(*record);
  const auto methods = policy::methods_for(product, identifier);
  if (std::ranges::find(methods, decided->method) == methods.end() || !decided->validated_at) {
    return std::nullopt;
  }
  const ca::Time last_use = std::min(
      record->expires, policy::last_use(*decided->validated_at, product.authorization_lifetime));
  if (last_use - now < policy::least_life_left(product)) return std::nullopt;
  return ReusableAuthorization{{decode_id<AuthorizationId>(*octets), *std::move(record)}, last_use};
}

std::optional<LoadedOrder> find_open_order(const storage::Snapshot& snapshot,
                                           const OrderRecord& wanted,
                                           const policy::Product& product,
                                           ca::Time now) {
  const auto octets = snapshot.get(kOpenOrders, open_order_key(wanted));
  if (!octets) return std::nullopt;
  auto order = load_order(snapshot, decode_id<OrderId>(*octets), now);
  if (!order) return std::nullopt;
  const bool is_open = order->status == OrderStatus::pending || order->status == OrderStatus::ready;
  if (!is_open || order->record.expires - now < policy::least_life_left(product)) {
    return std::nullopt;
  }
  return order;
}

bool is_too_old(const AuthorizationRecord& authorization, ca::Time now) {
  const ChallengeRecord* decided = deciding_challenge(authorization);
  return decided != nullptr && decided->validated_at &&
         now - *decided->validated_at > policy::longest_reuse(now);
}

}  // namespace acme
