#include "acme/validation/caa_check.h"

#include <exception>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/validation/caa_report.h"
#include "ca/names/onion_service.h"

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

/// The relevant record set (RFC 8659 §3).
struct RelevantCaa {
  std::string domain;  // that has it; where there is none, the last one asked
  DnsRecords<CaaRecord> found;
};

/// Climbs to the first domain with records.
boost::asio::awaitable<Result<RelevantCaa>> find_caa(DnsClient& dns, ca::DnsName name) {
  // RFC 9799 §6: nothing about onion names is in the DNS, and nobody there is to learn of them (RFC
  // 7686 §2).
  if (ca::is_onion(name)) {
    co_return forbidden(name, "\"" + name.text() +
                                  "\" is an onion name; its CAA records come with the request to "
                                  "finalize, and those that came count no longer");
  }
  std::string domain = name.without_wildcard().text();
  DnsProof proof = DnsProof::secure;
  for (;;) {
    auto asking = dns.caa(domain);
    Result<DnsRecords<CaaRecord>> found = co_await std::move(asking);
    if (!found) {
      co_return forbidden(name, found.error().detail() +
                                    "; nothing is issued until the CAA records of \"" +
                                    name.text() + "\" can be read");
    }
    // The absence below counts only as much as its weakest link.
    if (found->proof == DnsProof::insecure) proof = DnsProof::insecure;
    const std::size_t dot = domain.find('.');
    if (!found->records.empty() || dot == std::string::npos) {
      co_return RelevantCaa{std::move(domain), {std::move(found->records), proof}};
    }
    domain.erase(0, dot + 1);
  }
}

Result<std::string> judge(const RelevantCaa& caa,
                          const ca::DnsName& name,
                          const CaaApplicant& applicant) {
  const std::string proof(text_of(caa.found.proof));
  if (caa.found.records.empty()) return "no CAA up to " + caa.domain + "; " + proof;
  const CaaScope scope = name.is_wildcard() ? CaaScope::wildcard : CaaScope::single_name;
  if (const auto objection = caa_objection(caa.found.records, scope, applicant)) {
    return forbidden(name, "the CAA records of \"" + caa.domain +
                               "\" do not permit this certificate for \"" + name.text() +
                               "\": " + *objection + "; expected " + listed(applicant.identities));
  }
  return "CAA of " + caa.domain + ": " + caa_text(caa.found.records) + "; " + proof;
}

/// RFC 8659 §4.4. Whatever becomes of the report, it changes nothing for who asked.
boost::asio::awaitable<void> report(Services& services, ForbiddenRequest request) {
  if (services.caa_reporting == nullptr || report_addresses(request.records).empty()) co_return;
  const std::string name = request.name.text();
  try {
    auto queue = [&reporting = *services.caa_reporting, &random = services.random,
                  request = std::move(request)](storage::Transaction& transaction) {
      return queue_caa_reports(transaction, reporting, request, random);
    };
    if (co_await services.store.write(std::move(queue)) != 0) services.wake_due_work();
  } catch (const std::exception& fault) {
    services.events.record(Severity::warning, "caa.report_failed",
                           {{"identifier", name}, {"detail", fault.what()}});
  }
}

}  // namespace

boost::asio::awaitable<Result<std::string>> check_caa(DnsClient& dns,
                                                      ca::DnsName name,
                                                      CaaApplicant applicant) {
  auto finding = find_caa(dns, name);
  Result<RelevantCaa> found = co_await std::move(finding);
  if (!found) co_return std::unexpected(std::move(found).error());
  co_return judge(*found, name, applicant);
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
                                                        CaaApplicant applicant,
                                                        policy::Corroborators others) {
  auto finding = find_caa(services.dns, name);
  Result<RelevantCaa> relevant = co_await std::move(finding);
  if (!relevant) co_return std::unexpected(CaaRefusal{std::move(relevant).error()});
  Result<std::string> found = judge(*relevant, name, applicant);
  if (!found) {
    auto reporting =
        report(services, {name, std::move(relevant->domain), std::move(relevant->found.records),
                          services.clock.seconds()});
    co_await std::move(reporting);
    co_return std::unexpected(CaaRefusal{std::move(found).error(), {}, CaaDoubt::forbidden});
  }
  if (services.perspectives == nullptr || others == policy::Corroborators::nobody) {
    co_return *std::move(found);
  }
  auto asking = corroborate_caa(*services.perspectives, services.clock.seconds(), std::move(name),
                                std::move(applicant), *std::move(found));
  co_return co_await std::move(asking);
}

}  // namespace acme
