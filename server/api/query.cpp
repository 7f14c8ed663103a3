#include "server/api/query.h"

#include <algorithm>

#include "acme/in_quotes.h"
#include "acme/wire/json_document.h"
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

using Kind = QueryFault::Kind;

std::unexpected<QueryFault> bad(Kind kind, const std::string& parameter, std::string detail) {
  return std::unexpected(QueryFault{kind, parameter, std::move(detail)});
}

/// Whether `value` is one of the parameter's words, if it has any.
bool is_taken(const QueryParameter& parameter, const std::string& value) {
  if (parameter.words == nullptr) return true;
  const std::vector<std::string_view> words = parameter.words();
  return std::ranges::find(words, value) != words.end();
}

std::string expected_words(const QueryParameter& parameter) {
  std::string known;
  for (const std::string_view each : parameter.words())
    known += (known.empty() ? "" : ", ") + std::string(each);
  return "expected one of " + known;
}

}  // namespace

std::string query_pointer(std::string_view parameter) {
  return "/?" + acme::pointer_step(parameter).substr(1);
}

std::expected<void, QueryFault> Query::read_places() {
  if (const auto limit = find(kLimit.name)) {
    const auto number = parse_number(*limit);
    if (!number || *number == 0 || *number > kMostItems) {
      return bad(Kind::unreadable, std::string(kLimit.name),
                 "The limit is " + acme::in_quotes(*limit) + "; expected 1 to 200.");
    }
    limit_ = *number;
  }
  if (const auto cursor = find(kCursor.name)) {
    const std::string detail =
        "The cursor " + acme::in_quotes(*cursor) + " is not one that a page of this list gave out.";
    if (!is_cursor(*cursor)) return bad(Kind::unreadable, std::string(kCursor.name), detail);
    cursor_ = cursor_octets(list_, *cursor);
    if (!cursor_) return bad(Kind::value, std::string(kCursor.name), detail);
  }
  return {};
}

std::expected<Query, QueryFault> Query::parse(std::string_view text,
                                              std::span<const QueryParameter> known,
                                              std::string_view name) {
  Query query;
  query.list_ = name;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto parameter = decoded(pair.substr(0, equals));
    const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!parameter || !value) {
      return bad(Kind::unreadable, parameter.value_or(std::string()),
                 "The query has a value that is not a line of UTF-8 text.");
    }
    const auto row = std::ranges::find(known, *parameter, &QueryParameter::name);
    if (row == known.end()) {
      return bad(Kind::unreadable, *parameter,
                 "There is no query parameter " + acme::in_quotes(*parameter) + " here.");
    }
    if (query.find(*parameter)) {
      return bad(Kind::unreadable, *parameter,
                 "The query parameter " + acme::in_quotes(*parameter) + " stands there twice.");
    }
    if (!is_taken(*row, *value)) {
      return bad(Kind::value, *parameter,
                 acme::in_quotes(*value) + " is not taken here; " + expected_words(*row) + ".");
    }
    query.values_.emplace_back(*parameter, *value);
  }
  if (auto read = query.read_places(); !read) return std::unexpected(std::move(read.error()));
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
