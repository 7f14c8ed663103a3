#include "policy/name_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "ca/names/onion_service.h"
#include "ca/names/public_suffix.h"
#include "policy/domain_control/methods.h"
#include "policy/name_scope.h"

namespace policy {

namespace {

/// A domain under which names are not ordinary. `lab` says whether a laboratory may order them.
enum class InLab { allowed, refused };
struct SpecialDomain {
  std::string_view suffix;
  InLab lab;
  std::string_view why;
};

constexpr SpecialDomain kSpecialDomains[] = {
    {"in-addr.arpa", InLab::refused, "reverse-mapping names are not certified (BR 4.2.2)"},
    {"ip6.arpa", InLab::refused, "reverse-mapping names are not certified (BR 4.2.2)"},
    {"home.arpa", InLab::allowed, "it is reserved for home networks (RFC 8375)"},
    {"test", InLab::allowed, "it is reserved for tests (RFC 6761)"},
    {"example", InLab::allowed, "it is reserved for documentation (RFC 6761)"},
    {"invalid", InLab::allowed, "it is reserved as never valid (RFC 6761)"},
    {"localhost", InLab::allowed, "it is reserved for the loopback interface (RFC 6761)"},
    {"local", InLab::allowed, "it is reserved for multicast DNS (RFC 6762)"},
    {"internal", InLab::allowed, "it is reserved for private networks"},
    {"alt", InLab::allowed, "it is reserved for names outside the DNS (RFC 9476)"},
};

std::optional<std::string> fault_of(const ca::DnsName& name, SpecialUseNames special_use) {
  for (const SpecialDomain& domain : kSpecialDomains) {
    if (!is_at_or_under(name.text(), domain.suffix)) continue;
    if (domain.lab == InLab::allowed && special_use == SpecialUseNames::allowed_in_lab) continue;
    return "\"" + name.text() + "\" is under ." + std::string(domain.suffix) + ": " +
           std::string(domain.why);
  }
  return std::nullopt;
}

/// BR 1.6.1: an Internal Name. Nobody can show control of it, because it is nobody's.
std::optional<std::string> internal_name_fault(const Product& product,
                                               const ca::DnsName& name,
                                               SpecialUseNames special_use) {
  const bool may_be_internal =
      product.trust == Trust::privately || special_use == SpecialUseNames::allowed_in_lab;
  // .onion is no domain of the DNS; BR Appendix B has rules for it.
  if (may_be_internal || ca::is_onion(name) || ca::is_under_top_level_domain(name.text())) {
    return std::nullopt;
  }
  return "\"" + name.text() +
         "\" is an internal name: its last label is no top-level domain of the DNS (BR 4.2.2)";
}

/// A name that a wildcard of the same order covers would make the certificate say one thing twice.
const ca::DnsName* wildcard_covering(const ca::DnsName& name,
                                     const std::vector<ca::Identifier>& identifiers) {
  if (name.is_wildcard()) return nullptr;
  const std::string_view parent = std::string_view(name.text()).substr(name.text().find('.') + 1);
  for (const ca::Identifier& other : identifiers) {
    const auto* wildcard = std::get_if<ca::DnsName>(&other);
    if (wildcard != nullptr && wildcard->is_wildcard() &&
        wildcard->without_wildcard().text() == parent) {
      return wildcard;
    }
  }
  return nullptr;
}

/// Why one name cannot be had, in the words of ACME and of the API.
struct Refusal {
  ViolationKind kind;
  FaultCode code;
  std::string detail;
};

std::string in_quotes(const ca::Identifier& identifier) {
  return "\"" + ca::value_of(identifier) + "\"";
}

/// What is asked for, and what can prove it.
struct Request {
  const Product& product;
  const std::vector<ca::Identifier>& identifiers;
  SpecialUseNames special_use;
  bool (*is_provable)(const Product& product, const ca::Identifier& identifier);
};

std::optional<Refusal> judge_address(const Request& request, const ca::IpAddress& address) {
  if (request.product.names.ip == 0 || !request.is_provable(request.product, address)) {
    return Refusal{ViolationKind::unsupported_identifier, FaultCode::ip_not_allowed,
                   in_quotes(address) + " is an IP address; product \"" + request.product.name +
                       "\" certifies DNS names only"};
  }
  // BR 4.2.2: an address that is nobody's alone is not certified.
  const auto block = ca::special_purpose_block(address);
  if (!block || request.special_use == SpecialUseNames::allowed_in_lab) return std::nullopt;
  return Refusal{
      ViolationKind::rejected_identifier, FaultCode::ip_not_allowed,
      in_quotes(address) + " is not a public address: " + std::string(*block) + " (BR 4.2.2)"};
}

std::optional<Refusal> judge_wildcard(const Request& request, const ca::DnsName& name) {
  const auto refused = [&](FaultCode code, std::string detail) {
    return Refusal{ViolationKind::rejected_identifier, code, in_quotes(name) + std::move(detail)};
  };
  if (request.product.names.wildcard == 0) {
    return refused(FaultCode::wildcard_not_allowed,
                   " is a wildcard; product \"" + request.product.name + "\" takes none");
  }
  if (!request.is_provable(request.product, name)) {
    return refused(FaultCode::wildcard_not_allowed, " is a wildcard; no method that product \"" +
                                                        request.product.name +
                                                        "\" offers can prove control of one");
  }
  // BR 3.2.2.6: nobody controls all names under a public suffix.
  const std::string domain = name.without_wildcard().text();
  if (ca::is_public_suffix(domain, ca::SuffixDivision::icann)) {
    return refused(FaultCode::name_not_allowed,
                   " is a wildcard directly under the public suffix \"" + domain +
                       "\"; expected one under a registered domain");
  }
  return std::nullopt;
}

bool any_method_proves(const Product& product, const ca::Identifier& identifier) {
  return std::ranges::any_of(product.control_methods,
                             [&](ControlMethod method) { return can_prove(method, identifier); });
}

/// BR Appendix B: an onion name is certified if it is the name of a service.
std::optional<Refusal> judge_onion(const Request& request, const ca::DnsName& name) {
  if (!ca::is_onion(name)) return std::nullopt;
  const auto service = ca::onion_service(name);
  if (service && request.is_provable(request.product, name)) return std::nullopt;
  if (service && any_method_proves(request.product, name)) {
    return Refusal{ViolationKind::rejected_identifier, FaultCode::dcv_method_not_available,
                   in_quotes(name) + " is an onion name, which under product \"" +
                       request.product.name + "\" only an ACME order can prove"};
  }
  return Refusal{ViolationKind::rejected_identifier, FaultCode::name_not_allowed,
                 service ? in_quotes(name) +
                               " is an onion name, which needs the validation of BR Appendix B; "
                               "product \"" +
                               request.product.name + "\" does not offer it"
                         : service.error().detail()};
}

std::optional<Refusal> judge_name(const Request& request, const ca::DnsName& name) {
  const auto refused = [](FaultCode code, std::string detail) {
    return Refusal{ViolationKind::rejected_identifier, code, std::move(detail)};
  };
  if (auto refusal = judge_onion(request, name)) return refusal;
  if (std::optional<std::string> fault = fault_of(name, request.special_use))
    return refused(FaultCode::name_not_allowed, *std::move(fault));
  const std::string bare = name.without_wildcard().text();
  for (const std::string& suffix : request.product.suffix_deny) {
    if (!is_under_suffix(bare, suffix)) continue;
    return refused(FaultCode::suffix_not_allowed, in_quotes(name) + " is under ." + suffix +
                                                      ", where product \"" + request.product.name +
                                                      "\" takes no names");
  }
  if (auto fault = internal_name_fault(request.product, name, request.special_use))
    return refused(FaultCode::name_not_allowed, *std::move(fault));
  if (name.is_wildcard()) {
    if (auto refusal = judge_wildcard(request, name)) return refusal;
  } else if (!request.is_provable(request.product, name)) {
    return refused(FaultCode::name_not_allowed,
                   in_quotes(name) + " cannot be proven by any method that product \"" +
                       request.product.name + "\" offers");
  }
  if (request.product.registered_domains && ca::is_public_suffix(bare, ca::SuffixDivision::all)) {
    return refused(FaultCode::name_not_allowed,
                   in_quotes(name) +
                       " is a public suffix; expected a registered domain or a name "
                       "under one");
  }
  if (const ca::DnsName* wildcard = wildcard_covering(name, request.identifiers)) {
    return refused(FaultCode::name_not_allowed,
                   in_quotes(name) + " is covered by \"" + wildcard->text() +
                       "\" of the same order already; leave one of them out");
  }
  return std::nullopt;
}

std::optional<Refusal> judge(const Request& request, const ca::Identifier& identifier) {
  if (const auto* address = std::get_if<ca::IpAddress>(&identifier))
    return judge_address(request, *address);
  return judge_name(request, std::get<ca::DnsName>(identifier));
}

/// BR Appendix B: an application has neither the challenge that is signed with the key of the
/// service nor a way to bring the service's CAA records.
bool application_proves(const Product& product, const ca::Identifier& identifier) {
  return !ca::is_onion(identifier) && any_method_proves(product, identifier);
}

bool acme_proves(const Product& product, const ca::Identifier& identifier) {
  return !methods_for(product, identifier).empty();
}

/// The `www` of a name that stands there too comes with it.
bool is_other_half(const ca::Identifier& identifier,
                   const std::vector<ca::Identifier>& identifiers) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr || name->is_wildcard() || !name->text().starts_with("www.")) return false;
  const std::string apex = name->text().substr(4);
  return ca::registered_domain(apex) == apex &&
         std::ranges::any_of(
             identifiers, [&](const ca::Identifier& other) { return ca::value_of(other) == apex; });
}

