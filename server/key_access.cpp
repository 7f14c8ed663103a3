#include "server/key_access.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "ca/custody/signer_ledger.h"
#include "server/system_clock.h"

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

std::shared_ptr<ca::SignerLedger> signer_ledger(const Settings& settings, acme::EventLog& log) {
  const auto tell = [&log](const std::optional<std::string>& fault) {
    log.record(fault ? Severity::error : Severity::info,
               fault ? "signer_ledger.unwritable" : "signer_ledger.writable",
               {{"detail", fault.value_or("it is written again")}});
  };
  return std::make_shared<ca::SignerLedger>(
      ca::SignerLedgerOptions{.file = settings.ca_signer_ledger,
                              .clock = [] { return SystemClock{}.seconds(); },
                              .on_change = tell});
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
  if (!settings.ca_signer_ledger.empty()) access.ledger = signer_ledger(settings, log);
  return access;
}

}  // namespace server
