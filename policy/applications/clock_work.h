// The due work of applications' clocks (policy/applications/schedule.h).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "ca/time.h"
#include "policy/applications/ports.h"
#include "storage/due_work.h"
#include "storage/store.h"

namespace policy {

/// Refers to objects that outlive the work.
struct ClockServices {
  storage::Store& store;
  const Surroundings& surroundings;
  std::function<ca::Time()> now;
};

/// Does what is due for one application and ends the row; the engine puts the next one. Throws for
/// faults of ours; the row then stays.
boost::asio::awaitable<void> run_application_clock(ClockServices& services, storage::WorkKey key);

}  // namespace policy