std::vector<bool> counted(const Product& product, const std::vector<ca::Identifier>& identifiers) {
  std::vector<bool> counts;
  for (const ca::Identifier& each : identifiers)
    counts.push_back(product.www_pairing == WwwPairing::never || !is_other_half(each, identifiers));
  return counts;
}

/// A kind of name and how many there may be.
struct Kind {
  std::string_view called;
  std::uint32_t limit;
  bool (*has)(const ca::Identifier& identifier);
};

bool is_wildcard(const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  return name != nullptr && name->is_wildcard();
}

/// Adds a fault for each name beyond the limit of its kind or of the whole.
void judge_counts(const Product& product,
                  const std::vector<ca::Identifier>& identifiers,
                  std::vector<std::optional<Refusal>>& refusals) {
  const NameLimits& limits = product.names;
  const Kind kinds[] = {
      {"names", limits.max, [](const ca::Identifier&) { return true; }},
      {"plain names", limits.exact,
       [](const ca::Identifier& each) {
         return std::holds_alternative<ca::DnsName>(each) && !is_wildcard(each);
       }},
      {"wildcards", limits.wildcard, is_wildcard},
      {"addresses", limits.ip,
       [](const ca::Identifier& each) { return std::holds_alternative<ca::IpAddress>(each); }},
  };
  const std::vector<bool> counts = counted(product, identifiers);
  for (const Kind& kind : kinds) {
    std::uint32_t seen = 0;
    for (std::size_t i = 0; i < identifiers.size(); ++i) {
      if (!counts[i] || !kind.has(identifiers[i]) || ++seen <= kind.limit || refusals[i]) continue;
      refusals[i] =
          Refusal{ViolationKind::too_many_names, FaultCode::too_many_names,
                  in_quotes(identifiers[i]) + " is one too many; product \"" + product.name +
                      "\" takes " + std::to_string(kind.limit) + " " + std::string(kind.called)};
    }
  }
}

