#include "acme/rate_limits.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "acme/in_quotes.h"
#include "ca/names/public_suffix.h"
#include "ca/time.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

using policy::Instant;
using policy::RateLimitId;

constexpr unsigned kV4Bits = 32;
constexpr unsigned kV6SubscriberBits = 48;  // RFC 6177 §2: a site gets at most this
constexpr unsigned kV6HostBits = 64;        // RFC 4291 §2.5.4: behind it all is one link

bool is_in_force(const RateLimits& limits, RateLimitId id) {
  return limits.rates.contains(id);
}

std::string block_of(const ca::IpAddress& address, unsigned v6_bits) {
  return policy::Network(address, address.is_v4() ? kV4Bits : v6_bits).text();
}

std::string domain_of(const ca::Identifier& identifier) {
  if (const auto* address = std::get_if<ca::IpAddress>(&identifier)) {
    return block_of(*address, kV6HostBits);
  }
  return ca::registered_domain(std::get<ca::DnsName>(identifier).without_wildcard().text());
}

/// All names, which are sorted, or the first few and how many there are.
std::string shown_set(const std::vector<ca::Identifier>& identifiers) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, identifiers.size()); ++i) {
    text += (text.empty() ? "" : ", ") + in_quotes(ca::value_of(identifiers[i]));
  }
  if (identifiers.size() > kShown) {
    text += " and " + std::to_string(identifiers.size() - kShown) + " more";
  }
  return text;
}

std::optional<Instant> arrival_of(const storage::Snapshot& snapshot, const std::string& key) {
  const auto record = kArrivals.get(snapshot, key);
  if (!record) return std::nullopt;
  return record->arrival;
}

Problem refusal(const RateLimits& limits, const Use& use, Instant again, Instant now) {
  const policy::RateLimit& limit = policy::rate_limit(use.limit);
  const policy::Rate& rate = limits.rates.at(use.limit);
  Problem problem(ProblemType::rate_limited,
                  "the limit " + std::string(limit.name) + " is reached for " + use.shown + ": " +
                      std::string(limit.counted) + ", " + std::to_string(rate.count()) + " in " +
                      std::to_string(rate.period().count()) + " s; please come back at " +
                      ca::rfc3339(std::chrono::ceil<std::chrono::seconds>(again)));
  // RFC 8555 §6.6: Retry-After says when, and a link with the relation "help" what to do about it.
  if (!limits.help.empty()) std::move(problem).with_link({limits.help, "help"});
  return std::move(problem).retry_after(std::chrono::ceil<std::chrono::seconds>(again - now));
}

/// A row and what it will say.
struct Spending {
  std::string key;
  Instant arrival;
  policy::Milliseconds interval;
};

Result<std::vector<Spending>> judge_all(const storage::Snapshot& snapshot,
                                        const RateLimits& limits,
                                        const Uses& uses,
                                        Instant now) {
  std::vector<Spending> spendings;
  const Use* refused = nullptr;
  Instant again{};
  for (const Use& use : uses) {
    const policy::Rate& rate = limits.rates.at(use.limit);
    std::string key = arrival_key(use.limit, use.subject);
    const auto arrival = policy::judge(rate, arrival_of(snapshot, key), now);
    if (arrival) {
      spendings.push_back({std::move(key), *arrival, rate.interval()});
    } else if (arrival.error() > again) {
      refused = &use;
      again = arrival.error();
    }
  }
  if (refused != nullptr) return std::unexpected(refusal(limits, *refused, again, now));
  return spendings;
}

bool is_over(std::string_view value, Instant now) {
  try {
    return ArrivalRecord::decode(value).arrival <= now;
  } catch (const storage::CorruptRecord&) {
    return false;  // for whoever asks for that very row, and for the offline proof
  }
}

/// Removes what is over among the rows behind `key`. Keys are digests, so every row is as likely as
/// any other to be looked at: what is over stays a small part of the table without an index by
/// time.
void sweep_behind(storage::Transaction& transaction, const std::string& key, Instant now) {
  constexpr std::size_t kRows = 4;
  std::size_t seen = 0;
  std::vector<std::string> over;
  const std::string next = key + '\0';
  transaction.scan(kArrivals.name(), next, [&](std::string_view row, std::string_view value) {
    if (is_over(value, now)) over.emplace_back(row);
    return ++seen < kRows ? storage::Scan::proceed : storage::Scan::stop;
  });
  for (const std::string& row : over) kArrivals.erase(transaction, row);
}

}  // namespace

