#include "acme/wire/json_writer.h"

#include "acme/wire/json_text.h"

namespace acme {

void JsonWriter::separate() {
  if (!is_first_) out_ += ',';
  is_first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  is_first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  is_first_ = false;
  return *this;
}

JsonWriter& JsonWriter::name(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  is_first_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(unsigned value) {
  return json(std::to_string(value));
}

JsonWriter& JsonWriter::yes() {
  return json("true");
}

JsonWriter& JsonWriter::texts(const std::vector<std::string>& values) {
  open_array();
  for (const std::string& each : values) text(each);
  return close_array();
}

JsonWriter& JsonWriter::json(std::string_view value) {
  separate();
  out_ += value;
  return *this;
}

}  // namespace acme
