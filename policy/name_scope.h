// Names that lie within a list of domains.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"

namespace policy {

/// Whether the DNS name `name` is `suffix` or lies under it: `a.b.example` under `b.example`, but
/// not `ab.example` under `b.example`. Both in lower case, as ca::DnsName keeps them.
bool is_at_or_under(std::string_view name, std::string_view suffix);

/// The same for a suffix as products write it: "gov.*" is gov under any country's two
/// letters, "gov.cn".
bool is_under_suffix(std::string_view name, std::string_view suffix);

/// Whether `identifier` is or lies under one of `domains`. A wildcard counts as the name behind its
/// `*.`; an address lies under no domain.
bool is_within(const ca::Identifier& identifier, const std::vector<std::string>& domains);

}  // namespace policy
