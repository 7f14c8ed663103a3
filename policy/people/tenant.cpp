#include "policy/people/tenant.h"

#include <utility>

#include "ca/audit_log.h"
#include "policy/plain_text.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace policy {
namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kName = 1, kCreatedAt = 2, kRevision = 3 };

}  // namespace

std::string TenantRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kName, name).time(kCreatedAt, created_at).number(kRevision, version);
  return std::move(writer).take();
}

TenantRecord TenantRecord::decode(std::string_view bytes) {
  TenantRecord record;
  storage::RecordReader reader("tenant", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kName) record.name = field->as_string();
    if (field->field == kCreatedAt) record.created_at = field->as_time();
    if (field->field == kRevision) record.version = field->as_number();
  }
  require_field(!record.name.empty(), "tenant.name");
  return record;
}

Allowed<TenantRecord> create_tenant(storage::Transaction& transaction,
                                    const std::string& by,
                                    const TenantId& id,
                                    std::string name,
                                    ca::Time now) {
  if (const auto fault = fault_of_line(name, kMaxName)) {
    return Refused(Fault{FaultCode::validation,
                         "The name of the tenant cannot be taken.",
                         {{"/name", FaultCode::validation, *fault}}});
  }
  TenantRecord record{.name = std::move(name), .created_at = now};
  kTenants.put(transaction, id.octets(), record);
  ca::append_audit(transaction, {now, "tenant.created", by, id.text(), {{"name", record.name}}});
  return record;
}

}  // namespace policy
