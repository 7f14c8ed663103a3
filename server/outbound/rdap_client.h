// Asking a registry who holds a domain (RFC 9082, RFC 9083).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <memory>
#include <string>

#include "acme/validation/ports.h"
#include "policy/reviews/registrant.h"
#include "server/outbound/dialled_addresses.h"
#include "server/outbound/http_exchange.h"

namespace server {

struct RdapOptions {
  std::string url;  // of the registry's server, with a slash at its end
  std::chrono::seconds timeout{10};
  SpecialAddresses special_addresses = SpecialAddresses::refuse;
};

/// Asks one server, and follows it nowhere. Over https its certificate has to be one that this
/// machine trusts: what it says is evidence. Safe from any thread, but each call runs on the
/// caller's executor, which must be a strand.
class RdapClient final : public policy::RegistrantReader {
 public:
  /// `dns` outlives it.
  RdapClient(acme::DnsClient& dns, RdapOptions options);
  boost::asio::awaitable<std::expected<policy::RegistrantAnswer, std::string>> registrant(
      ca::DnsName domain) override;

 private:
  acme::DnsClient& dns_;
  RdapOptions options_;
  HttpExchange exchange_;
};

/// By the setting rdap.server; null where that is empty.
std::unique_ptr<RdapClient> make_rdap_client(const std::string& url,
                                             SpecialAddresses special_addresses,
                                             acme::DnsClient& dns);

}  // namespace server
