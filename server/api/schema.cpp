#include "server/api/schema.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "acme/in_quotes.h"
#include "acme/wire/json_document.h"
#include "ca/time.h"
#include "policy/plain_text.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::FaultAt;
using policy::FaultCode;

std::string_view kind_of(const json& value) {
  if (value.is_string()) return "a string";
  if (value.is_number()) return "a number";
  if (value.is_boolean()) return "a boolean";
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  return "null";
}

std::string_view expected_kind(Type type) {
  switch (type) {
    case Type::text:
    case Type::word:
      return "a string";
    case Type::whole:
      return "a whole number that is not negative";
    case Type::boolean:
      return "true or false";
    case Type::time:
      return "a time such as 2026-11-22T09:30:00Z";
    case Type::object:
    case Type::anything:
      return "an object";
  }
  return {};
}

bool is_of(const json& value, Type type) {
  switch (type) {
    case Type::text:
    case Type::word:
    case Type::time:
      return value.is_string();
    case Type::whole:
      return value.is_number_unsigned() ||
             (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    case Type::boolean:
      return value.is_boolean();
    case Type::object:
    case Type::anything:
      return value.is_object();
  }
  return false;
}

class Checker {
 public:
  void check(const json& value, const Shape& shape, const std::string& at) {
    if (!value.is_object()) return complain(at, wrong_kind("an object", value));
    for (const auto& member : value.items()) {
      if (std::ranges::find(shape.fields, member.key(), &Field::name) == shape.fields.end()) {
        complain(at + acme::pointer_step(member.key()), "there is no such member");
      }
    }
    for (const Field& field : shape.fields) check_member(value, field, at);
  }
  [[nodiscard]] std::vector<FaultAt> take() && { return std::move(faults_); }

 private:
  static std::string wrong_kind(std::string_view expected, const json& found) {
    return "expected " + std::string(expected) + ", found " + std::string(kind_of(found));
  }

  void complain(std::string at, std::string detail) {
    constexpr std::size_t kEnough = 50;
    if (faults_.size() == kEnough) return;
    faults_.push_back({std::move(at), FaultCode::validation, std::move(detail)});
  }

  void check_member(const json& object, const Field& field, const std::string& at) {
    const std::string here = at + "/" + std::string(field.name);
    const auto found = object.find(field.name);
    if (found == object.end() || found->is_null()) {
      if (field.is_required) complain(here, "this member is required");
      return;
    }
    if (!field.is_list) return check_value(*found, field, here);
    if (!found->is_array()) return complain(here, wrong_kind("an array", *found));
    if (found->size() > kMaxItems) {
      return complain(here, "expected at most " + std::to_string(kMaxItems) + " items");
    }
    for (std::size_t i = 0; i < found->size(); ++i) {
      check_value((*found)[i], field, here + "/" + std::to_string(i));
    }
  }

  void check_value(const json& value, const Field& field, const std::string& at) {
    if (!is_of(value, field.type))
      return complain(at, wrong_kind(expected_kind(field.type), value));
    if (field.type == Type::object) return check(value, *field.shape, at);
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    if (field.type == Type::time && !seconds_of_time(text)) {
      complain(at, "expected a time such as 2026-11-22T09:30:00Z, found " + acme::in_quotes(text));
    }
    if (field.type == Type::word) check_word(text, field, at);
    if (field.type == Type::text && policy::characters_in(text).value_or(0) > field.most) {
      complain(at, "expected at most " + std::to_string(field.most) + " characters");
    }
  }

  void check_word(const std::string& text, const Field& field, const std::string& at) {
    const std::vector<std::string_view> words = field.words();
    if (std::ranges::find(words, text) != words.end()) return;
    std::string known;
    for (const std::string_view each : words) {
      known += (known.empty() ? "" : ", ") + std::string(each);
    }
    complain(at, "expected one of " + known + ", found " + acme::in_quotes(text));
  }

  std::vector<FaultAt> faults_;
};

json reference_to(const Shape& shape) {
  return {{"$ref", "#/components/schemas/" + std::string(shape.name)}};
}

json schema_of_one(const Field& field) {
  switch (field.type) {
    case Type::text:
      return {{"type", "string"}, {"maxLength", field.most}};
    case Type::whole:
      return {{"type", "integer"}, {"minimum", 0}};
    case Type::boolean:
      return {{"type", "boolean"}};
    case Type::time:
      return {{"type", "string"}, {"format", "date-time"}};
    case Type::word: {
      json words = json::array();
      for (const std::string_view each : field.words()) words.push_back(each);
      return {{"type", "string"}, {"enum", std::move(words)}};
    }
    case Type::object:
      return reference_to(*field.shape);
    case Type::anything:
      return {{"type", "object"}};
  }
  return {};
}

}  // namespace

std::vector<FaultAt> faults_in(const json& value, const Shape& shape) {
  Checker checker;
  checker.check(value, shape, "");
  return std::move(checker).take();
}

json schema_of(const Shape& shape) {
  json properties = json::object();
  json required = json::array();
  for (const Field& field : shape.fields) {
    json schema = schema_of_one(field);
    if (field.is_list) schema = {{"type", "array"}, {"items", std::move(schema)}};
    if (!field.about.empty()) schema["description"] = field.about;
    properties[field.name] = std::move(schema);
    if (field.is_required) required.push_back(field.name);
  }
  json schema{{"type", "object"},
              {"description", shape.about},
              {"additionalProperties", false},
              {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

void collect_schemas(const Shape& shape, json& schemas) {
  json schema = schema_of(shape);
  const std::string name(shape.name);
  if (schemas.contains(name)) {
    if (schemas[name] == schema) return;
    throw std::logic_error("two shapes of the API have the name " + name);
  }
  schemas[name] = std::move(schema);
  for (const Field& field : shape.fields) {
    if (field.shape != nullptr) collect_schemas(*field.shape, schemas);
  }
}

std::optional<long long> seconds_of_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  constexpr int kFirstYear = 1970;
  if (!day.ok() || int{day.year()} < kFirstYear || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const ca::Time time = std::chrono::sys_days(day) + std::chrono::hours(hour) +
                        std::chrono::minutes(minute) + std::chrono::seconds(second);
  return time.time_since_epoch().count();
}

}  // namespace server::api
