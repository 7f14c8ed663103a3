#include "server/outbound/rdap_client.h"

#include <utility>

#include "server/outbound/log_url.h"
#include "server/outbound/rdap_answer.h"

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
  return RegistrantAnswer{url, std::move(answer.body), *std::move(names)};
}

}  // namespace

RdapClient::RdapClient(acme::DnsClient& dns, RdapOptions options)
    : dns_(dns), options_(std::move(options)), exchange_(PeerCertificate::verified) {}

asio::awaitable<std::expected<RegistrantAnswer, std::string>> RdapClient::registrant(
    ca::DnsName domain) {
  const std::string url = options_.url + "domain/" + domain.text();
  const auto place = parse_log_url(url);
  if (!place) co_return Fault("The URL of the registry cannot be used: " + url + ".");
  const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
  auto resolving = addresses_to_dial(dns_, place->url.host, options_.special_addresses, deadline);
  const auto addresses = co_await std::move(resolving);
  if (!addresses) co_return Fault(addresses.error().detail());
  const ExchangeLimits limits{.connect_by = deadline,
                              .answer_by = deadline,
                              .header_bytes = kLongestHeader,
                              .body_bytes = kLongestRdapAnswer,
                              .total_bytes = 2 * kLongestRdapAnswer};
  std::string fault = "has no address";
  for (const ca::IpAddress& address : *addresses) {
    auto asking = exchange_.get(address, place->port, place->url, limits);
    auto answer = co_await std::move(asking);
    if (answer) co_return read_answer(url, domain, *std::move(answer));
    fault = answer.error().sentence;
    if (answer.error().step != ExchangeStep::connect) break;
  }
  co_return Fault(url + " " + fault + ".");
}

std::unique_ptr<RdapClient> make_rdap_client(const std::string& url,
                                             SpecialAddresses special_addresses,
                                             acme::DnsClient& dns) {
  if (url.empty()) return nullptr;
  return std::make_unique<RdapClient>(dns, RdapOptions{.url = url + (url.ends_with('/') ? "" : "/"),
                                                       .special_addresses = special_addresses});
}

}  // namespace server
