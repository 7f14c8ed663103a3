// Proving that stored applications are what they must be. For `chancery verify` and for tests.
#pragma once

#include <string>
#include <vector>

#include "storage/transaction.h"

namespace policy {

/// Everything about applications that the store can be asked: gates against states, decisions
/// against people, revisions, lists, tasks, due work, validations of organizations. Certificates
/// are policy/issuing/. One sentence
/// per fault; empty means intact. Reads everything.
std::vector<std::string> verify_applications(const storage::Snapshot& snapshot);

}  // namespace policy
