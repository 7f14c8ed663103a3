#include "server/key_access.h"

#include <string>
#include <string_view>
#include <utility>

namespace server {
namespace {

using acme::Severity;

std::pair<Severity, std::string_view> event_of(ca::HsmStanding standing) {
  switch (standing) {
    case ca::HsmStanding::ready:
      return {Severity::info, "hsm.ready"};
    case ca::HsmStanding::away:
      return {Severity::error, "hsm.away"};
    case ca::HsmStanding::halted:
      return {Severity::error, "hsm.halted"};
  }
  std::unreachable();
}

}  // namespace

ca::KeyAccess key_access(const Settings& settings) {
  return {.passphrase_source = settings.ca_passphrase_file,
          .hsm = {.sessions = settings.ca_hsm_sessions, .deadline = settings.ca_hsm_timeout}};
}

ca::KeyAccess key_access(const Settings& settings, acme::EventLog& log) {
  ca::KeyAccess access = key_access(settings);
  access.hsm.on_change = [&log](ca::HsmStanding standing, const std::string& why) {
    const auto [severity, event] = event_of(standing);
    log.record(severity, event, {{"detail", why}});
  };
  return access;
}

}  // namespace server
