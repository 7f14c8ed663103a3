#include "server/api/query.h"

#include <algorithm>

#include "acme/in_quotes.h"
#include "ca/crypto/encoding.h"
#include "policy/plain_text.h"
#include "server/api/cursor.h"
#include "server/config/quantity.h"

namespace server::api {
namespace {

constexpr std::size_t kMostItems = 200;

/// `%` and `+` as forms write them (WHATWG URL, application/x-www-form-urlencoded); nothing where
/// the result is no line of UTF-8 text.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const auto octet = ca::from_hex(text.substr(i + 1, 2));
      if (!octet || octet->size() != 1) return std::nullopt;
      out += *octet;
      i += 2;
    }
  }
  constexpr std::size_t kMostCharacters = 500;
  if (!out.empty() && policy::fault_of_line(out, kMostCharacters)) return std::nullopt;
  return out;
}

}  // namespace

std::expected<Query, std::string> Query::parse(std::string_view text,
                                               std::span<const QueryParameter> known) {
  Query query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decoded(pair.substr(0, equals));
    const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) {
      return std::unexpected("The query has a value that is not a line of UTF-8 text.");
    }
    if (std::ranges::find(known, *name, &QueryParameter::name) == known.end()) {
      return std::unexpected("There is no query parameter " + acme::in_quotes(*name) + " here.");
    }
    if (query.find(*name)) {
      return std::unexpected("The query parameter " + acme::in_quotes(*name) +
                             " stands there twice.");
    }
    query.values_.emplace_back(*name, *value);
  }
  if (const auto limit = query.find(kLimit.name)) {
    const auto number = parse_number(*limit);
    if (!number || *number == 0 || *number > kMostItems) {
      return std::unexpected("The limit is " + acme::in_quotes(*limit) + "; expected 1 to 200.");
    }
    query.limit_ = *number;
  }
  if (const auto cursor = query.find(kCursor.name)) {
    query.cursor_ = cursor_octets(*cursor);
    if (!query.cursor_) {
      return std::unexpected("The cursor " + acme::in_quotes(*cursor) +
                             " is not one that a page gave out.");
    }
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, &std::pair<std::string, std::string>::first);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::string Query::text(std::string_view name) const {
  return find(name).value_or(std::string());
}

}  // namespace server::api