/// ALI-05: several wildcards, or a wildcard with other names than its own domain, are had by
/// combining certificates.
void judge_mixture(const Product& product,
                   const std::vector<ca::Identifier>& identifiers,
                   std::vector<std::optional<Refusal>>& refusals) {
  const auto first = std::ranges::find_if(identifiers, is_wildcard);
  if (!product.combine_for_mixed || first == identifiers.end()) return;
  const std::string own = std::get<ca::DnsName>(*first).without_wildcard().text();
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    const ca::Identifier& each = identifiers[i];
    if (&each == &*first || ca::value_of(each) == own || refusals[i]) continue;
    refusals[i] = Refusal{ViolationKind::rejected_identifier, FaultCode::combine_required,
                          in_quotes(each) + " cannot stand beside " + in_quotes(*first) +
                              " in one certificate of product \"" + product.name +
                              "\"; combine several certificates"};
  }
}

}  // namespace

std::optional<Violations> check_names(const Product& product,
                                      const std::vector<ca::Identifier>& identifiers,
                                      SpecialUseNames special_use) {
  if (identifiers.size() > product.names.max) {
    return Violations{Violation(ViolationKind::too_many_names,
                                "the order has " + std::to_string(identifiers.size()) +
                                    " names; product \"" + product.name + "\" allows at most " +
                                    std::to_string(product.names.max))};
  }
  const Request request{product, identifiers, special_use, acme_proves};
  Violations violations;
  for (const ca::Identifier& identifier : identifiers) {
    if (auto refusal = judge(request, identifier))
      violations.emplace_back(refusal->kind, std::move(refusal->detail), identifier);
  }
  if (violations.empty()) return std::nullopt;
  return violations;
}

