// What happens to an application because time has passed.
#pragma once

#include <optional>
#include <vector>

#include "policy/applications/commands.h"

namespace policy {

/// The earliest instant at which tick() has something to do; nothing if it waits for people only.
std::optional<ca::Time> next_due(const Application& application);

/// Does whatever is due at here.now: domain control has run out, no answer came, an approval is too
/// old, a date of the desk has passed, nothing has happened for days. Doing it twice changes
/// nothing more. The caller is the server.
Allowed<Application> tick(const Here& here, const ApplicationId& id);

/// Applications with something due at `now`, at most `limit`, earliest first.
std::vector<ApplicationId> due_applications(const storage::Snapshot& snapshot,
                                            ca::Time now,
                                            std::size_t limit);

}  // namespace policy
