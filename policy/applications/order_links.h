// Which orders of ACME rest on an application: all of them for the proof, the newest for whoever
// reads the application.
#pragma once

#include <string>
#include <string_view>

#include "policy/applications/application.h"
#include "storage/transaction.h"

namespace policy {

/// ApplicationId octets, id of the order as text -> nothing.
inline constexpr storage::TableName kApplicationOrders{"application_orders"};

/// How many Application::orders has at most.
inline constexpr std::size_t kMostOrdersShown = 50;

/// The order rests on `application` from now on. The application's version stays: nothing changes
/// for those who work on it. Does nothing the second time.
void link_order(storage::Transaction& transaction,
                const ApplicationId& application,
                const std::string& order);
bool is_linked(const storage::Snapshot& snapshot,
               const ApplicationId& application,
               std::string_view order);
/// Forgets the orders of an application that is erased.
void erase_links(storage::Transaction& transaction, const ApplicationId& application);

}  // namespace policy
