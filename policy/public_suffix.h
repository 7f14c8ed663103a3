// Domains under which anybody can register (BR 1.6.1, Base Domain Name).
#pragma once

#include "ca/names/dns_name.h"

namespace policy {

/// True for a public suffix ("com", "co.uk") of either section of the Public Suffix List, and for a
/// top-level domain that the list does not know. No account controls all names under one (BR
/// 3.2.2.4: labels are pruned down to the Base Domain Name at most). `name` is no wildcard. Safe
/// from any thread.
bool is_public_suffix(const ca::DnsName& name);

}  // namespace policy
