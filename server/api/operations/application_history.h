// What the audit log says of one application.
#pragma once

#include <functional>

#include "ca/audit_log.h"
#include "policy/applications/application.h"
#include "server/api/call.h"
#include "server/api/schema.h"

namespace server::api {

extern const Shape kTimelineEntry;

/// Visits the entries about the application and about what names it (a document, a call, a claim),
/// from entry `first` on.
void visit_history(const storage::Snapshot& snapshot,
                   const policy::Application& application,
                   std::uint64_t first,
                   const std::function<storage::Scan(const ca::AuditEntry&)>& visit);

/// One page of them, oldest first.
policy::Allowed<Answer> timeline_page(const storage::Snapshot& snapshot,
                                      const policy::Application& application,
                                      const Call& call);

}  // namespace server::api
