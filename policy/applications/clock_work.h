// The due work of applications' clocks (policy/applications/schedule.h), and of the age of the
// validations that rest on them (policy/organizations/validation_age.h).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "ca/crypto/random.h"
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
  ca::RandomSource& random;
};

/// Does what is due for one application, or for one validation, and ends the row; the next one is
/// put by what is done. Throws for faults of ours; the row then stays.
boost::asio::awaitable<void> run_application_clock(ClockServices& services, storage::WorkKey key);

}  // namespace policy