Uses uses_of_new_account(const RateLimits& limits, const std::optional<ca::IpAddress>& peer) {
  constexpr auto kLimit = RateLimitId::new_accounts_per_network;
  if (!peer || !is_in_force(limits, kLimit)) return {};
  const auto holds = [&](const policy::Network& each) { return each.contains(*peer); };
  if (std::ranges::any_of(limits.exempt_networks, holds)) return {};
  const std::string block = block_of(*peer, kV6SubscriberBits);
  return {{kLimit, block, block}};
}

Uses uses_of_new_order(const RateLimits& limits, const AccountId& account) {
  constexpr auto kLimit = RateLimitId::new_orders_per_account;
  if (!is_in_force(limits, kLimit) || limits.exempt_accounts.contains(account)) return {};
  return {{kLimit, account.octets(), "this account"}};
}

Uses uses_of_certificate(const RateLimits& limits,
                         const AccountId& account,
                         const std::vector<ca::Identifier>& identifiers) {
  if (limits.exempt_accounts.contains(account)) return {};
  Uses uses;
  if (is_in_force(limits, RateLimitId::certificates_per_registered_domain)) {
    std::set<std::string> domains;
    for (const ca::Identifier& each : identifiers) domains.insert(domain_of(each));
    for (const std::string& each : domains) {
      uses.push_back({RateLimitId::certificates_per_registered_domain, each, in_quotes(each)});
    }
  }
  if (is_in_force(limits, RateLimitId::certificates_per_name_set)) {
    std::string names;
    for (const ca::Identifier& each : identifiers) names += ca::value_of(each) + ",";
    uses.push_back({RateLimitId::certificates_per_name_set, names, shown_set(identifiers)});
  }
  return uses;
}

Uses uses_of_failure(const RateLimits& limits,
                     const AccountId& account,
                     const ca::Identifier& identifier) {
  constexpr auto kLimit = RateLimitId::failed_validations_per_account_and_name;
  if (!is_in_force(limits, kLimit) || limits.exempt_accounts.contains(account)) return {};
  const std::string name = ca::value_of(identifier);
  return {{kLimit, account.octets() + name, in_quotes(name) + " and this account"}};
}

Result<void> require_within(const storage::Snapshot& snapshot,
                            const RateLimits& limits,
                            const Uses& uses,
                            Instant now) {
  if (auto judged = judge_all(snapshot, limits, uses, now); !judged) {
    return std::unexpected(std::move(judged).error());
  }
  return {};
}

Result<std::vector<RateCharge>> spend(storage::Transaction& transaction,
                                      const RateLimits& limits,
                                      const Uses& uses,
                                      Instant now) {
  auto spendings = judge_all(transaction, limits, uses, now);
  if (!spendings) return std::unexpected(std::move(spendings).error());
  std::vector<RateCharge> charges;
  for (const Spending& each : *spendings) {
    kArrivals.put(transaction, each.key, {each.arrival});
    sweep_behind(transaction, each.key, now);
    charges.push_back({each.key, each.interval});
  }
  return charges;
}

void count_all(storage::Transaction& transaction,
               const RateLimits& limits,
               const Uses& uses,
               Instant now) {
  for (const Use& use : uses) {
    const std::string key = arrival_key(use.limit, use.subject);
    const auto arrival =
        policy::count(limits.rates.at(use.limit), arrival_of(transaction, key), now);
    kArrivals.put(transaction, key, {arrival});
    sweep_behind(transaction, key, now);
  }
}

void give_back(storage::Transaction& transaction,
               const std::vector<RateCharge>& charges,
               Instant now) {
  for (const RateCharge& each : charges) {
    const auto arrival = arrival_of(transaction, each.key);
    if (!arrival) continue;
    const Instant earlier = *arrival - each.interval;
    if (earlier > now) {
      kArrivals.put(transaction, each.key, {earlier});
    } else {
      kArrivals.erase(transaction, each.key);
    }
  }
}

}  // namespace acme
