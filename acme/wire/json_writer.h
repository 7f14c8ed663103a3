// Writes one JSON text from its beginning to its end.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acme {

/// Compact JSON (RFC 8259) in the order of the calls, which must be those of a JSON text: the
/// writer puts in commas and nothing else. Every reply has such a text, and one that is first built
/// as a tree costs several times as much. Strings are written as append_json_text does.
class JsonWriter {
 public:
  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_array() { return open('['); }
  JsonWriter& close_array() { return close(']'); }

  /// Names the member whose value comes next. `name` needs no escapes.
  JsonWriter& name(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& number(unsigned value);
  JsonWriter& yes();
  JsonWriter& texts(const std::vector<std::string>& values);
  /// A value that is JSON already.
  JsonWriter& json(std::string_view value);

  /// A member and its value.
  JsonWriter& member(std::string_view name, std::string_view value) {
    return this->name(name).text(value);
  }

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  /// What goes before a value or a name.
  void separate();

  std::string out_;
  bool is_first_ = true;  // of its object or array, or the value of a name
};

}  // namespace acme
