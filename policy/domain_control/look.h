// Looking for control of one name: what an application was told to place, and the CAA records that
// have to permit it. No store here.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/domain_control/control.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/ports.h"

namespace policy {

/// Looks for what `item` says from here alone: what a remote perspective does too. Throws for
/// faults of ours.
boost::asio::awaitable<ControlFinding> see(
    ControlPorts ports, ControlItem item, ControlHouse house, TenantId tenant, ca::Time now);

/// The same; if it is there, others have to see it too (BR 3.2.2.9), and CAA has to permit it.
/// Methods of ACME have nothing to look at here: an order proves them, and leaves a claim. Throws
/// for faults of ours.
boost::asio::awaitable<NameLook> look_for(
    ControlPorts ports, ControlItem item, ControlHouse house, TenantId tenant, ca::Time now);

/// Whether CAA lets us issue for `name`, by `method` for `tenant`.
boost::asio::awaitable<CaaAnswer> check_caa_for(
    CaaReader& caa, ca::DnsName name, ControlMethod method, ControlHouse house, TenantId tenant);

/// Whether a TXT record at `_validation-persist.` permits a name: judge_persistent_record() of
/// policy/domain_control/persistent_record.h for the customer's account.
bool is_persistent_permission(std::string_view record,
                              const ControlHouse& house,
                              const TenantId& tenant,
                              PersistentReach reach,
                              ca::Time now);

/// What a claim keeps of a look that proved `item`, a line each (BR 5.4.1): what was looked for and
/// where, a few of the values that were found, the one that proved it first, and every step with
/// the votes of others.
std::vector<std::string> evidence_of(const ControlItem& item, const ControlFinding& finding);

/// Text of others, fit to be shown: printable ASCII, and short.
std::string shown(std::string_view text);

}  // namespace policy
