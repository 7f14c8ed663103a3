// Products: what a subscriber can order, as rows of data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate_profile.h"
#include "policy/validation_method.h"

namespace policy {

/// One row of the catalog. Immutable.
struct Product {
  std::string name;                             // also the ACME profile name: "dv"
  std::string description;                      // one sentence for the directory
  const ca::CertificateProfile* profile;        // never null
  std::vector<ValidationMethod> methods;        // offered in this order
  std::uint32_t max_names;                      // per order
  std::chrono::seconds order_lifetime;          // RFC 8555 §7.1.3 `expires`
  std::chrono::seconds authorization_lifetime;  // how long a valid authorization counts (BR 4.2.1)
};

/// The products on offer. Immutable after construction; safe from any thread.
class Catalog {
 public:
  /// The house catalog. Later catalogs are files under policy/catalog/.
  Catalog();
  /// The same, where no valid authorization counts for longer than this.
  explicit Catalog(std::chrono::seconds longest_authorization);
  /// A catalog of these products, never none; the first is the default one.
  explicit Catalog(std::vector<Product> products);
  [[nodiscard]] const Product* find(std::string_view name) const;  // null if absent
  [[nodiscard]] const Product& default_product() const;            // for clients that name none
  [[nodiscard]] const std::vector<Product>& products() const { return products_; }

 private:
  std::vector<Product> products_;
};

}  // namespace policy
