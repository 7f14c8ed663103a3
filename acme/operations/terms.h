// The terms of service and who agreed to which (RFC 8555 §7.3.3).
#pragma once

#include <string>

#include "acme/problem.h"
#include "acme/records/account_record.h"
#include "acme/resource_urls.h"
#include "acme/services.h"

namespace acme {

/// The refusal of RFC 8555 §7.3.3: user_action_required with the link to `terms`, which is also the
/// problem's `instance`.
std::unexpected<Problem> agreement_needed(const std::string& terms, std::string detail);

/// Whether `account` agreed to the terms there are now. Everybody agrees to none.
bool agrees_to_terms(const DirectoryMeta& meta, const AccountRecord& account);

/// Refuses with user_action_required unless `account` agreed to the terms there are now. For what
/// leads to a certificate: BR 9.6.3 wants the Terms of Use acknowledged before one is issued.
/// Reading, proving control, revoking and everything about the account itself stay open.
Result<void> require_agreement(const Services& services, const AccountId& account);

}  // namespace acme
