// Everything an operation of the API may use, in one struct of references. Built by the
// application, outlives every request.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "acme/clock.h"
#include "acme/event_log.h"
#include "ca/crypto/random.h"
#include "ca/issuer_set.h"
#include "policy/applications/ports.h"
#include "policy/calendars/calendar.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/ports.h"
#include "policy/reviews/registrant.h"
#include "storage/store.h"

namespace server::api {

struct Context {
  storage::Store& store;
  const acme::Clock& clock;
  ca::RandomSource& random;
  acme::EventLog& events;
  /// What applications are judged by.
  const policy::Surroundings& surroundings;
  const ca::IssuerSet& issuers;
  /// What methods of domain control need of the house.
  policy::ControlHouse control_house = {};
  /// How to look into the DNS and the web; without it what needs it is refused.
  std::optional<policy::ControlPorts> lookups = {};
  policy::RegistrantReader* registrants = nullptr;  // null: registries are not asked
  const policy::Calendars* calendars = nullptr;     // of the offices; null: nothing is said of them
  std::string base_url;  // scheme and authority, without a slash at the end
  /// Called after a commit that may have left due work.
  std::function<void()> wake_due_work = [] {};
};

}  // namespace server::api
