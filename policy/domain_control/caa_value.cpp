#include "policy/domain_control/caa_value.h"

#include <algorithm>

#include "ca/names/ascii.h"

namespace policy {

namespace {

/// A cursor over a property value, one function for each rule of the grammar.
class ValueReader {
 public:
  explicit ValueReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  bool take(char expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// `label` and `tag`: letters, digits and hyphens, the latter not at either end. Empty if there
  /// is none.
  std::string_view label() {
    const auto ends = std::ranges::find_if_not(
        rest_, [](char each) { return ca::is_alphanumeric(each) || each == '-'; });
    const std::string_view found = first(static_cast<std::size_t>(ends - rest_.begin()));
    return found.starts_with('-') || found.ends_with('-') ? std::string_view{} : found;
  }
  /// `value`: printable ASCII without space and semicolon, possibly nothing.
  std::string_view value() {
    const auto ends = std::ranges::find_if_not(
        rest_, [](char each) { return each > ' ' && each < '\x7f' && each != ';'; });
    return first(static_cast<std::size_t>(ends - rest_.begin()));
  }

 private:
  std::string_view first(std::size_t count) {
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }
  std::string_view rest_;
};

/// issuer-domain-name = label *("." label). False if it is begun and not ended.
bool read_issuer(ValueReader& reader, std::string& issuer) {
  do {
    const std::string_view label = reader.label();
    if (label.empty()) return false;
    issuer += (issuer.empty() ? "" : ".") + ca::lower_case(label);
  } while (reader.take('.'));
  reader.skip_space();
  return true;
}

/// parameter = tag *WSP "=" *WSP value
bool read_parameter(ValueReader& reader, CaaIssueValue& into) {
  const std::string_view tag = reader.label();
  if (tag.empty()) return false;
  reader.skip_space();
  if (!reader.take('=')) return false;
  reader.skip_space();
  into.parameters.emplace_back(ca::lower_case(tag), reader.value());
  reader.skip_space();
  return true;
}

}  // namespace

std::optional<CaaIssueValue> parse_caa_issue_value(std::string_view value) {
  ValueReader reader(value);
  CaaIssueValue parsed;
  reader.skip_space();
  if (reader.at_end()) return parsed;
  if (!reader.take(';')) {
    if (!read_issuer(reader, parsed.issuer)) return std::nullopt;
    if (reader.at_end()) return parsed;
    if (!reader.take(';')) return std::nullopt;
  }
  reader.skip_space();
  if (reader.at_end()) return parsed;
  do {
    reader.skip_space();
    if (!read_parameter(reader, parsed)) return std::nullopt;
  } while (reader.take(';'));
  if (!reader.at_end()) return std::nullopt;
  return parsed;
}

}  // namespace policy
