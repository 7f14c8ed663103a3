#include "storage/due_work.h"

#include <array>
#include <utility>

#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace storage {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kFailures = 1 };

constexpr std::array<std::string_view, kWorkKinds> kNames{
    "validate",          "issue",        "publish_crl",  "check_domains",   "issue_application",
    "application_clock", "send_message", "run_incident", "log_certificate", "renew_certificate"};

}  // namespace

std::string_view text_of(WorkKind kind) {
  return kNames.at(static_cast<std::size_t>(kind) - 1);
}

std::string WorkKey::encode() const {
  KeyWriter writer;
  writer.number(static_cast<std::uint64_t>(kind)).time(due).tail(subject);
  return std::move(writer).take();
}

WorkKey WorkKey::decode(std::string_view key) {
  WorkKey result;
  KeyReader reader(key);
  const std::uint64_t number = reader.number();
  if (number < 1 || number > kWorkKinds) {
    throw CorruptRecord("due_work: " + std::to_string(number) + " is no kind of work");
  }
  result.kind = static_cast<WorkKind>(number);
  result.due = reader.time();
  result.subject = reader.tail();
  return result;
}

std::string WorkRecord::encode() const {
  RecordWriter writer(kVersion);
  if (failures > 0) writer.number(kFailures, failures);
  return std::move(writer).take();
}

WorkRecord WorkRecord::decode(std::string_view bytes) {
  WorkRecord record;
  RecordReader reader("due work", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kFailures) record.failures = field->as_number();
  }
  return record;
}

void put_work(Transaction& transaction, const WorkKey& key, WorkRecord record) {
  kDueWork.put(transaction, key.encode(), record);
}

}  // namespace storage
