#include "acme/validation/dns_persist_01.h"

#include <algorithm>
#include <utility>

#include "acme/in_quotes.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/names/ascii.h"
#include "policy/domain_control/persistent_record.h"

namespace acme {

namespace {

using policy::PersistentReach;

constexpr std::size_t kMostIssuers = 10;

/// Our own words, whole: somebody has to copy them into a zone.
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& each : names) text += (text.empty() ? "\"" : " or \"") + each + "\"";
  return text;
}

}  // namespace

std::expected<std::string, Problem> judge_persistent_record(std::string_view record,
                                                            const PersistentClaim& claim) {
  auto judged = policy::judge_persistent_record(
      record, {claim.issuers, claim.accounts, claim.reach, claim.now});
  if (judged) return *std::move(judged);
  const bool is_malformed = judged.error().kind == policy::PersistentRefusal::Kind::malformed;
  return refuse(is_malformed ? ProblemType::malformed : ProblemType::unauthorized,
                std::move(judged).error().detail);
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
      outcome.account_uri = *judged;
      co_return outcome;
    }
    is_all_malformed = is_all_malformed && judged.error().type() == ProblemType::malformed;
    if (i >= kMostQuoted) continue;
    objections +=
        (i == 0 ? "; " : ", ") + in_quotes(found->records[i]) + " " + judged.error().detail();
  }
  outcome.hops.push_back(std::move(hop));
  std::string expected = listed(claim.issuers) + " with the accounturi " + listed(claim.accounts);
  if (claim.reach == PersistentReach::wider) expected += " and policy=wildcard";
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
    if (issuers.size() < kMostIssuers) issuers.push_back(ca::lower_case(each));
  }
  return issuers;
}

}  // namespace acme
