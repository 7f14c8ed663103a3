#include "policy/product.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "policy/catalog/catalog.h"

namespace policy {

namespace {

/// The newest of several versions stands for all of them.
std::vector<Product> offered_to_acme(const std::vector<Product>& versions,
                                     std::optional<ca::Time> now) {
  std::vector<Product> offered;
  for (const Product& each : versions) {
    if (!each.acme || (now && !each.is_in_force(*now))) continue;
    const auto other = std::ranges::find(offered, each.name, &Product::name);
    if (other == offered.end()) {
      offered.push_back(each);
    } else if (other->version < each.version) {
      *other = each;
    }
  }
  if (offered.empty()) throw std::logic_error("a catalog without products for ACME");
  return offered;
}

std::vector<Product> shortened(std::vector<Product> products, std::chrono::seconds longest) {
  for (Product& each : products)
    each.authorization_lifetime = std::min(each.authorization_lifetime, longest);
  return products;
}

}  // namespace

GateRequirement Product::requirement(GateName gate) const {
  for (const Stage& stage : stages) {
    const auto found = std::ranges::find(stage.gates, gate, &ProductGate::name);
    if (found != stage.gates.end()) return found->requirement;
  }
  return GateRequirement::not_required;
}

Catalog::Catalog() : Catalog(shipped_catalog()) {}

Catalog::Catalog(std::chrono::seconds longest_authorization)
    : Catalog(shortened(shipped_catalog(), longest_authorization)) {}

Catalog::Catalog(std::vector<Product> versions)
    : products_(offered_to_acme(versions, std::nullopt)), versions_(std::move(versions)) {}

Catalog::Catalog(std::vector<Product> versions,
                 ca::Time now,
                 std::chrono::seconds longest_authorization)
    : versions_(shortened(std::move(versions), longest_authorization)) {
  products_ = offered_to_acme(versions_, now);
}

const Product* Catalog::find(std::string_view name) const {
  const auto found = std::ranges::find(products_, name, &Product::name);
  return found == products_.end() ? nullptr : &*found;
}

const Product& Catalog::default_product() const {
  return products_.front();
}

const Product* Catalog::in_force(std::string_view name, ca::Time time) const {
  const Product* newest = nullptr;
  for (const Product& each : versions_) {
    if (each.name != name || !each.is_in_force(time)) continue;
    if (newest == nullptr || newest->version < each.version) newest = &each;
  }
  return newest;
}

const Product* Catalog::version(std::string_view name, std::uint32_t version) const {
  for (const Product& each : versions_) {
    if (each.name == name && each.version == version) return &each;
  }
  return nullptr;
}

}  // namespace policy
