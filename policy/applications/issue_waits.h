// What people are told while an approved application is not signed for.
#pragma once

#include <string>

#include "policy/applications/commands.h"

namespace policy {

/// Nothing was begun this time, for a passing cause: the application is approved, and its gate
/// issue_checks tells why it waits. By the server. Does nothing if it says so already.
Allowed<Application> issue_waits(const Here& here, const Target& target, std::string reason);

}  // namespace policy
