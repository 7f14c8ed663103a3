#include "policy/authorization_domain.h"

#include <algorithm>

#include "ca/names/public_suffix.h"

namespace policy {

namespace {

void append(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

/// Step 3.2 and 4.2: labels off the left, down to the base domain and no further.
void append_pruned(std::vector<std::string>& names, std::string name) {
  const std::string base = ca::registered_domain(name);
  while (name.size() > base.size()) {
    name.erase(0, name.find('.') + 1);
    append(names, name);
  }
}

}  // namespace

std::vector<std::string> authorization_domains(const ca::DnsName& applied_for,
                                               ValidationMethod method,
                                               const std::vector<ca::DnsName>& aliases) {
  const MethodReach& reach = facts_of(method).reach;
  if (applied_for.is_wildcard() && !reach.wildcards) return {};
  std::vector<std::string> names{applied_for.without_wildcard().text()};
  if (reach.aliases && !applied_for.is_wildcard()) {
    for (const ca::DnsName& each : aliases) append(names, each.text());
  }
  if (!reach.subdomains) return names;
  const std::vector<std::string> unpruned = names;
  for (const std::string& each : unpruned) append_pruned(names, each);
  return names;
}

bool may_stand_for(const ca::DnsName& validated,
                   const ca::DnsName& applied_for,
                   ValidationMethod method) {
  const std::vector<std::string> names = authorization_domains(applied_for, method);
  return std::ranges::find(names, validated.without_wildcard().text()) != names.end();
}

}  // namespace policy
