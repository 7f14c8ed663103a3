// What must happen next, and when. The table is the only scheduler: a restart reads it and goes on.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "acme/services.h"

namespace acme {

/// Picks up due work and runs it on an executor of its own, so that neither a slow signature nor a
/// hanging web server holds an I/O thread. Every piece ends in one Store::write that also removes
/// or reschedules its row. While the store takes no outcomes nothing starts, and after a refusal
/// one piece tries first.
class DueWorkRunner {
 public:
  struct Limits {
    std::size_t concurrent_validations = 1'000;
    std::size_t concurrent_issuances = 64;
    std::size_t validations_of_one_account = 100;  // so that no account holds all places
    std::chrono::seconds validation_deadline{20};
  };

  DueWorkRunner(Services& services, boost::asio::any_io_executor executor, Limits limits);
  ~DueWorkRunner();

  /// Sweeps claims that an earlier process left behind (docs/issuance-cycle.md), then runs until
  /// stop(). Call once.
  boost::asio::awaitable<void> run();
  /// Looks at the table now. Safe from any thread; cheap when called often.
  void wake();
  /// Takes nothing new; the awaitable ends when what runs has ended.
  boost::asio::awaitable<void> stop();

  /// One pass, for tests: runs everything due at the clock's time to its end. Returns how many
  /// pieces ran.
  boost::asio::awaitable<std::size_t> step();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace acme
