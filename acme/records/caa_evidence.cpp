#include "acme/records/caa_evidence.h"

#include <utility>

#include "acme/records/record_fields.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kCheckedAt = 1, kFound = 2, kExpires = 3 };

}  // namespace

std::string CaaEvidence::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.time(kCheckedAt, checked_at).bytes(kFound, found);
  if (expires) writer.time(kExpires, *expires);
  return std::move(writer).take();
}

CaaEvidence CaaEvidence::decode(std::string_view bytes) {
  CaaEvidence evidence;
  bool is_dated = false;
  storage::RecordReader reader("caa_evidence", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kCheckedAt) {
      evidence.checked_at = field->as_time();
      is_dated = true;
    }
    if (field->field == kFound) evidence.found = field->as_string();
    if (field->field == kExpires) evidence.expires = field->as_time();
  }
  require_field(is_dated && !evidence.found.empty(), "caa_evidence");
  return evidence;
}

bool is_fresh(const CaaEvidence& evidence, ca::Time now) {
  if (evidence.expires && *evidence.expires <= now) return false;
  return evidence.checked_at <= now && now - evidence.checked_at <= kCaaAge;
}

}  // namespace acme
