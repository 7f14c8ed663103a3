// Writing distinguished names (RFC 5280 §4.1.2.4, BR 7.1.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/der/writer.h"

namespace ca {

/// One attribute; it becomes a RelativeDistinguishedName of its own (BR 7.1.4.1).
struct NameAttribute {
  std::string_view type;  // dotted OID
  der::Tag string_type;   // printable_string or utf8_string
  std::string_view text;
};

/// The Name, DER, with `attributes` in the order given (that of BR 7.1.4.2 is the caller's to
/// keep).
std::string der_name(const std::vector<NameAttribute>& attributes);

}  // namespace ca
