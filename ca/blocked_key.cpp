#include "ca/blocked_key.h"

#include <cstdint>
#include <utility>

#include "storage/record_codec.h"

namespace ca {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string BlockedKey::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(1, why).time(2, blocked_at);
  return std::move(writer).take();
}

BlockedKey BlockedKey::decode(std::string_view bytes) {
  BlockedKey key;
  storage::RecordReader reader("blocked key", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == 1) key.why = field->as_string();
    if (field->field == 2) key.blocked_at = field->as_time();
  }
  return key;
}

}  // namespace ca
