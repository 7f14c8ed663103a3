#include "policy/people/record_fields.h"

#include "storage/storage_error.h"

namespace policy {

void require_field(bool succeeded, std::string_view what) {
  if (!succeeded) {
    throw storage::CorruptRecord("a stored record has no acceptable field: " + std::string(what));
  }
}

Role role_of(std::string_view text) {
  const auto found = role(text);
  require_field(found.has_value(), "role");
  return *found;
}

}  // namespace policy
