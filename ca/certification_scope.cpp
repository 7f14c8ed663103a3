#include "ca/certification_scope.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/names/ascii.h"
#include "ca/names/quoted.h"
#include "ca/oids.h"

namespace ca {
namespace {

// The choices of GeneralName (RFC 5280 §4.2.1.6).
constexpr der::Tag kDnsName = der::context(2);
constexpr der::Tag kIpAddress = der::context(7);
constexpr der::Tag kDirectoryName = der::context_constructed(4);

[[noreturn]] void unreadable() {
  throw std::runtime_error(
      "The nameConstraints of a CA certificate cannot be read (RFC 5280 §4.2.1.10)");
}

/// Without regard to case and to runs of spaces (RFC 5280 §7.1, RFC 4518 §2.6.1).
std::string comparable(std::string_view text) {
  std::string out;
  for (const char each : lower_case(text)) {
    if (each != ' ' || (!out.empty() && out.back() != ' ')) out += each;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

/// An AttributeTypeAndValue as text that is the same for all that mean the same.
std::optional<std::string> comparable_attribute(std::string_view content) {
  der::Reader fields(content);
  const auto type = fields.next(der::Tag::object_identifier);
  const auto value = fields.next();
  if (!type || !value || !fields.at_end()) return std::nullopt;
  const bool is_text =
      value->tag == der::Tag::utf8_string || value->tag == der::Tag::printable_string;
  return std::string(type->whole) +
         (is_text ? comparable(value->content) : std::string(value->whole));
}

std::optional<DirectoryName> directory_name(std::string_view name) {
  const auto outer = der::only(name, der::Tag::sequence);
  if (!outer) return std::nullopt;
  DirectoryName parts;
  for (der::Reader sets(outer->content); !sets.at_end();) {
    const auto set = sets.next(der::Tag::set);
    if (!set) return std::nullopt;
    std::vector<std::string> attributes;
    for (der::Reader rows(set->content); !rows.at_end();) {
      const auto row = rows.next(der::Tag::sequence);
      auto attribute = row ? comparable_attribute(row->content) : std::nullopt;
      if (!attribute) return std::nullopt;
      attributes.push_back(*std::move(attribute));
    }
    std::ranges::sort(attributes);
    parts.emplace_back();
    for (const std::string& each : attributes) {
      parts.back() += std::to_string(each.size()) + ":" + each;
    }
  }
  return parts;
}

/// Names that no subscriber has are passed over: a mail address, for example.
void add_subtree(const der::Element& base, NameSpace& space) {
  if (base.tag == kDirectoryName) {
    auto name = directory_name(base.content);
    if (!name) unreadable();
    space.subjects.push_back(*std::move(name));
  } else if (base.tag == kDnsName) {
    space.hosts.push_back({.dns = lower_case(base.content)});
  } else if (base.tag == kIpAddress) {
    const std::size_t half = base.content.size() / 2;
    if (base.content.size() != 8 && base.content.size() != 32) unreadable();
    space.hosts.push_back({.address = std::string(base.content.substr(0, half)),
                           .mask = std::string(base.content.substr(half))});
  }
}

NameSpace subtrees_in(std::string_view content) {
  NameSpace space;
  der::Reader rows(content);
  while (!rows.at_end()) {
    const auto row = rows.next(der::Tag::sequence);
    if (!row) unreadable();
    der::Reader fields(row->content);
    const auto base = fields.next();
    // minimum is 0, which DER leaves out, and there is no maximum.
    if (!base || !fields.at_end()) unreadable();
    add_subtree(*base, space);
  }
  return space;
}

NameConstraints constraints_of(const CertificateView& view) {
  NameConstraints constraints;
  const Extension* extension = find_extension(view.extensions, oid::kNameConstraints);
  if (extension == nullptr) return constraints;
  const auto both = der::only(extension->value, der::Tag::sequence);
  if (!both) unreadable();
  der::Reader fields(both->content);
  if (const auto permitted = fields.next(der::context_constructed(0))) {
    constraints.permitted = subtrees_in(permitted->content);
  }
  if (const auto excluded = fields.next(der::context_constructed(1))) {
    constraints.excluded = subtrees_in(excluded->content);
  }
  if (!fields.at_end()) unreadable();
  return constraints;
}

bool is_below(std::string_view name, std::string_view base) {
  // A leading dot is a way to write "the names below, and not the name itself".
  if (base.empty() || name == base) return true;
  return base.starts_with('.') ? name.ends_with(base)
                               : name.size() > base.size() && name.ends_with(base) &&
                                     name[name.size() - base.size() - 1] == '.';
}

bool is_in(const NameSubtree& subtree, const IpAddress& address) {
  const std::string& octets = address.octets();
  if (subtree.address.size() != octets.size()) return false;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (((octets[i] ^ subtree.address[i]) & subtree.mask[i]) != 0) return false;
  }
  return true;
}

bool is_in(const NameSubtree& subtree, const DnsName& name) {
  return subtree.address.empty() && is_below(name.text(), subtree.dns);
}

/// A wildcard stands for names of one more label, one of which may be what is excluded.
bool stands_for(const DnsName& wildcard, const NameSubtree& excluded) {
  if (!wildcard.is_wildcard() || excluded.dns.empty()) return false;
  const std::string_view base = std::string_view(wildcard.text()).substr(1);  // ".example.com"
  const std::string_view name =
      std::string_view(excluded.dns).substr(excluded.dns.starts_with('.') ? 1 : 0);
  return name.ends_with(base) && name.find('.') == name.size() - base.size();
}

bool is_excluded(const NameSubtree& subtree, const Identifier& name) {
  if (const auto* const dns = std::get_if<DnsName>(&name)) {
    return is_in(subtree, *dns) || stands_for(*dns, subtree);
  }
  return is_in(subtree, std::get<IpAddress>(name));
}

/// Constraints of one kind of name say nothing of the other kinds (RFC 5280 §4.2.1.10).
bool is_permitted(const std::vector<NameSubtree>& permitted, const Identifier& name) {
  const bool is_dns = std::holds_alternative<DnsName>(name);
  bool is_constrained = false;
  for (const NameSubtree& subtree : permitted) {
    if (subtree.address.empty() != is_dns) continue;
    is_constrained = true;
    if (std::visit([&](const auto& each) { return is_in(subtree, each); }, name)) return true;
  }
  return !is_constrained;
}

bool begins_with_any(const DirectoryName& subject, const std::vector<DirectoryName>& beginnings) {
  return std::ranges::any_of(beginnings, [&](const DirectoryName& beginning) {
    return beginning.size() <= subject.size() &&
           std::equal(beginning.begin(), beginning.end(), subject.begin());
  });
}

std::string_view text_of(Trust trust) {
  constexpr std::array<std::string_view, 3> kWords = {"web", "private", "gm"};
  return kWords.at(static_cast<std::size_t>(trust));
}

bool has_sm2_key(const CertificateView& view) {
  const auto key = PublicKey::from_spki(view.spki);
  return key && key->kind() == KeyKind::sm2;
}

}  // namespace

CertificationScope::CertificationScope(std::span<const CertificateView> path, Trust trust)
    : trust_(!path.empty() && has_sm2_key(path.front()) ? Trust::gm : trust) {
  for (const CertificateView& view : path) {
    const Extension* policies = find_extension(view.extensions, oid::kCertificatePolicies);
    limits_.push_back({.policies = policies != nullptr ? policies_in(policies->value)
                                                       : std::vector<std::string>(),
                       .names = constraints_of(view)});
  }
}

std::string CertificationScope::trust_fault(Trust wanted) const {
  if (trust_ == wanted) return {};
  return "the issuer is for " + std::string(text_of(trust_)) + " trust, the profile for " +
         std::string(text_of(wanted)) + " trust";
}

std::string CertificationScope::policy_fault(std::string_view policy_oid) const {
  if (policy_oid.empty()) return {};
  const auto has = [](const CaLimits& limits, std::string_view policy) {
    return std::ranges::find(limits.policies, policy) != limits.policies.end();
  };
  for (const CaLimits& limits : limits_) {
    if (has(limits, policy_oid) || has(limits, oid::kAnyPolicy)) continue;
    return "the policy " + std::string(policy_oid) +
           " is none of those of its issuer or of a CA above it";
  }
  return {};
}

std::string CertificationScope::name_fault(std::span<const Identifier> names) const {
  for (const Identifier& name : names) {
    for (const CaLimits& limits : limits_) {
      const bool excluded =
          std::ranges::any_of(limits.names.excluded.hosts,
                              [&](const auto& subtree) { return is_excluded(subtree, name); });
      if (!excluded && is_permitted(limits.names.permitted.hosts, name)) continue;
      return quoted(value_of(name)) +
             " is outside the name constraints of its issuer or of a CA above it";
    }
  }
  return {};
}

std::string CertificationScope::subject_fault(std::string_view subject) const {
  if (!limits_subjects()) return {};
  const auto name = directory_name(subject);
  if (!name) return "its subject cannot be read";
  if (name->empty()) return {};
  for (const CaLimits& limits : limits_) {
    const auto& permitted = limits.names.permitted.subjects;
    if ((permitted.empty() || begins_with_any(*name, permitted)) &&
        !begins_with_any(*name, limits.names.excluded.subjects)) {
      continue;
    }
    return "its subject is outside the name constraints of its issuer or of a CA above it";
  }
  return {};
}

bool CertificationScope::limits_subjects() const {
  return std::ranges::any_of(limits_, [](const CaLimits& limits) {
    return !limits.names.permitted.subjects.empty() || !limits.names.excluded.subjects.empty();
  });
}

bool CertificationScope::holds(const CertificateProfile& profile,
                               std::span<const Identifier> names) const {
  return trust_fault(profile.trust).empty() && policy_fault(profile.policy_oid).empty() &&
         name_fault(names).empty();
}

std::vector<std::string> policies_in(std::string_view extension_value) {
  std::vector<std::string> policies;
  const auto outer = der::only(extension_value, der::Tag::sequence);
  der::Reader rows(outer ? outer->content : std::string_view());
  while (const auto row = rows.next(der::Tag::sequence)) {
    const auto oid = der::Reader(row->content).next(der::Tag::object_identifier);
    policies.push_back(oid ? der::object_identifier(*oid).value_or("") : "");
  }
  return policies;
}

}  // namespace ca
