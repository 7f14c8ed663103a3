// Fetching what a challenge asks for, from hosts that nobody trusts.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "acme/validation/ports.h"
#include "policy/domain_control/ports.h"
#include "server/outbound/dialled_addresses.h"
#include "server/outbound/fetch_url.h"

namespace server {

struct FetchOptions {
  FetchPorts ports;
  SpecialAddresses special_addresses = SpecialAddresses::refuse;
  std::size_t redirects = 10;  // BR 3.2.2.4.19 names no number; RFC 9110 §15.4 asks for one
  std::size_t header_bytes = 8 * 1024;  // of one answer
  std::size_t body_bytes = 1024;        // a key authorization is about 90 octets (RFC 8555 §8.1)
  std::size_t total_bytes = 16 * 1024;  // of all answers with their redirects
  std::chrono::milliseconds timeout{10'000};  // of the whole fetch with its look-ups and redirects
};

/// The real acme::HttpFetcher and policy::SiteReader. Every hop is a connection of its own to an
/// address that was judged before it was dialled; nothing is kept, cached or decompressed. A
/// server's certificate is not verified: the fetch proves control of the name whose certificate is
/// still to be made (RFC 8555 §8.3). Safe from any thread.
class ValidationFetcher final : public acme::HttpFetcher, public policy::SiteReader {
 public:
  /// `dns` outlives this object.
  ValidationFetcher(acme::DnsClient& dns, FetchOptions options);
  ~ValidationFetcher() override;
  boost::asio::awaitable<acme::Result<acme::FetchedBody>> fetch(ca::Identifier host,
                                                                std::string path) override;
  /// The same, told apart by what failed.
  boost::asio::awaitable<std::expected<policy::Fetched, policy::FetchFault>> page(
      ca::Identifier host, std::string path) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
