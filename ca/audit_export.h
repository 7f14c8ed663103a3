// What it takes to check entries of the audit log without the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/audit_log.h"

namespace ca {

/// The bytes of an entry that its hash covers, behind the hash of the entry before: hash is
/// SHA-256(previous_hash, these).
std::string audit_body(const AuditEntry& entry);

/// The first fact of that name; empty where there is none.
std::string fact_in(const AuditEntry& entry, std::string_view name);

/// The newest entry, or nothing while there is none.
std::optional<AuditEntry> last_audit_entry(const storage::Snapshot& snapshot);

}  // namespace ca
