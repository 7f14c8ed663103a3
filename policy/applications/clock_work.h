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
  /// Asks the applicant by mail (ALI-19); may be empty.
  std::function<void(storage::Transaction&, const Application&, ca::Time now)> ask_by_mail = {};
};

/// Whether the gate email_confirm is open and nobody has been asked yet. tick() notes that it is so
/// no more; whoever runs it asks.
bool first_mail_is_due(const Application& application);

/// Does what is due for one application and ends the row; the engine puts the next one. Throws for
/// faults of ours; the row then stays.
boost::asio::awaitable<void> run_application_clock(ClockServices& services, storage::WorkKey key);

}  // namespace policy
