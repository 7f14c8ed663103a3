// Which pieces of work an application means, and bringing the queues in line with it.
#pragma once

#include <string>

#include "policy/applications/commands.h"
#include "policy/product.h"
#include "policy/reviews/review_task.h"

namespace policy {

/// Opens a task for every gate that waits for the authority, one for the decision, and closes what
/// nobody has to do any more. Ids follow from application, type and version, so that doing it twice
/// gives the same rows.
void bring_tasks_in_line(const Here& here,
                         const Application& before,
                         const Application& after,
                         const Product& product);

/// Opens one of a type without a gate (escalation, stuck, …), or makes the open one more urgent.
void open_extra_task(const Here& here,
                     const Application& application,
                     const Product& product,
                     TaskType type,
                     std::string reason);
/// Ends the open ones of such a type.
void close_extra_tasks(storage::Transaction& transaction,
                       const ApplicationId& application,
                       TaskType type,
                       ca::Time now);
/// All open tasks become more urgent, deferred ones too: they are back in their queues.
void raise_urgency(storage::Transaction& transaction, const ApplicationId& application);

}  // namespace policy
