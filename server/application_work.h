// The due work of applications, put together: looks for domain control, clocks, signing.
#pragma once

#include <memory>

#include "acme/fulfilment/due_work.h"
#include "acme/services.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/ports.h"

namespace server {

/// Runs the kinds check_domains, issue_application and application_clock. What it is given outlives
/// it, and it outlives the store's writer.
class ApplicationWork {
 public:
  ApplicationWork(const acme::Services& services,
                  const policy::ControlHouse& house,
                  policy::ZoneReader& zones,
                  policy::SiteReader& sites);
  ~ApplicationWork();
  ApplicationWork(const ApplicationWork&) = delete;
  ApplicationWork& operator=(const ApplicationWork&) = delete;

  [[nodiscard]] acme::WorkHandlers handlers() const;
  /// For looking at names without an application.
  [[nodiscard]] policy::ControlPorts ports() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
