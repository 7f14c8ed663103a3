// Products: what a subscriber can order, as rows of data.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate_profile.h"
#include "ca/names/identifier.h"

namespace policy {

/// Ways to prove control of a name that ACME can carry. The numbers are stored.
enum class ValidationMethod : std::uint8_t { http_01 = 0, dns_01 = 1 };

/// What a method can prove control of.
enum class Proves {
  single_names,         // one DNS name, never a wildcard
  names_and_wildcards,  // DNS names of both kinds
};

/// One row of the table of methods.
struct MethodFacts {
  ValidationMethod method;
  std::string_view text;  // the spelling of the IANA registry: "http-01"
  Proves proves;
  std::string_view tbr_label;  // the other label that CAA records may have for it (BR 4.2.2.1)
};

/// All methods, in the order of the enumerators.
std::span<const MethodFacts> validation_methods();
const MethodFacts& facts_of(ValidationMethod method);
std::string_view text_of(ValidationMethod method);  // "http-01"
/// Whether `method` can prove control of `identifier` at all, whatever a product offers.
bool can_prove(ValidationMethod method, const ca::Identifier& identifier);

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
  [[nodiscard]] const Product* find(std::string_view name) const;  // null if absent
  [[nodiscard]] const Product& default_product() const;            // for clients that name none
  [[nodiscard]] const std::vector<Product>& products() const { return products_; }

 private:
  std::vector<Product> products_;
};

}  // namespace policy
