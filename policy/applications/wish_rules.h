// What may be asked for under a product: names, request, organization, contacts, methods.
#pragma once

#include <vector>

#include "policy/applications/ports.h"
#include "policy/name_rules.h"

namespace policy {

/// The rules of this server.
class HouseWishRules final : public WishRules {
 public:
  explicit HouseWishRules(SpecialUseNames special_use) : special_use_(special_use) {}
  [[nodiscard]] std::vector<FaultAt> faults(const storage::Snapshot& snapshot,
                                            const Application& application,
                                            const Product& product,
                                            WishExtent extent) const override;

 private:
  SpecialUseNames special_use_;
};

}  // namespace policy
