// How issuing keys are opened: where the passphrase is, and how devices are waited for.
#pragma once

#include "acme/event_log.h"
#include "ca/custody/key_file.h"
#include "server/config/settings.h"

namespace server {

/// As the settings say. What happens to a device goes nowhere.
ca::KeyAccess key_access(const Settings& settings);

/// The same, with an event for every change of a device: hsm.ready, hsm.away, hsm.halted. `log`
/// outlives the signers.
ca::KeyAccess key_access(const Settings& settings, acme::EventLog& log);

}  // namespace server
