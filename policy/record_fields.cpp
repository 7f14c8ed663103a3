#include "policy/record_fields.h"

#include <algorithm>
#include <ranges>

#include "storage/storage_error.h"

namespace policy {

namespace record_fields {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kType = 1, kValue = 2 };

}  // namespace

void require(bool succeeded, std::string_view what) {
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
  require(type && value, "identifier");
  if (*type == "dns") {
    auto name = ca::DnsName::parse(*value);
    require(name.has_value(), "identifier.value");
    return *std::move(name);
  }
  require(*type == "ip", "identifier.type");
  auto address = ca::IpAddress::parse(*value);
  require(address.has_value(), "identifier.value");
  return *std::move(address);
}

}  // namespace record_fields

FieldsIn::FieldsIn(std::string_view what, std::string_view bytes) {
  storage::RecordReader reader(what, bytes, 1);
  while (auto field = reader.next()) all_.push_back(*field);
}

const storage::RecordField* FieldsIn::find(std::uint32_t number) const {
  for (const auto& field : std::views::reverse(all_)) {
    if (field.field == number) return &field;
  }
  return nullptr;
}

}  // namespace policy
