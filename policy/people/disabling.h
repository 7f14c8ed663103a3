// How what lets people act is ended, for good: a person or a token.
#pragma once

#include <string>
#include <string_view>

#include "ca/audit_log.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "storage/table.h"

namespace policy {

/// Notes that the record of `id` counts no more from `now` on, with the audit entry
/// "`kind`.disabled"; doing it again changes nothing. Refuses with not_found what is not there.
template <class Record, class Id>
Allowed<Record> disable(storage::Transaction& transaction,
                        const storage::Table<Record>& table,
                        std::string_view kind,
                        const Id& id,
                        const std::string& by,
                        ca::Time now) {
  auto record = table.get(transaction, id.octets());
  if (!record) {
    return Refused(
        Fault{FaultCode::not_found, "There is no " + std::string(kind) + " " + id.text() + "."});
  }
  if (record->disabled_at) return *record;
  record->disabled_at = now;
  ++record->version;
  table.put(transaction, id.octets(), *record);
  const std::string event = std::string(kind) + ".disabled";
  ca::append_audit(transaction, {now, event, by, id.text(), {}});
  return *record;
}

}  // namespace policy
