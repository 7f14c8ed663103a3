#include "policy/rate_limit.h"

#include <algorithm>
#include <array>

namespace policy {

namespace {

// Row i has the number i + 1.
constexpr std::array kLimits{
    RateLimit{RateLimitId::new_accounts_per_network, "new_accounts_per_network",
              "new accounts of one network"},
    RateLimit{RateLimitId::new_orders_per_account, "new_orders_per_account",
              "new orders and pre-authorizations of one account"},
    RateLimit{RateLimitId::certificates_per_registered_domain, "certificates_per_registered_domain",
              "certificates with names under one registered domain"},
    RateLimit{RateLimitId::certificates_per_name_set, "certificates_per_name_set",
              "certificates with exactly the same names"},
    RateLimit{RateLimitId::failed_validations_per_account_and_name,
              "failed_validations_per_account_and_name",
              "failed validations of one name by one account"},
};

/// What is owed at `now`, as a time that is not before it.
Instant owed(const Rate& rate, std::optional<Instant> arrival, Instant now) {
  return std::clamp(arrival.value_or(now), now, now + rate.window());
}

}  // namespace

std::span<const RateLimit> rate_limits() {
  return kLimits;
}

const RateLimit& rate_limit(RateLimitId id) {
  return kLimits.at(static_cast<std::size_t>(id) - 1);
}

std::optional<Rate> Rate::make(std::uint64_t count, std::chrono::seconds period) {
  const Milliseconds whole = period;
  if (count == 0 || whole.count() < 1 || count > static_cast<std::uint64_t>(whole.count())) {
    return std::nullopt;
  }
  const auto number = static_cast<std::int64_t>(count);
  return Rate(count, period, Milliseconds((whole.count() + number - 1) / number));
}

Milliseconds Rate::window() const {
  return interval_ * static_cast<std::int64_t>(count_);
}

std::expected<Instant, Instant> judge(const Rate& rate,
                                      std::optional<Instant> arrival,
                                      Instant now) {
  const Instant next = owed(rate, arrival, now) + rate.interval();
  if (next - now > rate.window()) return std::unexpected(next - rate.window());
  return next;
}

Instant count(const Rate& rate, std::optional<Instant> arrival, Instant now) {
  return std::min(owed(rate, arrival, now) + rate.interval(), now + rate.window());
}

}  // namespace policy
