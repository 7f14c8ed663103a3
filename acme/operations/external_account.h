// What an account owes to the external account it was opened for (RFC 8555 §7.3.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/jose/authenticate.h"
#include "acme/problem.h"
#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"
#include "acme/services.h"
#include "acme/wire/requests.h"

namespace acme {

/// Checks the binding of a newAccount, steps 1 to 5 of RFC 8555 §7.3.4, and that its key still
/// opens accounts. Nothing if there is none and none is needed. Refuses with
/// external_account_required, malformed, or unauthorized; who does not hold the MAC key learns
/// nothing about it, not even whether it exists.
Result<std::optional<ExternalAccount>> judge_binding(const Services& services,
                                                     const AuthenticatedRequest& request,
                                                     const NewAccount& wanted);

/// Notes that the key has opened `account` for the newAccount that was sent to `url`. Refuses with
/// unauthorized if the key has ended, or got another secret, since the binding was judged: of
/// parallel requests only as many get through as the key has uses left.
Result<void> use_external_key(storage::Transaction& transaction,
                              const ExternalAccount& external,
                              std::string_view url,
                              const AccountId& account,
                              ca::Time now);

/// The key that opened `account`, or nothing.
std::optional<ExternalKeyRecord> external_key_of(const Services& services,
                                                 const AccountId& account);

/// The profile an account gets that names none, or nothing if it is the catalog's default: that of
/// its key, or else the first of those its key allows, when the default is not among them.
std::optional<std::string> default_profile(const policy::Catalog& catalog,
                                           const ExternalKeyRecord& key);

/// Refuses an order outside of what the key allows: invalid_profile, or rejected_identifier with a
/// subproblem for each name.
Result<void> require_within(const ExternalKeyRecord& key,
                            const policy::Product& product,
                            const std::vector<ca::Identifier>& identifiers);

}  // namespace acme
