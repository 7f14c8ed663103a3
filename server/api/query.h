// The query of a URL: `limit=20&filter[state]=draft`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/api/schema.h"

namespace server::api {

/// A parameter that a route knows.
struct QueryParameter {
  std::string_view name;  // "filter[state]"
  std::string_view about;
  Words words = nullptr;  // of which one may stand there
};

/// Why a query is refused.
struct QueryFault {
  enum class Kind : std::uint8_t {
    unreadable,  // not a query that is known here
    value,       // readable, and not a value that is taken: 422
  };
  Kind kind = Kind::unreadable;
  std::string parameter;  // as it was sent; empty if there is no name
  std::string detail;     // one sentence
};

/// How the place of a parameter is told in problems: `/?limit`, which no member of a body is
/// called.
std::string query_pointer(std::string_view parameter);

class Query {
 public:
  /// Reads `text` (what stands behind the `?`, percent-decoded here) for the operation `name`: each
  /// parameter at most once, and one of `known`. Cursors of other operations are refused.
  static std::expected<Query, QueryFault> parse(std::string_view text,
                                                std::span<const QueryParameter> known,
                                                std::string_view name);

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  /// The value, or an empty text.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// The octets of `cursor`, if it is there.
  [[nodiscard]] const std::optional<std::string>& cursor() const { return cursor_; }
  /// Of which operation, whose cursors it takes.
  [[nodiscard]] const std::string& list() const { return list_; }
  /// How many items a page has: `limit`, or 50.
  [[nodiscard]] std::size_t limit() const { return limit_; }

 private:
  /// `limit` and `cursor`.
  std::expected<void, QueryFault> read_places();

  std::vector<std::pair<std::string, std::string>> values_;
  std::optional<std::string> cursor_;
  std::string list_;
  std::size_t limit_ = 50;
};

inline constexpr QueryParameter kLimit{"limit",
                                       "How many items a page has: 1 to 200, 50 if absent"};
inline constexpr QueryParameter kFields{"fields",
                                        "Members to be told, with commas between them: of the "
                                        "answer, or of each item of a page; all if "
                                        "absent"};
inline constexpr QueryParameter kCursor{"cursor", "`next` of the page before"};

}  // namespace server::api
