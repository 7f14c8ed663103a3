#include "policy/catalog/toml_parser.h"

#include <algorithm>
#include <vector>

namespace policy {
namespace {

/// Whether the library's assertions hold for a beginning of a text.
bool holds(std::string_view beginning) {
  try {
    static_cast<void>(toml::parse(beginning));
  } catch (const toml::parse_error&) {
    return true;  // it was understood far enough to be refused
  } catch (const FailedTomlAssertion&) {
    return false;
  }
  return true;
}

/// The library reads from front to back and does not say how far it came: the line is the first
/// that ends a beginning which it cannot read.
std::uint64_t line_of_failure(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n', end + 1)) {
    ends.push_back(end + 1);
  }
  const auto first = std::ranges::partition_point(
      ends, [&](std::size_t end) { return holds(text.substr(0, end)); });
  return static_cast<std::uint64_t>(first - ends.begin()) + 1;
}

}  // namespace

std::expected<toml::table, NotToml> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return std::unexpected(NotToml{error.source().begin.line, std::string(error.description())});
  } catch (const FailedTomlAssertion&) {
    return std::unexpected(
        NotToml{line_of_failure(text), "a key was expected, and something else is there"});
  }
}

}  // namespace policy
