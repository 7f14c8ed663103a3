// The attributes a subject can have, and which kind of subject has which: the one table that the
// writer, the rules and the lints share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ca/certificate_profile.h"
#include "ca/der/writer.h"
#include "ca/subject.h"

namespace ca {

enum class Presence { forbidden, allowed, required };

/// One attribute. The order of the rows is the order in the subject.
struct AttributeRow {
  std::string_view name;  // "organizationName"
  std::string_view oid;
  der::Tag string_type;          // what we write
  std::size_t most_characters;   // BR 7.1.4.2: characters, not octets
  std::string Subject::* value;  // null for the common name, which is not the request's to say
  Presence presence[5];          // by SubjectKind
  [[nodiscard]] Presence in(SubjectKind kind) const {
    return presence[static_cast<std::size_t>(kind)];
  }
};

std::span<const AttributeRow> subject_attributes();
/// The row of that type, or null.
const AttributeRow* subject_attribute(std::string_view oid);

}  // namespace ca
