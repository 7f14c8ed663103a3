// How an order finds the application it may rest on (rules of the specification).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "policy/applications/application.h"
#include "storage/transaction.h"

namespace policy {

struct AdoptionKey {
  TenantId tenant;
  std::optional<OrganizationId> organization;
  std::string product;
  std::vector<ca::Identifier> names;  // as_set()
};
/// Whether it was approved: no more review will come.
bool is_decided(ApplicationState state);
/// Whether an order that rested on this application could be signed for, now or once it is
/// approved. Asked about live ones only.
using Adoptable = std::function<bool(const Application&)>;
/// The newest application for exactly this that is live (under way, approved or issued) and for
/// which `counts` says yes, or nothing. An approved or issued one goes before one that is under
/// way.
std::optional<Application> adopt(const storage::Snapshot& snapshot,
                                 const AdoptionKey& key,
                                 const Adoptable& counts);

}  // namespace policy
