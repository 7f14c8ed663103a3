// The value of an `issue` or `issuewild` property (RFC 8659 §4.2), which records that stay are
// written as too (BR 3.2.2.4.22).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace policy {

/// Taken apart.
struct CaaIssueValue {
  std::string issuer;                                           // in lower case; empty: nobody
  std::vector<std::pair<std::string, std::string>> parameters;  // tags in lower case
  bool operator==(const CaaIssueValue&) const = default;
};

/// Nothing unless `value` matches the grammar of RFC 8659 §4.2 to its last octet.
std::optional<CaaIssueValue> parse_caa_issue_value(std::string_view value);

}  // namespace policy
