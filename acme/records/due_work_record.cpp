#include "acme/records/due_work_record.h"

#include <algorithm>
#include <utility>

#include "acme/records/record_fields.h"
#include "storage/key_codec.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum WorkField : std::uint32_t { kFailures = 1 };
enum ScheduleField : std::uint32_t { kDue = 1, kRequests = 2, kPublished = 3 };

}  // namespace

std::string WorkKey::encode() const {
  storage::KeyWriter writer;
  writer.number(static_cast<std::uint64_t>(kind)).time(due).tail(subject);
  return std::move(writer).take();
}

WorkKey WorkKey::decode(std::string_view key) {
  WorkKey result;
  storage::KeyReader reader(key);
  result.kind = decode_enumerator(reader.number(), WorkKind::publish_crl);
  require_field(result.kind >= WorkKind::validate, "due_work.kind");
  result.due = reader.time();
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
  if (published) writer.time(kPublished, *published);
  return std::move(writer).take();
}

CrlSchedule CrlSchedule::decode(std::string_view bytes) {
  CrlSchedule record;
  storage::RecordReader reader("crl schedule", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kDue) record.due = field->as_time();
    if (field->field == kRequests) record.requests = field->as_number();
    if (field->field == kPublished) record.published = field->as_time();
  }
  return record;
}

ca::Time next_crl_due(const CrlSchedule& schedule, ca::Time now) {
  // A publication in the future is one before the clock was set back.
  if (!schedule.published || *schedule.published > now) return kAtOnce;
  const ca::Time earliest = *schedule.published + kShortestCrlInterval;
  return earliest <= now ? kAtOnce : earliest;
}

void request_crl(storage::Transaction& transaction, const std::string& issuer_id, ca::Time now) {
  const std::optional<CrlSchedule> before = kCrlSchedules.get(transaction, issuer_id);
  CrlSchedule after = before.value_or(CrlSchedule{});
  ++after.requests;
  after.due = next_crl_due(after, now);
  if (before) {
    after.due = std::min(before->due, after.due);
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
