#include "acme/validation/dns_01.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "acme/in_quotes.h"
#include "acme/validation/key_authorization.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme {

namespace {

/// The first few records, so that a zone with hundreds fills no reply.
std::string listed(const std::vector<std::string>& records) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(records.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + in_quotes(records[i]);
  }
  if (records.size() > kMost) text += " and " + std::to_string(records.size() - kMost) + " more";
  return text;
}

}  // namespace

std::string dns_01_value(std::string_view token, std::string_view thumbprint) {
  return ca::base64url(ca::sha256(key_authorization(token, thumbprint)));
}

boost::asio::awaitable<ValidationOutcome> validate_dns_01(DnsClient& dns,
                                                          ca::DnsName name,
                                                          std::string token,
                                                          std::string thumbprint) {
  return validate_txt_digest(dns, "_acme-challenge." + name.without_wildcard().text(),
                             std::move(token), std::move(thumbprint), {});
}

boost::asio::awaitable<ValidationOutcome> validate_txt_digest(DnsClient& dns,
                                                              std::string owner,
                                                              std::string token,
                                                              std::string thumbprint,
                                                              std::string note) {
  Result<DnsRecords<std::string>> found = co_await dns.txt(owner);
  ValidationOutcome outcome;
  if (!found) {
    outcome.problem = std::move(found.error());
    co_return outcome;
  }
  outcome.hops.push_back("TXT of " + owner + ", " + std::to_string(found->records.size()) +
                         " records, " + std::string(text_of(found->proof)));
  const std::string expected = dns_01_value(token, thumbprint);
  if (std::ranges::find(found->records, expected) != found->records.end()) co_return outcome;
  outcome.problem =
      Problem(ProblemType::incorrect_response,
              found->records.empty()
                  ? in_quotes(owner) + " has no TXT record; expected one that is \"" + expected +
                        "\"" + note
                  : "the TXT records of " + in_quotes(owner) + " are " + listed(found->records) +
                        "; expected one that is \"" + expected + "\"" + note);
  co_return outcome;
}

}  // namespace acme
