// One piece of due work: the next step of an incident (acme/records/incident_record.h).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "acme/records/due_work_record.h"
#include "acme/records/incident_record.h"
#include "acme/services.h"

namespace acme {

/// Some of the certificates that an incident selects.
struct IncidentChunk {
  std::vector<ca::LedgerEntry> entries;
  std::string cursor;  // where the next chunk begins
  bool is_last = false;
  std::uint64_t unknown = 0;  // serials of the list that are none of ours
};

/// What `record` selects from its cursor on, looking at no more than `at_most` ledger entries or
/// serials of `serials`. What was begun after the incident was opened is not meant.
IncidentChunk select_chunk(const storage::Snapshot& snapshot,
                           const IncidentRecord& record,
                           const std::vector<std::string>& serials,
                           std::size_t at_most);

/// Takes the incident that `key` names one bounded step further, in one transaction, and leaves the
/// row for the next one until all is done. May run again after any failure. Throws for faults of
/// ours; the row then stays.
boost::asio::awaitable<void> run_incident(Services& services, WorkKey key);

}  // namespace acme
