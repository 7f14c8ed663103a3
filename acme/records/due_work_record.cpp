#include "acme/records/due_work_record.h"

#include <algorithm>
#include <utility>

#include "acme/records/record_fields.h"
#include "storage/key_codec.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum WorkField : std::uint32_t { kFailures = 1 };
enum ScheduleField : std::uint32_t { kDue = 1, kRequests = 2 };

}  // namespace

std::string WorkKey::encode() const {
  storage::KeyWriter writer;
  writer.time(due).number(static_cast<std::uint64_t>(kind)).tail(subject);
  return std::move(writer).take();
}

WorkKey WorkKey::decode(std::string_view key) {
  WorkKey result;
  storage::KeyReader reader(key);
  result.due = reader.time();
  result.kind = decode_enumerator(reader.number(), WorkKind::publish_crl);
  require_field(result.kind >= WorkKind::validate, "due_work.kind");
  result.subject = reader.tail();
  return result;
}

std::string WorkRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  if (failures > 0) writer.number(kFailures, failures);
  return std::move(writer).take();
}

WorkRecord WorkRecord::decode(std::string_view bytes) {
  WorkRecord record;
  storage::RecordReader reader("due work", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kFailures) record.failures = field->as_number();
  }
  return record;
}

void put_work(storage::Transaction& transaction, const WorkKey& key, WorkRecord record) {
  kDueWork.put(transaction, key.encode(), record);
}

std::string CrlSchedule::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.time(kDue, due).number(kRequests, requests);
  return std::move(writer).take();
}

CrlSchedule CrlSchedule::decode(std::string_view bytes) {
  CrlSchedule record;
  storage::RecordReader reader("crl schedule", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kDue) record.due = field->as_time();
    if (field->field == kRequests) record.requests = field->as_number();
  }
  return record;
}

void request_crl(storage::Transaction& transaction, const std::string& issuer_id, ca::Time at) {
  const std::optional<CrlSchedule> before = kCrlSchedules.get(transaction, issuer_id);
  CrlSchedule after{at, 1};
  if (before) {
    after.due = std::min(before->due, at);
    after.requests = before->requests + 1;
    if (after.due != before->due) {
      kDueWork.erase(transaction, WorkKey{before->due, WorkKind::publish_crl, issuer_id}.encode());
    }
  }
  // An unchanged row keeps its value: the count of failures belongs to the publication, not to who
  // asked for it.
  const WorkKey key{after.due, WorkKind::publish_crl, issuer_id};
  if (!kDueWork.contains(transaction, key.encode())) put_work(transaction, key);
  kCrlSchedules.put(transaction, issuer_id, after);
}

}  // namespace acme
