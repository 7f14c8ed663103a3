#include "acme/validation/validators.h"

#include <array>
#include <utility>
#include <variant>

#include "acme/validation/dns_01.h"
#include "acme/validation/dns_account_01.h"
#include "acme/validation/dns_persist_01.h"
#include "acme/validation/http_01.h"
#include "acme/validation/onion_csr_01.h"
#include "acme/validation/tls_alpn_01.h"

namespace acme {

namespace {

boost::asio::awaitable<ValidationOutcome> by_http_01(Probes probes, ValidationSubject subject) {
  return validate_http_01(probes.fetcher, std::move(subject.identifier), std::move(subject.token),
                          std::move(subject.thumbprint));
}

boost::asio::awaitable<ValidationOutcome> by_dns_01(Probes probes, ValidationSubject subject) {
  return validate_dns_01(probes.dns, std::get<ca::DnsName>(std::move(subject.identifier)),
                         std::move(subject.token), std::move(subject.thumbprint));
}

boost::asio::awaitable<ValidationOutcome> by_tls_alpn_01(Probes probes, ValidationSubject subject) {
  return validate_tls_alpn_01(probes.prober, std::move(subject.identifier),
                              std::move(subject.token), std::move(subject.thumbprint));
}

boost::asio::awaitable<ValidationOutcome> by_dns_account_01(Probes probes,
                                                            ValidationSubject subject) {
  return validate_dns_account_01(probes.dns, std::get<ca::DnsName>(std::move(subject.identifier)),
                                 std::move(subject.token), std::move(subject.thumbprint),
                                 std::move(subject.account_url));
}

boost::asio::awaitable<ValidationOutcome> by_dns_persist_01(Probes probes,
                                                            ValidationSubject subject) {
  auto name = std::get<ca::DnsName>(std::move(subject.identifier));
  const bool is_wide = name.is_wildcard() || subject.coverage == policy::Coverage::subdomains;
  using policy::PersistentReach;
  PersistentClaim claim{.name = name.without_wildcard(),
                        .reach = is_wide ? PersistentReach::wider : PersistentReach::domain_itself,
                        .issuers = subject.issuer_domain_names,
                        .accounts = {subject.account_url,
                                     hashed_account_uri(subject.account_hash_prefix, name,
                                                        subject.thumbprint, subject.account_url)},
                        .now = probes.clock.seconds()};
  if (!subject.account_uri.empty()) {
    std::erase_if(claim.accounts,
                  [&](const std::string& each) { return each != subject.account_uri; });
  }
  return validate_dns_persist_01(probes.dns, std::move(claim));
}

boost::asio::awaitable<ValidationOutcome> by_onion_csr_01(Probes /*probes*/,
                                                          ValidationSubject subject) {
  co_return judge_onion_request(std::get<ca::DnsName>(subject.identifier),
                                onion_nonce(subject.token), subject.onion_request);
}

constexpr std::array<Validator, 6> kValidators{{
    {policy::ValidationMethod::http_01, by_http_01},
    {policy::ValidationMethod::dns_01, by_dns_01},
    {policy::ValidationMethod::tls_alpn_01, by_tls_alpn_01},
    {policy::ValidationMethod::dns_account_01, by_dns_account_01},
    {policy::ValidationMethod::dns_persist_01, by_dns_persist_01},
    {policy::ValidationMethod::onion_csr_01, by_onion_csr_01},
}};

}  // namespace

std::span<const Validator> validators() {
  return kValidators;
}

boost::asio::awaitable<ValidationOutcome> validate(Probes probes, ValidationSubject subject) {
  // T-A11: whatever the order offered, a method proves what it is able to prove.
  if (!policy::can_prove(subject.method, subject.identifier, subject.coverage)) {
    co_return ValidationOutcome{
        Problem(ProblemType::unauthorized, std::string(policy::text_of(subject.method)) +
                                               " cannot prove control of \"" +
                                               ca::value_of(subject.identifier) + "\""),
        {}};
  }
  const Validator& validator = kValidators.at(static_cast<std::size_t>(subject.method));
  auto attempt = validator.validate(probes, std::move(subject));
  co_return co_await std::move(attempt);
}

}  // namespace acme
