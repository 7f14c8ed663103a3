// What validation needs from the network. Declared by the user of it, implemented in
// server/outbound/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <string>
#include <vector>

#include "acme/problem.h"
#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"

namespace acme {

/// Looks names up. Every answer has been checked by DNSSEC where the zone is signed; a bogus one is
/// a refusal. Safe from any thread.
class DnsClient {
 public:
  virtual ~DnsClient() = default;
  /// Addresses in the order they should be tried, IPv6 first. An empty list means that the name
  /// exists without addresses or does not exist. Refuses with `dns` and a sentence naming the name
  /// and the failure.
  virtual boost::asio::awaitable<Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName name) = 0;
};

/// What was fetched and from where.
struct FetchedBody {
  std::string body;  // at most the limit asked for, plus nothing
  std::string final_url;
  std::vector<std::string> hops;  // "http://a.example/… from 192.0.2.1", for the validation record
};

/// Fetches `http://name/path` for a validation: resolves once and dials exactly that address,
/// follows 301, 302, 307 and 308 to http and https on the allowed ports (BR 3.2.2.4.19, each hop
/// resolved and judged anew, at most 10, no loops), refuses special-purpose addresses before
/// dialling, and keeps to its limits of size and time.
class HttpFetcher {
 public:
  virtual ~HttpFetcher() = default;
  /// Refuses with `dns`, `connection`, `tls`, `unauthorized` (a status other than 2xx) or
  /// `incorrect_response` (too long), each saying which address and which hop.
  virtual boost::asio::awaitable<Result<FetchedBody>> fetch(ca::DnsName host, std::string path) = 0;
};

}  // namespace acme
