// Which entries of the audit log are about one object, without a walk over all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ca/audit_log.h"

namespace ca {

/// Whether `text` is the id of something whose history people read: applications and what belongs
/// to them. What machines do for ACME is not indexed; there is too much of it.
bool is_indexed_subject(std::string_view text);

/// Visits the entries from `first` on whose subject is `id`, or one of whose facts is, in order.
/// For an id that is not indexed there are none.
void read_audit_about(const storage::Snapshot& snapshot,
                      std::string_view id,
                      std::uint64_t first,
                      const std::function<storage::Scan(const AuditEntry&)>& visit);

}  // namespace ca
