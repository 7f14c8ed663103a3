// A JSON text that is accepted means the same when it is written out and read again.
#include "acme/wire/strict_json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto object = acme::parse_json_object("payload", text);
  if (!object) {
    check(object.error().type() == acme::ProblemType::malformed);
    check(object.error().detail().starts_with("payload: "));
    return 0;
  }
  check(size <= acme::kMaxJsonOctets && text.find('\0') == std::string_view::npos);
  const auto names = object->names();
  check(std::ranges::adjacent_find(names, std::ranges::greater_equal()) == names.end());
  const auto again = acme::parse_json_object("payload", object->text());
  // Escapes make the second text longer at most; only then may the limit refuse it.
  if (again) check(again->text() == object->text());
  check(again || object->text().size() > acme::kMaxJsonOctets);
  for (const std::string& name : names) check(object->optional_string(name) || object->has(name));
  return 0;
}
