#include "policy/applications/order_links.h"

#include <vector>

#include "policy/applications/applications.h"

namespace policy {

namespace {

std::string key_of(const ApplicationId& application, std::string_view order) {
  return application.octets() + std::string(order);
}

}  // namespace

void link_order(storage::Transaction& transaction,
                const ApplicationId& application,
                const std::string& order) {
  auto record = kApplications.get(transaction, application.octets());
  if (!record || is_linked(transaction, application, order)) return;
  transaction.put(kApplicationOrders, key_of(application, order), "");
  record->orders.push_back(order);
  if (record->orders.size() > kMostOrdersShown) record->orders.erase(record->orders.begin());
  store_application(transaction, *record);
}

bool is_linked(const storage::Snapshot& snapshot,
               const ApplicationId& application,
               std::string_view order) {
  return snapshot.get(kApplicationOrders, key_of(application, order)).has_value();
}

void erase_links(storage::Transaction& transaction, const ApplicationId& application) {
  std::vector<std::string> rows;
  transaction.scan(kApplicationOrders, application.octets(),
                   [&](std::string_view key, std::string_view) {
                     if (!key.starts_with(application.octets())) return storage::Scan::stop;
                     rows.emplace_back(key);
                     return storage::Scan::proceed;
                   });
  for (const std::string& row : rows) transaction.erase(kApplicationOrders, row);
}

}  // namespace policy
