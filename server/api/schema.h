// What JSON of the API looks like, as data: requests are checked against it, responses in tests,
// and the OpenAPI document is written from it.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/fault.h"
#include "policy/products/words.h"
#include "server/api/wording.h"

namespace server::api {

enum class Type {
  text,      // a string
  whole,     // a whole number, not negative
  boolean,   // true or false
  time,      // RFC 3339 with Z: 2026-11-22T09:30:00Z
  word,      // one of a closed list
  object,    // of a shape
  anything,  // an object that another document describes
};

struct Shape;
/// A closed list, read when it is needed.
using Words = std::vector<std::string_view> (*)();

/// One member of an object. Made by the functions below.
struct Field {
  std::string_view name;
  Type type = Type::text;
  std::string_view about;
  std::size_t most = 0;  // characters of a text
  Words words = nullptr;
  const Shape* shape = nullptr;
  /// Where it is not `none`: the text for people of the member `tells`, put in when the answer goes
  /// out (server/api/presentation.h).
  Vocabulary vocabulary = Vocabulary::none;
  std::string_view tells = {};
  bool is_required = false;
  bool is_list = false;

  [[nodiscard]] constexpr Field required() const {
    Field copy = *this;
    copy.is_required = true;
    return copy;
  }
  [[nodiscard]] constexpr Field list() const {
    Field copy = *this;
    copy.is_list = true;
    return copy;
  }
};

/// One kind of object. `name` is that of its schema in the OpenAPI document.
struct Shape {
  std::string_view name;
  std::string_view about;
  std::span<const Field> fields;
};

inline constexpr std::size_t kLine = 200;        // characters of a line of text
inline constexpr std::size_t kLongText = 4'000;  // of what people explain
inline constexpr std::size_t kPemText = 40'000;  // of a certificate request
inline constexpr std::size_t kMaxItems = 250;    // of a list in a request

constexpr Field text(std::string_view name, std::string_view about, std::size_t most = kLine) {
  return {.name = name, .type = Type::text, .about = about, .most = most};
}
constexpr Field whole(std::string_view name, std::string_view about) {
  return {.name = name, .type = Type::whole, .about = about};
}
constexpr Field boolean(std::string_view name, std::string_view about) {
  return {.name = name, .type = Type::boolean, .about = about};
}
constexpr Field time(std::string_view name, std::string_view about) {
  return {.name = name, .type = Type::time, .about = about};
}
constexpr Field word(std::string_view name, std::string_view about, Words words) {
  return {.name = name, .type = Type::word, .about = about, .words = words};
}
constexpr Field object(std::string_view name, std::string_view about, const Shape& shape) {
  return {.name = name, .type = Type::object, .about = about, .shape = &shape};
}
constexpr Field anything(std::string_view name, std::string_view about) {
  return {.name = name, .type = Type::anything, .about = about};
}
/// The text for people of the member `tells`, in the language they ask for.
constexpr Field told(std::string_view name, std::string_view tells, Vocabulary vocabulary) {
  return {.name = name,
          .type = Type::text,
          .about = "The same for people, in the language of Accept-Language",
          .most = kLongText,
          .vocabulary = vocabulary,
          .tells = tells};
}

/// The spellings of a closed list of policy/, for word(): `words_of<policy::contact_roles>`.
template <auto list>
std::vector<std::string_view> words_of() {
  std::vector<std::string_view> words;
  for (const auto each : list()) words.push_back(text_of(each));
  return words;
}

/// The same for enumerations with policy::kWords: `words_in<policy::StepOutcome>`.
template <policy::Spelled Enumeration>
std::vector<std::string_view> words_in() {
  const auto& words = policy::kWords<Enumeration>;
  return {words.begin(), words.end()};
}

/// Every fault of `value` as an object of `shape`, each with its JSON pointer: a member nobody
/// knows, one that is missing, one of another type, length or word. `null` stands for a member that
/// is not there.
std::vector<policy::FaultAt> faults_in(const nlohmann::json& value, const Shape& shape);

/// The shape as a schema of JSON Schema 2020-12, with references into `#/components/schemas/`.
nlohmann::json schema_of(const Shape& shape);
/// Adds `shape` and every shape in it to `schemas`, by name. Throws std::logic_error if two shapes
/// have one name.
void collect_schemas(const Shape& shape, nlohmann::json& schemas);

/// RFC 3339 with whole seconds and Z, as the API spells times; nothing for any other spelling.
std::optional<long long> seconds_of_time(std::string_view text);

}  // namespace server::api
