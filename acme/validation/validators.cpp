#include "acme/validation/validators.h"

#include <array>
#include <utility>
#include <variant>

#include "acme/validation/dns_01.h"
#include "acme/validation/http_01.h"
#include "acme/validation/tls_alpn_01.h"

namespace acme {

namespace {

boost::asio::awaitable<ValidationOutcome> by_http_01(Services& services,
                                                     ValidationSubject subject) {
  return validate_http_01(services.fetcher, std::move(subject.identifier), std::move(subject.token),
                          std::move(subject.thumbprint));
}

boost::asio::awaitable<ValidationOutcome> by_dns_01(Services& services, ValidationSubject subject) {
  return validate_dns_01(services.dns, std::get<ca::DnsName>(std::move(subject.identifier)),
                         std::move(subject.token), std::move(subject.thumbprint));
}

boost::asio::awaitable<ValidationOutcome> by_tls_alpn_01(Services& services,
                                                         ValidationSubject subject) {
  return validate_tls_alpn_01(services.prober, std::move(subject.identifier),
                              std::move(subject.token), std::move(subject.thumbprint));
}

constexpr std::array<Validator, 3> kValidators{{
    {policy::ValidationMethod::http_01, by_http_01},
    {policy::ValidationMethod::dns_01, by_dns_01},
    {policy::ValidationMethod::tls_alpn_01, by_tls_alpn_01},
}};

}  // namespace

std::span<const Validator> validators() {
  return kValidators;
}

boost::asio::awaitable<ValidationOutcome> validate(Services& services,
                                                   policy::ValidationMethod method,
                                                   ValidationSubject subject) {
  // T-A11: whatever the order offered, a method proves what it is able to prove.
  if (!policy::can_prove(method, subject.identifier, subject.coverage)) {
    co_return ValidationOutcome{
        Problem(ProblemType::unauthorized, std::string(policy::text_of(method)) +
                                               " cannot prove control of \"" +
                                               ca::value_of(subject.identifier) + "\""),
        {}};
  }
  const Validator& validator = kValidators.at(static_cast<std::size_t>(method));
  auto attempt = validator.validate(services, std::move(subject));
  co_return co_await std::move(attempt);
}

}  // namespace acme