std::vector<FaultAt> application_name_faults(const Product& product,
                                             const std::vector<ca::Identifier>& identifiers,
                                             SpecialUseNames special_use,
                                             ShownBy shown_by) {
  const Request request{product, identifiers, special_use,
                        shown_by == ShownBy::acme_order ? any_method_proves : application_proves};
  std::vector<std::optional<Refusal>> refusals;
  for (const ca::Identifier& each : identifiers) refusals.push_back(judge(request, each));
  judge_mixture(product, identifiers, refusals);
  judge_counts(product, identifiers, refusals);
  std::vector<FaultAt> faults;
  const auto count = std::ranges::count(counted(product, identifiers), true);
  if (static_cast<std::size_t>(count) < product.names.min) {
    faults.push_back({"/identifiers", FaultCode::validation,
                      "product \"" + product.name + "\" takes at least " +
                          std::to_string(product.names.min) + " names"});
  }
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    if (!refusals[i]) continue;
    faults.push_back({"/identifiers/" + std::to_string(i) + "/value", refusals[i]->code,
                      std::move(refusals[i]->detail)});
  }
  return faults;
}

bool needs_registrant_match(const Product& product, const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr) return false;
  return std::ranges::any_of(product.registrant_match_suffixes, [&](const std::string& suffix) {
    return is_under_suffix(name->without_wildcard().text(), suffix);
  });
}

std::vector<ValidationMethod> methods_for(const Product& product,
                                          const ca::Identifier& identifier,
                                          Coverage coverage) {
  // BR 3.2.2.4 prunes labels down to the Base Domain Name at most: what strangers register under a
  // public suffix is not its owner's.
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (coverage == Coverage::subdomains && name != nullptr &&
      ca::is_public_suffix(name->text(), ca::SuffixDivision::all)) {
    return {};
  }
  std::vector<ValidationMethod> methods;
  for (const ValidationMethod method : product.methods) {
    if (can_prove(method, identifier, coverage)) methods.push_back(method);
  }
  return methods;
}

bool offers(const Catalog& catalog, ValidationMethod method) {
  return std::ranges::any_of(catalog.products(), [&](const Product& product) {
    return std::ranges::find(product.methods, method) != product.methods.end();
  });
}

bool offers_subdomains(const Catalog& catalog) {
  return std::ranges::any_of(catalog.products(), [](const Product& product) {
    return std::ranges::any_of(
        product.methods, [](ValidationMethod method) { return facts_of(method).reach.subdomains; });
  });
}

}  // namespace policy
