// I6: every application went the ways that the table of transitions has, and stands where the audit
// log says.
#pragma once

#include <string>
#include <vector>

#include "policy/applications/state.h"
#include "storage/transaction.h"

namespace policy {

/// Whether the table of transitions (policy/applications/advance.h) has a way from one state to the
/// other, where open gates may say how far it goes at once.
bool may_go(ApplicationState from, ApplicationState to);

/// One sentence for each fault.
std::vector<std::string> verify_application_history(const storage::Snapshot& snapshot);

}  // namespace policy
