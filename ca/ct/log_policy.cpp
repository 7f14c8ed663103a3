#include "ca/ct/log_policy.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ca::ct {
namespace {

constexpr std::size_t kOperators = 2;

void shuffle(std::vector<const Log*>& logs, RandomSource& random) {
  for (std::size_t i = logs.size(); i > 1; --i) {
    std::size_t drawn = 0;
    for (const char octet : random.bytes(4)) {
      drawn = drawn << 8U | static_cast<unsigned char>(octet);
    }
    std::swap(logs[i - 1], logs[drawn % i]);
  }
}

std::size_t operators_of(const std::vector<const Log*>& logs) {
  std::set<std::string> names;
  for (const Log* log : logs) names.insert(log->operator_name);
  return names.size();
}

/// What one more log must be so that `chosen` can still become enough with `left` more.
bool is_useful(const std::vector<const Log*>& chosen, const Log& log, std::size_t left) {
  std::vector<const Log*> with = chosen;
  with.push_back(&log);
  const bool has_rfc6962 =
      std::ranges::any_of(with, [](const Log* each) { return each->kind == LogKind::rfc6962; });
  std::size_t missing = has_rfc6962 ? 0 : 1;
  missing = std::max(missing, kOperators - std::min(kOperators, operators_of(with)));
  return missing < left || missing == 0;
}

}  // namespace

std::size_t scts_needed(std::chrono::seconds validity) {
  constexpr std::chrono::days kShorter{180};
  return validity <= kShorter ? 2 : 3;
}

bool are_enough(const std::vector<const Log*>& logs, std::size_t needed) {
  std::set<std::string> ids;
  for (const Log* log : logs) ids.insert(log->id);
  const bool has_rfc6962 =
      std::ranges::any_of(logs, [](const Log* each) { return each->kind == LogKind::rfc6962; });
  return ids.size() >= needed && operators_of(logs) >= kOperators && has_rfc6962;
}

std::string list_fault(const std::vector<Log>& logs, std::chrono::seconds validity, Time now) {
  const std::size_t needed = scts_needed(validity);
  // What takes certificates changes only where an interval begins or ends.
  std::vector<Time> ends = {now};
  for (const Log& log : logs) {
    if (log.not_after_from && *log.not_after_from > now) ends.push_back(*log.not_after_from);
  }
  for (const Time end : ends) {
    std::vector<const Log*> takers;
    for (const Log& log : logs) {
      if (log.takes(end)) takers.push_back(&log);
    }
    if (are_enough(takers, needed)) return {};
  }
  return "it has no " + std::to_string(needed) +
         " usable logs of two operators, one of them a log of RFC 6962, that take certificates of "
         "the same end; certificates that are valid for " +
         std::to_string(std::chrono::ceil<std::chrono::days>(validity).count()) +
         " days need so many";
}

std::vector<const Log*> submission_order(const std::vector<Log>& logs,
                                         Time not_after,
                                         std::size_t needed,
                                         RandomSource& random) {
  std::vector<const Log*> candidates;
  for (const Log& log : logs) {
    if (log.takes(not_after)) candidates.push_back(&log);
  }
  if (!are_enough(candidates, needed)) return {};
  shuffle(candidates, random);
  std::vector<const Log*> order;
  while (!candidates.empty()) {
    const std::size_t left = needed > order.size() ? needed - order.size() : 1;
    auto next = std::ranges::find_if(candidates,
                                     [&](const Log* log) { return is_useful(order, *log, left); });
    if (next == candidates.end()) next = candidates.begin();
    order.push_back(*next);
    candidates.erase(next);
  }
  return order;
}

}  // namespace ca::ct
