#include "acme/records/due_work_record.h"

#include <algorithm>
#include <utility>

#include "acme/records/given_up_crls.h"
#include "storage/record_codec.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum ScheduleField : std::uint32_t { kDue = 1, kRequests = 2, kPublished = 3 };

}  // namespace

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
  if (!before) transaction.erase(kGivenUpCrls, issuer_id);
}

}  // namespace acme
