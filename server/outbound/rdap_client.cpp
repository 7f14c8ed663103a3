#include "server/outbound/rdap_client.h"

#include <utility>

#include "server/outbound/rdap_answer.h"
#include "server/outbound/service_request.h"

namespace server {
namespace {

namespace asio = boost::asio;
using policy::RegistrantAnswer;
using Fault = std::unexpected<std::string>;

constexpr std::size_t kLongestHeader = 8 * 1024;

std::expected<RegistrantAnswer, std::string> read_answer(const std::string& url,
                                                         const ca::DnsName& domain,
                                                         HttpAnswer answer) {
  if (answer.status != 200) {
    return Fault(url + " answered with status " + std::to_string(answer.status) + ".");
  }
  auto names = parse_rdap_registrant(answer.body, domain.text());
  if (!names) return Fault(url + " " + names.error() + ".");
  return RegistrantAnswer{domain.text(), url, std::move(answer.body), *std::move(names)};
}

}  // namespace

RdapClient::RdapClient(acme::DnsClient& dns, RdapOptions options)
    : dns_(dns), options_(std::move(options)), exchange_(PeerCertificate::verified) {}

asio::awaitable<std::expected<RegistrantAnswer, std::string>> RdapClient::registrant(
    ca::DnsName domain) {
  const std::string url = options_.url + "domain/" + domain.text();
  const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
  const ExchangeLimits limits{.connect_by = deadline,
                              .answer_by = deadline,
                              .header_bytes = kLongestHeader,
                              .body_bytes = kLongestRdapAnswer,
                              .total_bytes = 2 * kLongestRdapAnswer};
  auto asking = ask_service(dns_, url, options_.special_addresses, deadline,
                            [&](const ca::IpAddress& address, const LogUrl& registry) {
                              return exchange_.get(address, registry.port, registry.url, limits);
                            });
  auto answer = co_await std::move(asking);
  if (!answer) co_return Fault(url + " " + answer.error() + ".");
  co_return read_answer(url, domain, *std::move(answer));
}

std::unique_ptr<RdapClient> make_rdap_client(const std::string& url,
                                             SpecialAddresses special_addresses,
                                             acme::DnsClient& dns) {
  if (url.empty()) return nullptr;
  return std::make_unique<RdapClient>(dns, RdapOptions{.url = url + (url.ends_with('/') ? "" : "/"),
                                                       .special_addresses = special_addresses});
}

}  // namespace server
