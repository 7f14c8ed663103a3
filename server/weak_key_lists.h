// The lists of weak keys that the settings name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "acme/event_log.h"
#include "ca/crypto/weak_keys.h"
#include "ca/time.h"
#include "policy/product.h"
#include "server/config/settings.h"

namespace server {

/// Reads ca.weak_key_lists: each file, and of each folder every file by name but for those that
/// begin with a dot. Null if there are none. Throws std::runtime_error with file and line for the
/// first thing that cannot be used.
std::shared_ptr<const ca::WeakKeys> read_weak_keys(const Settings& settings);

/// Keys that `products` of public trust, those that have not ended at `now`, certify although no
/// list is for them (BR 6.1.1.3 (5)), as in "RSA-2048 P-256"; empty if there are none. ACME clients
/// may bring keys of every kind.
std::string keys_without_list(const ca::WeakKeys* lists,
                              const std::vector<policy::Product>& products,
                              ca::Time now);

/// Throws BadConfiguration with the kinds of keys_without_list if ca.weak_key_lists_required says
/// that there may be none.
void require_weak_key_lists(const Settings& settings,
                            const ca::WeakKeys* lists,
                            const std::vector<policy::Product>& products,
                            ca::Time now);

/// From now on keys are held against the lists; says in the log how many keys they hold, and which
/// lists are missing. Throws what read_weak_keys and require_weak_key_lists throw; the lists that
/// were there before count on then.
void use_weak_key_lists(const Settings& settings,
                        const std::vector<policy::Product>& products,
                        ca::Time now,
                        acme::EventLog& log);

}  // namespace server
