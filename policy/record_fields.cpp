#include "policy/record_fields.h"

#include <algorithm>
#include <ranges>

#include "storage/storage_error.h"

namespace policy {

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
