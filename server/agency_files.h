// The list of registration agencies that the settings name.
#pragma once

#include <expected>
#include <vector>

#include "acme/event_log.h"
#include "ca/time.h"
#include "policy/agencies/agency_list.h"
#include "server/config/load.h"
#include "storage/store.h"

namespace server {

/// The versions in the file of catalog.registration_agencies, or the shipped ones; or every fault.
std::expected<std::vector<policy::AgencyList>, ConfigFaults> read_agencies(
    const Settings& settings);

/// Makes the versions public that are not yet, before anything is served. Throws BadConfiguration
/// with the faults of the file, and if it contradicts what is public already.
void disclose_agencies(const Settings& settings,
                       storage::Store& store,
                       ca::Time now,
                       acme::EventLog& log);

}  // namespace server
