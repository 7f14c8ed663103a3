// JSON from strangers: parsed strictly, read member by member, every refusal says where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/problem.h"

namespace acme {

/// Objects and arrays inside each other, the outermost included. No ACME message needs more than
/// four.
inline constexpr std::size_t kMaxJsonDepth = 16;
/// Octets of one JSON text; also what the server takes as a request body.
inline constexpr std::size_t kMaxJsonOctets = 50'000;

/// A JSON object as received, read-only. Cheap to copy: copies and inner objects share the parsed
/// text.
///
/// Members that nobody asks for are ignored (RFC 8555 §7.1.2 and RFC 7515 §4 want that). A member
/// that is `null` counts as absent: clients written against servers in Go send it. Every refusal is
/// `malformed` and names the place with a JSON pointer (RFC 6901): `payload: /identifiers/0/type
/// expected a string, found a number`.
class JsonObject {
 public:
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool is_empty() const;
  /// All names, `null` members included, sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  /// The object as compact JSON text, members sorted.
  [[nodiscard]] std::string text() const;

  [[nodiscard]] Result<std::string> string(std::string_view name) const;
  [[nodiscard]] Result<std::optional<std::string>> optional_string(std::string_view name) const;
  /// A string that is strict base64url (RFC 7515 §2, no padding), decoded.
  [[nodiscard]] Result<std::string> base64url(std::string_view name) const;
  [[nodiscard]] Result<std::optional<bool>> optional_boolean(std::string_view name) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> optional_integer(std::string_view name) const;
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> optional_strings(
      std::string_view name) const;
  [[nodiscard]] Result<JsonObject> object(std::string_view name) const;
  [[nodiscard]] Result<std::vector<JsonObject>> objects(std::string_view name) const;

  /// A refusal about the member `name`: the place, then `complaint`.
  [[nodiscard]] std::unexpected<Problem> refuse_member(std::string_view name,
                                                       std::string_view complaint) const;

 private:
  friend Result<JsonObject> parse_json_object(std::string_view, std::string_view);
  JsonObject(std::shared_ptr<const nlohmann::json> value, std::string subject, std::string pointer);
  [[nodiscard]] const nlohmann::json* find(std::string_view name) const;
  [[nodiscard]] std::unexpected<Problem> wrong_type(std::string_view name,
                                                    std::string_view expected,
                                                    const nlohmann::json* found) const;
  [[nodiscard]] JsonObject inner(const nlohmann::json& value, std::string pointer) const;

  std::shared_ptr<const nlohmann::json> value_;  // an object
  std::string subject_;                          // what was parsed: "payload"
  std::string pointer_;                          // where this object is in it
};

/// Parses `text`, which must be one JSON object (RFC 8259) and nothing else: no duplicate member,
/// no invalid UTF-8, no byte order mark, no NUL octet, at most kMaxJsonDepth levels and
/// kMaxJsonOctets octets. `subject` names the text in refusals. Refuses with malformed.
Result<JsonObject> parse_json_object(std::string_view subject, std::string_view text);

}  // namespace acme
