#include "policy/domain_control/persistent_record.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "ca/names/ascii.h"
#include "ca/names/quoted.h"
#include "policy/domain_control/caa_value.h"

namespace policy {

namespace {

/// The parameters that mean something; tags are in lower case, and all others are to be ignored.
struct Parameters {
  std::optional<std::string> account;
  std::optional<std::string> policy;
  std::optional<std::string> until;
};

using Kind = PersistentRefusal::Kind;

std::unexpected<PersistentRefusal> malformed(std::string detail) {
  return std::unexpected(PersistentRefusal{Kind::malformed, std::move(detail)});
}
std::unexpected<PersistentRefusal> unfit(std::string detail) {
  return std::unexpected(PersistentRefusal{Kind::unfit, std::move(detail)});
}

std::expected<Parameters, PersistentRefusal> parameters_of(const CaaIssueValue& value) {
  Parameters found;
  std::set<std::string> seen;
  for (const auto& [tag, content] : value.parameters) {
    if (!seen.insert(tag).second)
      return malformed("has the parameter " + ca::quoted(tag) + " twice");
    if (tag == "accounturi") found.account = content;
    if (tag == "policy") found.policy = content;
    if (tag == "persistuntil") found.until = content;
  }
  if (!found.account || found.account->empty()) return malformed("has no accounturi");
  return found;
}

/// The last second in which the record counts. What is later than any clock counts for ever.
std::optional<ca::Time> end_of(std::string_view until) {
  const bool is_number = !until.empty() && until.find_first_not_of("0123456789") == until.npos;
  if (!is_number) return std::nullopt;
  constexpr std::int64_t kLatest = 253'402'300'799;  // the year 9999
  std::int64_t seconds = kLatest;
  const auto parsed = std::from_chars(until.data(), until.data() + until.size(), seconds);
  if (parsed.ec != std::errc{}) seconds = kLatest;
  return ca::Time(std::chrono::seconds(std::min(seconds, kLatest)));
}

}  // namespace

std::expected<std::string, PersistentRefusal> judge_persistent_record(
    std::string_view record, const PersistentTerms& terms) {
  const std::optional<CaaIssueValue> value = parse_caa_issue_value(record);
  if (!value) return unfit("is not written as RFC 8659 section 4.2 has it");
  if (std::ranges::find(terms.issuers, value->issuer) == terms.issuers.end()) {
    return unfit("is for another CA");
  }
  const std::expected<Parameters, PersistentRefusal> parameters = parameters_of(*value);
  if (!parameters) return std::unexpected(parameters.error());
  if (parameters->until) {
    const std::optional<ca::Time> end = end_of(*parameters->until);
    if (!end) return malformed("has a persistUntil that is no number of seconds");
    if (terms.now > *end) return unfit("ended at " + ca::rfc3339(*end));
  }
  if (std::ranges::find(terms.accounts, *parameters->account) == terms.accounts.end()) {
    return unfit("is for another account");
  }
  if (terms.reach == PersistentReach::wider &&
      ca::lower_case(parameters->policy.value_or("")) != "wildcard") {
    return unfit("has no policy=wildcard, without which it is for the name alone");
  }
  return *parameters->account;
}

}  // namespace policy
