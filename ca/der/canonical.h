// The rules of DER that hold whatever the structure means.
#pragma once

#include <string_view>

namespace ca::der {

/// True if `input` is one element that is DER all the way down (X.690 §10, §11): minimal definite
/// lengths, SET in order, string types never in pieces, minimal INTEGER and OBJECT IDENTIFIER,
/// BOOLEAN 00 or FF, empty NULL, zero spare bits, at most 16 levels and nothing behind the end.
/// Octet strings and implicitly tagged primitives are opaque.
bool is_canonical(std::string_view input);

/// True if `content`, that of a SET OF, is a row of elements in ascending order (X.690 §11.6). For
/// sets whose tag was replaced by an implicit one.
bool is_ordered_set(std::string_view content);

}  // namespace ca::der
