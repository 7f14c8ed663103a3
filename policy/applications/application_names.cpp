#include "policy/applications/application_names.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include "policy/name_scope.h"
#include "policy/public_suffix.h"

namespace policy {

namespace {

const ca::DnsName* dns_name(const ca::Identifier& identifier) {
  return std::get_if<ca::DnsName>(&identifier);
}

bool is_wildcard(const ca::Identifier& identifier) {
  const auto* const name = dns_name(identifier);
  return name != nullptr && name->is_wildcard();
}

/// TCG-18: `www` of a registered domain that is asked for too, which counts with it.
bool is_paired(const ca::Identifier& identifier, const std::vector<ca::Identifier>& all) {
  const auto* const name = dns_name(identifier);
  constexpr std::string_view kWww = "www.";
  if (name == nullptr || !name->text().starts_with(kWww)) return false;
  const std::string domain = name->text().substr(kWww.size());
  return registered_domain(domain) == domain &&
         std::ranges::any_of(all, [&](const ca::Identifier& each) {
           return dns_name(each) != nullptr && ca::value_of(each) == domain;
         });
}

/// One judgement of one list of names.
class Names {
 public:
  Names(const Product& product, const std::vector<ca::Identifier>& identifiers)
      : product_(product), all_(identifiers) {
    for (const ca::Identifier& each : all_) {
      if (dns_name(each) == nullptr) {
        ++addresses_;
      } else if (is_wildcard(each)) {
        ++wildcards_;
      } else if (!product.www_pairing || !is_paired(each, all_)) {
        ++plain_;
      }
    }
  }

  void numbers(WishExtent extent);
  void combinations();
  void each_name();
  void never_certified(SpecialUseNames special_use);
  [[nodiscard]] std::vector<FaultAt> take() && { return std::move(faults_); }

 private:
  void complain(std::string pointer, FaultCode code, std::string detail) {
    faults_.push_back({std::move(pointer), code, std::move(detail)});
  }
  void too_many(std::string_view what, std::size_t count, std::uint32_t limit) {
    if (count <= limit) return;
    complain("/identifiers", FaultCode::too_many_names,
             std::to_string(count) + " " + std::string(what) + "; the product takes at most " +
                 std::to_string(limit));
  }
  [[nodiscard]] bool has_type(DomainType type) const {
    return std::ranges::find(product_.domain_types, type) != product_.domain_types.end();
  }
  [[nodiscard]] std::string place_of(const ca::Identifier& identifier) const {
    const auto found = std::ranges::find(all_, identifier);
    return "/identifiers/" + std::to_string(found - all_.begin());
  }
  void one_name(const ca::Identifier& identifier);

  const Product& product_;
  const std::vector<ca::Identifier>& all_;
  std::size_t plain_ = 0;
  std::size_t wildcards_ = 0;
  std::size_t addresses_ = 0;
  std::vector<FaultAt> faults_;
};

void Names::numbers(WishExtent extent) {
  const NameLimits& limits = product_.names;
  const std::size_t total = plain_ + wildcards_ + addresses_;
  too_many("names", total, limits.max);
  too_many("plain names", plain_, limits.exact);
  if (limits.wildcard > 0) too_many("wildcards", wildcards_, limits.wildcard);
  if (limits.ip > 0) too_many("addresses", addresses_, limits.ip);
  if (total > 1 && total <= limits.max && !has_type(DomainType::multi) &&
      !product_.combine_for_mixed) {
    complain("/identifiers", FaultCode::too_many_names, "the product is for one name");
  }
  if (extent == WishExtent::whole && total < limits.min) {
    complain("/identifiers", FaultCode::validation,
             "expected at least " + std::to_string(limits.min) + " names");
  }
}

/// ALI-05: several wildcards, or wildcards beside plain names.
void Names::combinations() {
  const bool mixed = wildcards_ > 1 || (wildcards_ == 1 && plain_ + addresses_ > 0);
  if (!product_.combine_for_mixed || !mixed) return;
  complain("/identifiers", FaultCode::combine_required,
           "several wildcards, or wildcards beside other names, are had by combining certificates");
}

void Names::one_name(const ca::Identifier& identifier) {
  const std::string shown = "\"" + ca::value_of(identifier) + "\"";
  const auto* const name = dns_name(identifier);
  if (name == nullptr) {
    if (product_.names.ip == 0) {
      complain(place_of(identifier), FaultCode::ip_not_allowed, shown + " is an address");
    }
    return;
  }
  if (name->is_wildcard() && (product_.names.wildcard == 0 || !has_type(DomainType::wildcard))) {
    complain(place_of(identifier), FaultCode::wildcard_not_allowed, shown + " is a wildcard");
  }
  const std::string bare = name->without_wildcard().text();
  for (const std::string& suffix : product_.suffix_deny) {
    if (!is_under_pattern(bare, suffix)) continue;
    complain(place_of(identifier), FaultCode::suffix_not_allowed,
             shown + " is under ." + suffix + ", which the product leaves out");
  }
  if (product_.registered_domains && is_public_suffix(bare, SuffixDivision::icann)) {
    complain(place_of(identifier), FaultCode::name_not_allowed,
             shown + " is a public suffix; expected a domain under one");
  }
}

void Names::each_name() {
  for (const ca::Identifier& each : all_) one_name(each);
}

/// Whatever the product says. Numbers and methods were judged above, or are elsewhere.
void Names::never_certified(SpecialUseNames special_use) {
  Product any{};
  any.name = product_.name;
  any.names.max = std::numeric_limits<std::uint32_t>::max();
  any.methods = {ValidationMethod::http_01, ValidationMethod::dns_01};
  const auto violations = check_names(any, all_, special_use);
  if (!violations) return;
  for (const Violation& each : *violations) {
    complain(each.about() ? place_of(*each.about()) : "/identifiers", FaultCode::name_not_allowed,
             each.detail());
  }
}

}  // namespace

std::vector<FaultAt> faults_of_names(const Product& product,
                                     const std::vector<ca::Identifier>& identifiers,
                                     SpecialUseNames special_use,
                                     WishExtent extent) {
  Names names(product, identifiers);
  names.each_name();
  names.numbers(extent);
  names.combinations();
  names.never_certified(special_use);
  return std::move(names).take();
}

}  // namespace policy
