#include "policy/product.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace policy {

namespace {

using namespace std::chrono_literals;

/// What both rows of the house catalog have in common. BR 4.2.1 lets a domain validation count for
/// 200 days from 2026-03-15; the house is far stricter, because an automatic client proves control
/// anew at no cost.
Product automatic_dv() {
  using enum GateName;
  Product product{};
  product.methods = {ValidationMethod::http_01, ValidationMethod::dns_01,
                     ValidationMethod::tls_alpn_01};
  product.names = {.min = 1, .max = 100, .exact = 100, .wildcard = 100, .ip = 100};
  product.order_lifetime = 168h;
  product.authorization_lifetime = 720h;
  product.acme = true;
  product.family = "house";
  product.brand = "house";
  product.applicants = {ApplicantType::organization, ApplicantType::individual};
  product.stages = {{{{info}}}, {{{dcv}}}, {{{risk_clear}}}, {{{issue_checks}}}};
  product.checklist = "dv";
  product.domain_types = {DomainType::single, DomainType::multi, DomainType::wildcard};
  product.registered_domains = true;
  product.names_lock = NamesLock::issue;
  product.keys = {KeyChoice::rsa_2048, KeyChoice::rsa_3072, KeyChoice::rsa_4096, KeyChoice::ec_p256,
                  KeyChoice::ec_p384};
  product.signature_hashes = {SignatureHash::sha256, SignatureHash::sha384};
  product.control_methods = {ControlMethod::dns_txt, ControlMethod::dns_cname, ControlMethod::file,
                             ControlMethod::http_01, ControlMethod::dns_01};
  product.control_reuse = {.period = {.months = 0, .days = 30}, .key = {ReuseField::domain}};
  product.office = "house";
  product.notices = {NoticeChannel::email};
  return product;
}

Product house_product(std::string name, std::string description) {
  Product product = automatic_dv();
  product.profile = ca::find_profile(name);
  if (product.profile == nullptr) {
    throw std::logic_error("there is no certificate profile for product " + name);
  }
  product.certificate_validity = product.profile->validity;
  product.name = std::move(name);
  product.description = std::move(description);
  return product;
}

/// The newest of several versions stands for all of them.
std::vector<Product> offered_to_acme(const std::vector<Product>& versions) {
  std::vector<Product> offered;
  for (const Product& each : versions) {
    if (!each.acme) continue;
    const auto other = std::ranges::find(offered, each.name, &Product::name);
    if (other == offered.end()) {
      offered.push_back(each);
    } else if (other->version < each.version) {
      *other = each;
    }
  }
  return offered;
}

}  // namespace

GateRequirement Product::requirement(GateName gate) const {
  for (const Stage& stage : stages) {
    const auto found = std::ranges::find(stage.gates, gate, &ProductGate::name);
    if (found != stage.gates.end()) return found->requirement;
  }
  return GateRequirement::not_required;
}

Catalog::Catalog()
    : Catalog({house_product("dv", "Domain validated, for any ACME client"),
               house_product("shortlived",
                             "Domain validated, for six days, so that it ends before a revocation "
                             "would spread")}) {}

Catalog::Catalog(std::chrono::seconds longest_authorization) : Catalog() {
  for (std::vector<Product>* list : {&products_, &versions_}) {
    for (Product& product : *list) {
      product.authorization_lifetime =
          std::min(product.authorization_lifetime, longest_authorization);
    }
  }
}

Catalog::Catalog(std::vector<Product> products)
    : products_(offered_to_acme(products)), versions_(std::move(products)) {
  if (products_.empty()) throw std::logic_error("a catalog without products for ACME");
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
