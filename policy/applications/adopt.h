// How an order finds the application it may rest on (rules of the specification).
#pragma once

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
/// The newest application for exactly this that is live (under way, approved or issued), or
/// nothing. An approved or issued one goes before one that is under way. Whether its approval still
/// counts is for begin_issuing to say.
std::optional<Application> adopt(const storage::Snapshot& snapshot, const AdoptionKey& key);

}  // namespace policy
