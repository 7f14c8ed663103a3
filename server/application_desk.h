// What applications are judged by in this server, put together (policy/applications/ports.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ca/crypto/random.h"
#include "policy/applications/ports.h"
#include "policy/calendars/calendar.h"
#include "policy/domain_control/methods.h"
#include "policy/name_rules.h"
#include "policy/product.h"

namespace server {

/// Owns the parts that the engine of applications works with. Immutable after construction; safe
/// from any thread. What it is given outlives it.
class ApplicationDesk {
 public:
  /// Scheme and authority of the links in mails, asked for once the server listens. Without it
  /// nobody is asked by mail.
  using BaseUrl = std::function<std::string()>;

  ApplicationDesk(const policy::Catalog& catalog,
                  const policy::Calendars& calendars,
                  const policy::ControlHouse& house,
                  ca::RandomSource& random,
                  policy::SpecialUseNames special_use,
                  BaseUrl base_url = {});
  ~ApplicationDesk();
  ApplicationDesk(const ApplicationDesk&) = delete;
  ApplicationDesk& operator=(const ApplicationDesk&) = delete;

  [[nodiscard]] const policy::Surroundings& surroundings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
