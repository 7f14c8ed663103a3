#include "policy/product.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace policy {

namespace {

using namespace std::chrono_literals;

/// One row of the house catalog. `profile` is the name of a row in ca/certificate_profile.cpp.
struct Row {
  std::string_view name, description, profile;
  std::vector<ValidationMethod> methods;
  std::uint32_t max_names;
  std::chrono::seconds order_lifetime, authorization_lifetime;
};

// BR 4.2.1 lets a domain validation count for 200 days from 2026-03-15; the house is far stricter,
// because an automatic client proves control anew at no cost.
const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"dv",
       "Domain validated, for any ACME client",
       "dv",
       {ValidationMethod::http_01, ValidationMethod::dns_01, ValidationMethod::tls_alpn_01},
       100,
       168h,
       720h},
      {"shortlived",
       "Domain validated, for six days, so that it ends before a revocation would spread",
       "shortlived",
       {ValidationMethod::http_01, ValidationMethod::dns_01, ValidationMethod::tls_alpn_01},
       100,
       168h,
       720h},
  };
  return kRows;
}

}  // namespace

Catalog::Catalog() {
  for (const Row& row : rows()) {
    const ca::CertificateProfile* profile = ca::find_profile(row.profile);
    if (profile == nullptr) {
      throw std::logic_error("product " + std::string(row.name) +
                             " names the certificate profile " + std::string(row.profile) +
                             ", which does not exist");
    }
    products_.push_back({std::string(row.name), std::string(row.description), profile, row.methods,
                         row.max_names, row.order_lifetime, row.authorization_lifetime});
  }
}

Catalog::Catalog(std::chrono::seconds longest_authorization) : Catalog() {
  for (Product& product : products_) {
    product.authorization_lifetime =
        std::min(product.authorization_lifetime, longest_authorization);
  }
}

Catalog::Catalog(std::vector<Product> products) : products_(std::move(products)) {
  if (products_.empty()) throw std::logic_error("a catalog without products");
}

const Product* Catalog::find(std::string_view name) const {
  for (const Product& product : products_) {
    if (product.name == name) return &product;
  }
  return nullptr;
}

const Product& Catalog::default_product() const {
  return products_.front();
}

}  // namespace policy
