// Clients that ask for held orders while others are served: a few in haste, all others as
// Retry-After tells them to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/review_load/held_orders.h"

namespace tests {

struct PollOptions {
  std::string base_url;
  std::filesystem::path ca_file;
  std::size_t hasty = 200;                   // clients that ask again and again, on one connection
  std::chrono::milliseconds hasty_pause{0};  // between their questions: 1000 to 2000
  std::chrono::seconds polite_pause{3600};   // of every other order, on a fresh connection
};

struct PollResult {
  std::uint64_t hasty = 0;   // answers with the order
  std::uint64_t polite = 0;  // the same
  std::uint64_t refused_nonces = 0;
  std::uint64_t errors = 0;
  double wall_seconds = 0;  // until it was told to end
  std::map<std::string, std::uint64_t> faults;
};

/// Polls until `is_over`, which another thread sets. Every answer has to be an order in
/// `processing`.
PollResult run_polls(const PollOptions& options,
                     const std::vector<Holder>& holders,
                     const std::atomic<bool>& is_over);

}  // namespace tests
