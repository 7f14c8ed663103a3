// What happens to an application because time has passed.
#pragma once

#include <optional>

#include "policy/applications/commands.h"

namespace policy {

/// The earliest instant at which tick() has something to do; nothing if it waits for people only.
std::optional<ca::Time> next_due(const Application& application);

/// Does whatever is due at here.now: domain control has run out, no answer came, an approval is too
/// old, a date of the desk has passed, nothing has happened for days. Doing it twice changes
/// nothing more. The caller is the server, for a row of due work of kind application_clock; ending
/// that row is the caller's.
Allowed<Application> tick(const Here& here, const ApplicationId& id);

}  // namespace policy
