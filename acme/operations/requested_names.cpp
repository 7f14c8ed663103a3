#include "acme/operations/requested_names.h"

#include <algorithm>
#include <set>
#include <utility>

#include "acme/authorization.h"
#include "acme/in_quotes.h"
#include "acme/problem_from.h"
#include "ca/crypto/encoding.h"
#include "ca/names/onion_service.h"

namespace acme {

namespace {

constexpr std::size_t kTokenOctets = 32;

/// All refusals in one answer, so that a client with ten bad names needs one round and not ten. RFC
/// 8555 §6.7.1: which name a refusal is about is said in subproblems only.
Problem combined(std::vector<Problem> problems, std::size_t names) {
  if (names == 1 && problems.size() == 1) return std::move(problems.front());
  const ProblemType type = problems.front().type();
  const std::size_t count = problems.size();
  std::string detail =
      count == 1 ? problems.front().detail()
                 : std::to_string(count) + " identifiers are refused; see the subproblems";
  return Problem(type, std::move(detail)).with_subproblems(std::move(problems));
}

/// RFC 8738 §3: the one textual form of RFC 1123 §2.1 or RFC 5952 §4.
Result<ca::Identifier> parse_address(const std::string& value) {
  auto address = ca::IpAddress::parse(value);
  if (!address) return std::unexpected(problem_from(address.error()));
  if (address->text() != value) {
    return refuse(ProblemType::malformed, "the address " + in_quotes(value) + " is written \"" +
                                              address->text() + "\" (RFC 8738 section 3)");
  }
  return *std::move(address);
}

Result<ca::Identifier> parse_identifier(const RequestedIdentifier& wanted) {
  if (wanted.type == "ip") return parse_address(wanted.value);
  if (wanted.type != "dns") {
    return refuse(ProblemType::unsupported_identifier,
                  "identifier type " + in_quotes(wanted.type) + " of " + in_quotes(wanted.value) +
                      " is not certified here; expected \"dns\" or \"ip\"");
  }
  auto name = ca::DnsName::parse(wanted.value);
  if (!name) return std::unexpected(problem_from(name.error()));
  return *std::move(name);
}

/// RFC 9444 §2: an ancestor domain holds the name and has fewer labels.
Result<std::optional<ca::DnsName>> parse_ancestor(const ca::Identifier& identifier,
                                                  const std::optional<std::string>& wanted) {
  if (!wanted) return std::nullopt;
  auto ancestor = ca::DnsName::parse(*wanted);
  const std::vector<std::string> above = domains_above(identifier);
  if (!ancestor || std::ranges::find(above, ancestor->text()) == above.end()) {
    return refuse(ProblemType::malformed, "\"ancestorDomain\" is " + in_quotes(*wanted) +
                                              "; expected a domain that holds \"" +
                                              ca::value_of(identifier) + "\" (RFC 9444)");
  }
  return *std::move(ancestor);
}

}  // namespace

Result<const policy::Product*> find_product(const Services& services,
                                            const std::optional<std::string>& profile) {
  if (!profile) return &services.catalog.default_product();
  if (const policy::Product* product = services.catalog.find(*profile)) return product;
  std::string offered;
  for (const policy::Product& each : services.catalog.products()) {
    offered += (offered.empty() ? "\"" : ", \"") + each.name + "\"";
  }
  return refuse(ProblemType::invalid_profile,
                "there is no profile " + in_quotes(*profile) + "; expected " + offered);
}

Result<RequestedNames> judge_identifiers(const Services& services,
                                         const policy::Product& product,
                                         const std::vector<RequestedIdentifier>& wanted) {
  RequestedNames names;
  std::vector<Problem> problems;
  std::set<std::pair<std::string, std::string>> spellings;
  std::map<std::string, ProblemIdentifier> as_written;
  for (const RequestedIdentifier& each : wanted) {
    if (!spellings.emplace(each.type, each.value).second) continue;
    ProblemIdentifier written(each.type, each.value);
    auto identifier = parse_identifier(each);
    auto ancestor = identifier ? parse_ancestor(*identifier, each.ancestor_domain)
                               : std::unexpected(std::move(identifier).error());
    if (!ancestor) {
      problems.push_back(std::move(ancestor).error().about(std::move(written)));
      continue;
    }
    as_written.emplace(ca::value_of(*identifier), std::move(written));
    if (*ancestor) names.ancestors.emplace(*identifier, **ancestor);
    names.identifiers.push_back(*std::move(identifier));
  }
  names.identifiers = ca::as_set(std::move(names.identifiers));
  const auto violations =
      policy::check_names(product, names.identifiers, services.special_use_names);
  for (const policy::Violation& each : violations.value_or(policy::Violations{})) {
    Problem problem = problem_from(each);
    if (each.about()) {
      std::move(problem).about(as_written.at(ca::value_of(*each.about())));
    }
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) return names;
  return std::unexpected(combined(std::move(problems), spellings.size()));
}

AuthorizationRecord fresh_authorization(Services& services,
                                        const AccountId& account,
                                        const policy::Product& product,
                                        const ca::Identifier& identifier,
                                        policy::Coverage coverage,
                                        ca::Time now) {
  AuthorizationRecord record;
  record.account = account;
  record.product = product.name;
  record.identifiers = {identifier};
  record.coverage = coverage;
  record.created = now;
  // RFC 9799 §3.2, BR Appendix B 2.b: a nonce that an onion service signs is used for 30 days.
  constexpr std::chrono::seconds kNonceLifetime = std::chrono::days(30);
  record.expires =
      now + (ca::is_onion(identifier) ? std::min(product.order_lifetime, kNonceLifetime)
                                      : product.order_lifetime);
  for (const policy::ValidationMethod method : policy::methods_for(product, identifier, coverage)) {
    ChallengeRecord challenge;
    challenge.method = method;
    challenge.token = ca::base64url(services.random.bytes(kTokenOctets));
    record.challenges.push_back(std::move(challenge));
  }
  return record;
}

}  // namespace acme
