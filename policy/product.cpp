#include "policy/product.h"

#include <array>
#include <stdexcept>
#include <utility>
#include <variant>

namespace policy {

namespace {

using namespace std::chrono_literals;

// BR 3.2.2.4.19: agreed-upon changes to a web site are "not suitable for validating Wildcard Domain
// Names"; BR 3.2.2.4.7: changes to DNS are.
constexpr std::array<MethodFacts, 2> kMethods{{
    {ValidationMethod::http_01, "http-01", Proves::single_names, "ca-tbr-19"},
    {ValidationMethod::dns_01, "dns-01", Proves::names_and_wildcards, "ca-tbr-7"},
}};

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
       {ValidationMethod::http_01, ValidationMethod::dns_01},
       100,
       168h,
       720h},
  };
  return kRows;
}

}  // namespace

std::span<const MethodFacts> validation_methods() {
  return kMethods;
}

const MethodFacts& facts_of(ValidationMethod method) {
  return kMethods.at(static_cast<std::size_t>(method));
}

std::string_view text_of(ValidationMethod method) {
  return facts_of(method).text;
}

bool can_prove(ValidationMethod method, const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr) return false;
  switch (facts_of(method).proves) {
    case Proves::single_names:
      return !name->is_wildcard();
    case Proves::names_and_wildcards:
      return true;
  }
  std::unreachable();
}

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
