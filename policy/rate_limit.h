// How often something may happen: the limits there are, and the arithmetic that judges them.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

namespace policy {

/// What is counted. The numbers are stored.
enum class RateLimitId : std::uint8_t {
  new_accounts_per_network = 1,
  new_orders_per_account = 2,
  certificates_per_registered_domain = 3,
  certificates_per_name_set = 4,
  failed_validations_per_account_and_name = 5,
};

/// One row of the table of limits. None is in force until the operator gives it a rate.
struct RateLimit {
  RateLimitId id;
  std::string_view name;     // as settings and refusals call it, without a prefix
  std::string_view counted;  // what is counted, in words
};

/// Every limit, by number. Total.
std::span<const RateLimit> rate_limits();
/// The row of a limit.
const RateLimit& rate_limit(RateLimitId id);

using Milliseconds = std::chrono::milliseconds;
/// A point in time as limits see it.
using Instant = std::chrono::sys_time<Milliseconds>;

/// So many at once, and one more after each interval. Immutable value.
class Rate {
 public:
  /// `count` in `period`, spread evenly; the interval is rounded up to a millisecond. Nothing if
  /// `count` is zero or there are fewer milliseconds than that.
  static std::optional<Rate> make(std::uint64_t count, std::chrono::seconds period);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::seconds period() const { return period_; }
  /// Between two that come as fast as they may for ever.
  [[nodiscard]] Milliseconds interval() const { return interval_; }
  /// After this time without any, all of `count` are free again.
  [[nodiscard]] Milliseconds window() const;

  bool operator==(const Rate&) const = default;

 private:
  Rate(std::uint64_t count, std::chrono::seconds period, Milliseconds interval)
      : count_(count), period_(period), interval_(interval) {}
  std::uint64_t count_;
  std::chrono::seconds period_;
  Milliseconds interval_;
};

/// The generic cell rate algorithm (ITU-T I.371). `arrival` is the theoretical arrival time: when
/// nothing is owed any more; nothing or a time gone by for what is not counted yet. Returns the
/// arrival time after one more at `now`, or, if that is one too many, when it will not be. What is
/// owed never exceeds the rate's window, whatever `arrival` says: clocks are set back and operators
/// change rates.
std::expected<Instant, Instant> judge(const Rate& rate,
                                      std::optional<Instant> arrival,
                                      Instant now);

/// The arrival time after one more at `now` that cannot be refused because it has happened.
Instant count(const Rate& rate, std::optional<Instant> arrival, Instant now);

}  // namespace policy
