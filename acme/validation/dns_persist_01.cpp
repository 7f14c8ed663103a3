#include "acme/validation/dns_persist_01.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/validation/caa.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme {

namespace {

constexpr std::size_t kMostIssuers = 10;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& each : lower) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return lower;
}

/// The parameters that mean something; tags are in lower case, and all others are to be ignored.
struct Parameters {
  std::optional<std::string> account;
  std::optional<std::string> policy;
  std::optional<std::string> until;
};

std::unexpected<Problem> malformed(std::string detail) {
  return refuse(ProblemType::malformed, std::move(detail));
}
std::unexpected<Problem> unauthorized(std::string detail) {
  return refuse(ProblemType::unauthorized, std::move(detail));
}

Result<Parameters> parameters_of(const CaaIssueValue& value) {
  Parameters found;
  std::set<std::string> seen;
  for (const auto& [tag, content] : value.parameters) {
    if (!seen.insert(tag).second)
      return malformed("has the parameter " + in_quotes(tag) + " twice");
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

/// Our own words, whole: somebody has to copy them into a zone.
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& each : names) text += (text.empty() ? "\"" : " or \"") + each + "\"";
  return text;
}

}  // namespace

std::expected<std::string, Problem> judge_persistent_record(std::string_view record,
                                                            const PersistentClaim& claim) {
  const std::optional<CaaIssueValue> value = parse_caa_issue_value(record);
  if (!value) return unauthorized("is not written as RFC 8659 section 4.2 has it");
  if (std::ranges::find(claim.issuers, value->issuer) == claim.issuers.end()) {
    return unauthorized("is for another CA");
  }
  const Result<Parameters> parameters = parameters_of(*value);
  if (!parameters) return std::unexpected(parameters.error());
  if (parameters->until) {
    const std::optional<ca::Time> end = end_of(*parameters->until);
    if (!end) return malformed("has a persistUntil that is no number of seconds");
    if (claim.now > *end) return unauthorized("ended at " + ca::rfc3339(*end));
  }
  if (std::ranges::find(claim.accounts, *parameters->account) == claim.accounts.end()) {
    return unauthorized("is for another account");
  }
  if (claim.scope == PersistentScope::wildcard &&
      lower_case(parameters->policy.value_or("")) != "wildcard") {
    return unauthorized("has no policy=wildcard, without which it is for the name alone");
  }
  return *parameters->account;
}

boost::asio::awaitable<ValidationOutcome> validate_dns_persist_01(DnsClient& dns,
                                                                  PersistentClaim claim) {
  constexpr std::size_t kMostQuoted = 5;
  const std::string owner = "_validation-persist." + claim.name.text();
  Result<DnsRecords<std::string>> found = co_await dns.txt(owner);
  ValidationOutcome outcome;
  if (!found) {
    outcome.problem = std::move(found.error());
    co_return outcome;
  }
  std::string hop = "TXT of " + owner + ", " + std::to_string(found->records.size()) +
                    " records, " + std::string(text_of(found->proof));
  std::string objections;
  bool is_all_malformed = !found->records.empty();
  for (std::size_t i = 0; i < found->records.size(); ++i) {
    const auto judged = judge_persistent_record(found->records[i], claim);
    if (judged) {
      outcome.hops.push_back(std::move(hop) + ", accounturi \"" + *judged + "\"");
      co_return outcome;
    }
    is_all_malformed = is_all_malformed && judged.error().type() == ProblemType::malformed;
    if (i >= kMostQuoted) continue;
    objections +=
        (i == 0 ? "; " : ", ") + in_quotes(found->records[i]) + " " + judged.error().detail();
  }
  outcome.hops.push_back(std::move(hop));
  std::string expected = listed(claim.issuers) + " with the accounturi " + listed(claim.accounts);
  if (claim.scope == PersistentScope::wildcard) expected += " and policy=wildcard";
  outcome.problem = Problem(is_all_malformed ? ProblemType::malformed : ProblemType::unauthorized,
                            "no TXT record of " + in_quotes(owner) + " permits this" + objections +
                                "; expected one for " + expected);
  co_return outcome;
}

std::string hashed_account_uri(std::string_view prefix,
                               const ca::DnsName& name,
                               std::string_view thumbprint,
                               std::string_view account_url) {
  const std::string domain = name.without_wildcard().text();
  std::string hashed(1, static_cast<char>(domain.size()));
  hashed.append(domain).append(thumbprint).append(account_url);
  return std::string(prefix) + "sha-256/" + ca::base64url(ca::sha256(hashed));
}

std::vector<std::string> persistent_issuers(const std::vector<std::string>& caa_identities) {
  std::vector<std::string> issuers;
  for (const std::string& each : caa_identities) {
    if (issuers.size() < kMostIssuers) issuers.push_back(lower_case(each));
  }
  return issuers;
}

}  // namespace acme
