#include "policy/stored_values.h"

#include <optional>
#include <utility>

#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace policy {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kType = 1, kValue = 2 };

}  // namespace

void require_field(bool succeeded, std::string_view what) {
  if (!succeeded) {
    throw storage::CorruptRecord("a stored record has no acceptable field: " + std::string(what));
  }
}

std::string encode_identifier(const ca::Identifier& identifier) {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kType, ca::type_of(identifier)).bytes(kValue, ca::value_of(identifier));
  return std::move(writer).take();
}

ca::Identifier decode_identifier(std::string_view bytes) {
  std::optional<std::string_view> type;
  std::optional<std::string_view> value;
  storage::RecordReader reader("identifier", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kType) type = field->as_bytes();
    if (field->field == kValue) value = field->as_bytes();
  }
  require_field(type && value, "identifier");
  if (*type == "dns") {
    auto name = ca::DnsName::parse(*value);
    require_field(name.has_value(), "identifier.value");
    return *std::move(name);
  }
  require_field(*type == "ip", "identifier.type");
  auto address = ca::IpAddress::parse(*value);
  require_field(address.has_value(), "identifier.value");
  return *std::move(address);
}

}  // namespace policy
