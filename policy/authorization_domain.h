// The Authorization Domain Name: what may be validated instead of the name that is to be certified
// (BR 3.2.2.4, the algorithm in force from 2026-11-15, ballot SC-101).
#pragma once

#include <string>
#include <vector>

#include "ca/names/dns_name.h"
#include "policy/validation_method.h"

namespace policy {

/// The names at which control by `method` may be shown for `applied_for`, in the order in which
/// they come about: the name itself (without its `*.`), then, where the method has that column,
/// each of `aliases`, then from every one of those up to its base domain. `aliases` is the chain of
/// CNAMEs that begins at `applied_for`; it counts for nothing with a wildcard, and never after a
/// label was pruned. None if the method proves no wildcards and this is one.
std::vector<std::string> authorization_domains(const ca::DnsName& applied_for,
                                               ValidationMethod method,
                                               const std::vector<ca::DnsName>& aliases = {});

/// Whether control of `validated`, shown by `method`, may stand for `applied_for` without any
/// CNAME.
bool may_stand_for(const ca::DnsName& validated,
                   const ca::DnsName& applied_for,
                   ValidationMethod method);

}  // namespace policy
