// The TOML library, with what it asserts of a text as faults of that text. Include this and never
// the library itself.
#pragma once

#include <cstdint>
#include <expected>
#include <stdexcept>
#include <string>
#include <string_view>

namespace policy {

/// toml++ asserts what a text can violate, for example that a key follows `[`.
class FailedTomlAssertion : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace policy

#define TOML_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : throw ::policy::FailedTomlAssertion(#condition))

#include <toml++/toml.h>

namespace policy {

/// The first place where a text is not TOML.
struct NotToml {
  std::uint64_t line = 0;
  std::string reason;
};

/// Reads TOML 1.0. Refuses with the first fault, whatever the text; keeps nothing of `text`. Safe
/// to call from any thread.
std::expected<toml::table, NotToml> parse_toml(std::string_view text);

}  // namespace policy
