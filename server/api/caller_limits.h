// How much of the server one caller may use: requests, and entries of the audit log about what they
// were refused.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "policy/arrival_memory.h"
#include "policy/rate_limit.h"

namespace server::api {

/// The event of an entry about something refused (EVG 5.2.4: what was tried counts, too).
inline constexpr std::string_view kDenied = "access.denied";

/// Both limits. In memory; safe from any thread.
class CallerLimits {
 public:
  /// 600 a minute: many times what people and their tools need.
  static policy::Rate ordinary_rate() {
    return policy::Rate::make(600, std::chrono::minutes(1)).value();
  }
  /// `requests`: of one token.
  explicit CallerLimits(policy::Rate requests) : requests_(requests) {}

  /// Counts a request by `token`. Nothing if it may be answered, or how long to wait.
  std::optional<std::chrono::seconds> judge_request(std::string_view token, policy::Instant now) {
    return tokens_.judge(token, requests_, now);
  }
  /// Whether one more refusal of `person` is to be in the audit log. Beyond it they are in the
  /// server's log alone, so that nobody fills the store by asking for what they do not get.
  bool may_note(std::string_view person, policy::Instant now) {
    static const policy::Rate kNotes = policy::Rate::make(30, std::chrono::hours(1)).value();
    return !people_.judge(person, kNotes, now).has_value();
  }

 private:
  static constexpr std::size_t kMostCallers = 100'000;
  policy::Rate requests_;
  policy::ArrivalMemory tokens_{kMostCallers};
  policy::ArrivalMemory people_{kMostCallers};
};

}  // namespace server::api
