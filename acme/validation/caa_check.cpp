#include "acme/validation/caa_check.h"

#include <utility>

#include "acme/in_quotes.h"

namespace acme {

namespace {

std::string listed(const std::vector<std::string>& identities) {
  std::string text;
  for (const std::string& each : identities) text += (text.empty() ? "\"" : " or \"") + each + "\"";
  return text.empty() ? "no record, because this CA has no CAA identity" : text;
}

std::unexpected<Problem> forbidden(const ca::DnsName& name, std::string detail) {
  return std::unexpected(Problem(ProblemType::caa, std::move(detail)).about(ca::Identifier(name)));
}

}  // namespace

boost::asio::awaitable<Result<std::string>> check_caa(DnsClient& dns,
                                                      ca::DnsName name,
                                                      CaaApplicant applicant) {
  const CaaScope scope = name.is_wildcard() ? CaaScope::wildcard : CaaScope::single_name;
  std::string domain = name.without_wildcard().text();
  DnsProof proof = DnsProof::secure;
  for (;;) {
    const Result<DnsRecords<CaaRecord>> found = co_await dns.caa(domain);
    if (!found) {
      co_return forbidden(name, found.error().detail() +
                                    "; nothing is issued until the CAA records of \"" +
                                    name.text() + "\" can be read");
    }
    // The absence below counts only as much as its weakest link.
    if (found->proof == DnsProof::insecure) proof = DnsProof::insecure;
    if (!found->records.empty()) {
      if (const auto objection = caa_objection(found->records, scope, applicant)) {
        co_return forbidden(name, "the CAA records of \"" + domain +
                                      "\" do not permit this certificate for \"" + name.text() +
                                      "\": " + *objection + "; expected " +
                                      listed(applicant.identities));
      }
      co_return "CAA of " + domain + ": " + caa_text(found->records) + "; " +
          std::string(text_of(proof));
    }
    const std::size_t dot = domain.find('.');
    if (dot == std::string::npos) break;
    domain.erase(0, dot + 1);
  }
  co_return "no CAA up to " + domain + "; " + std::string(text_of(proof));
}

boost::asio::awaitable<CaaFinding> corroborate_caa(Perspectives& perspectives,
                                                   ca::Time now,
                                                   ca::DnsName name,
                                                   CaaApplicant applicant,
                                                   std::string found) {
  auto asking = perspectives.caa(name, std::move(applicant));
  const std::vector<policy::Vote> votes = co_await std::move(asking);
  policy::Corroboration corroboration = policy::judge_votes(votes, now);
  if (corroboration.objection) {
    auto refusal = forbidden(name, "the CAA records of " + in_quotes(name.text()) +
                                       " permit this certificate as seen from here, but not from "
                                       "elsewhere in the network: " +
                                       *corroboration.objection);
    corroboration.lines.push_back(std::move(corroboration.summary));
    co_return std::unexpected(
        CaaRefusal{std::move(refusal).error(), std::move(corroboration.lines)});
  }
  std::string evidence = std::move(found) + "; " + corroboration.summary;
  for (const std::string& line : corroboration.lines) evidence += "; " + line;
  co_return evidence;
}

boost::asio::awaitable<CaaFinding> check_caa_everywhere(Services& services,
                                                        ca::DnsName name,
                                                        CaaApplicant applicant) {
  auto checking = check_caa(services.dns, name, applicant);
  Result<std::string> found = co_await std::move(checking);
  if (!found) co_return std::unexpected(CaaRefusal{std::move(found).error()});
  if (services.perspectives == nullptr) co_return *std::move(found);
  auto asking = corroborate_caa(*services.perspectives, services.clock.seconds(), std::move(name),
                                std::move(applicant), *std::move(found));
  co_return co_await std::move(asking);
}

}  // namespace acme
