#include "policy/name_scope.h"

#include <algorithm>
#include <variant>

namespace policy {

bool is_at_or_under(std::string_view name, std::string_view suffix) {
  if (name == suffix) return true;
  return name.size() > suffix.size() && name.ends_with(suffix) &&
         name[name.size() - suffix.size() - 1] == '.';
}

bool is_under_suffix(std::string_view name, std::string_view suffix) {
  if (!suffix.ends_with(".*")) return is_at_or_under(name, suffix);
  const std::size_t last_dot = name.rfind('.');
  if (last_dot == std::string_view::npos || name.size() - last_dot != 3) return false;
  suffix.remove_suffix(2);
  return is_at_or_under(name.substr(0, last_dot), suffix);
}

bool is_within(const ca::Identifier& identifier, const std::vector<std::string>& domains) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr) return false;
  const std::string bare = name->without_wildcard().text();
  return std::ranges::any_of(
      domains, [&](const std::string& domain) { return is_at_or_under(bare, domain); });
}

}  // namespace policy
