// The due work of domain control: one look at everything of an application that is unproven.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/domain_control/control.h"
#include "policy/domain_control/ports.h"
#include "policy/product.h"
#include "storage/due_work.h"
#include "storage/store.h"

namespace policy {

/// Who hears of the outcome, in the transaction that stores it.
class ControlFollower {
 public:
  virtual ~ControlFollower() = default;
  /// Every name is proven; `claims` are the ids of the evidence. Domain control is closed behind
  /// it.
  virtual void proven(storage::Transaction& transaction,
                      const ApplicationId& application,
                      const std::vector<std::string>& claims,
                      ca::Time now) = 0;
  /// A name cannot be certified as things are; it is looked for further.
  virtual void refused(storage::Transaction& transaction,
                       const ApplicationId& application,
                       const std::string& reason,
                       ca::Time now) = 0;
};

/// References to objects that outlive the work.
struct ControlServices {
  storage::Store& store;
  const Catalog& catalog;
  const ControlHouse& house;
  ControlPorts ports;
  ca::RandomSource& random;
  std::function<ca::Time()> now;
  ControlFollower& follower;
};

/// Looks once, stores what was seen, and sets the next look or none. What takes too long is left to
/// the next look. Throws for faults of ours; the row then stays.
boost::asio::awaitable<void> run_control_look(ControlServices& services, storage::WorkKey key);

}  // namespace policy
