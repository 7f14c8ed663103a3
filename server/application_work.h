// The due work of applications: looking for domain control, signing, clocks.
#pragma once

#include <memory>

#include "acme/fulfilment/due_work.h"
#include "acme/services.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/ports.h"

namespace server {

/// Runs it. What it is given outlives it, and it outlives the runner of due work. Safe from any
/// thread.
class ApplicationWork {
 public:
  ApplicationWork(acme::Services& services,
                  const policy::ControlHouse& house,
                  policy::ZoneReader& zones,
                  policy::SiteReader& sites,
                  policy::ControlPerspectives* perspectives);
  ~ApplicationWork();
  ApplicationWork(const ApplicationWork&) = delete;
  ApplicationWork& operator=(const ApplicationWork&) = delete;

  /// One for each kind that applications have.
  [[nodiscard]] acme::WorkHandlers handlers();
  /// What it looks through, for others that look: as long as this object.
  [[nodiscard]] const policy::ControlPorts& ports() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
