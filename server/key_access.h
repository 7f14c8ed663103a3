// How issuing keys are opened: where the passphrase is, and how devices are waited for.
#pragma once

#include "acme/event_log.h"
#include "ca/custody/key_file.h"
#include "server/config/settings.h"

namespace server {

/// As the settings say. What happens to a device goes nowhere.
ca::KeyAccess key_access(const Settings& settings);

/// The same for whoever issues: with the signer's ledger, and with an event for every change of a
/// device (hsm.ready, hsm.away, hsm.halted) and of the ledger (signer_ledger.unwritable,
/// signer_ledger.writable). `log` outlives the signers. Throws std::runtime_error if there is to be
/// a ledger that cannot be written.
ca::KeyAccess key_access(const Settings& settings, acme::EventLog& log);

}  // namespace server
