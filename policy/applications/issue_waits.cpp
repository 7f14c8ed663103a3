#include "policy/applications/issue_waits.h"

#include <utility>

#include "policy/applications/case.h"

namespace policy {

Allowed<Application> issue_waits(const Here& here, const Target& target, std::string reason) {
  if (!here.actor.has(Role::system)) {
    return Refused(Fault{FaultCode::forbidden, "only the server does this"});
  }
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  const Gate* const checks = application.gate(GateName::issue_checks);
  if (application.state != ApplicationState::approved || checks == nullptr) {
    return Refused(Fault{FaultCode::state_conflict,
                         "the application is " + std::string(text_of(application.state))});
  }
  if (checks->reason == reason) return application;
  current->edit().gate(GateName::issue_checks)->reason = reason;
  current->edit().sub_state = SubState::issue_failed;
  return current->finish("issue_waits", {{"reason", std::move(reason)}});
}

}  // namespace policy
