// What must happen next, and when. The table is the only scheduler: a restart reads it and goes on.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>

#include "acme/fulfilment/work_picker.h"
#include "acme/records/due_work_record.h"
#include "acme/services.h"

namespace acme {

/// What runs a kind of work, and how much of it at once.
struct WorkHandler {
  /// Ends the row, or sets a later one, in the write that stores the outcome. A fault that is
  /// thrown postpones the row: 1, 2, 4 … 300 seconds.
  std::function<boost::asio::awaitable<void>(WorkKey)> run;
  WorkPicker::Places places;
};
using WorkHandlers = std::map<WorkKind, WorkHandler>;

/// Picks up due work and runs each piece where its kind belongs. Every piece ends in one
/// Store::write that also removes or reschedules its row. While the store takes no outcomes nothing
/// starts, and after a refusal one piece tries first.
class DueWorkRunner {
 public:
  /// Where things run. Each of these executors runs one thing at a time.
  struct Executors {
    boost::asio::any_io_executor runner;
    /// Asked once for each piece. Validations wait; issuing signs once; a CRL computes for long.
    std::function<boost::asio::any_io_executor(WorkKind)> piece;

    /// Everything on `one`, which may run several things at a time.
    static Executors all_on(const boost::asio::any_io_executor& one);
  };
  struct Limits {
    std::size_t concurrent_validations = 1'000;
    std::size_t concurrent_issuances = 64;
    std::size_t validations_of_one_account = 100;  // so that no account holds all places
    std::chrono::seconds validation_deadline{20};
  };

  /// `others` run the kinds of other floors; rows of a kind that nobody runs stay as they are.
  DueWorkRunner(Services& services, Executors executors, Limits limits, WorkHandlers others = {});
  ~DueWorkRunner();

  /// Sweeps claims that an earlier process left behind (docs/issuance-cycle.md), then runs until
  /// stop(). Call once.
  boost::asio::awaitable<void> run();
  /// Looks at the table now. Safe from any thread; cheap when called often.
  void wake();
  /// Wakes the runner for this very piece, whose row is committed, and returns when it has ended or
  /// `patience` has passed. Safe from any thread.
  boost::asio::awaitable<void> finish(WorkKey key, std::chrono::milliseconds patience);
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
