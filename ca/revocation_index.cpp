#include "ca/revocation_index.h"

#include "storage/record_codec.h"

namespace ca {
namespace {

constexpr std::uint8_t kVersion = 1;

enum Field : std::uint32_t { revoked_at_field = 1, reason_field = 2, not_after_field = 3 };

}  // namespace

std::string RevocationRow::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.time(revoked_at_field, revoked_at)
      .number(reason_field, reason)
      .time(not_after_field, not_after);
  return std::move(writer).take();
}

RevocationRow RevocationRow::decode(std::string_view bytes) {
  RevocationRow row;
  storage::RecordReader reader("revocation row", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case revoked_at_field:
        row.revoked_at = field->as_time();
        break;
      case reason_field:
        row.reason = static_cast<std::uint8_t>(field->as_number());
        break;
      case not_after_field:
        row.not_after = field->as_time();
        break;
      default:
        break;
    }
  }
  return row;
}

}  // namespace ca
