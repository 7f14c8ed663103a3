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

namespace server::api {

/// A parameter that a route knows.
struct QueryParameter {
  std::string_view name;  // "filter[state]"
  std::string_view about;
};

class Query {
 public:
  /// Reads `text` (what stands behind the `?`, percent-decoded here): each name at most once, and
  /// one of `known`. The error is one sentence.
  static std::expected<Query, std::string> parse(std::string_view text,
                                                 std::span<const QueryParameter> known);

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  /// The value, or an empty text.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// The octets of `cursor`, if it is there.
  [[nodiscard]] const std::optional<std::string>& cursor() const { return cursor_; }
  /// How many items a page has: `limit`, or 50.
  [[nodiscard]] std::size_t limit() const { return limit_; }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  std::optional<std::string> cursor_;
  std::size_t limit_ = 50;
};

inline constexpr QueryParameter kLimit{"limit",
                                       "How many items a page has: 1 to 200, 50 if absent"};
inline constexpr QueryParameter kCursor{"cursor", "`next` of the page before"};

}  // namespace server::api
