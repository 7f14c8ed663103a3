// The subjectAltName extension, read back into identifiers.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"

namespace ca {

/// The entries of a GeneralNames value (RFC 5280 §4.2.1.6) in their order. Only dNSName and
/// iPAddress are read (BR 7.1.2.7.12); anything else, an empty sequence and a malformed name are a
/// fault: a sentence that begins with what was wrong, for the caller's own Rejection.
std::expected<std::vector<Identifier>, std::string> read_general_names(std::string_view der);

}  // namespace ca
