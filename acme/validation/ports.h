// What validation needs from the network. Declared by the user of it, implemented in
// server/outbound/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <string>
#include <vector>

#include "acme/problem.h"
#include "ca/names/identifier.h"

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

/// Fetches `http://host/path` for a validation, where the host is a DNS name or the address that is
/// validated (RFC 8738 §4): resolves once and dials exactly that address,
/// follows 301, 302, 307 and 308 to http and https on the allowed ports (BR 3.2.2.4.19, each hop
/// resolved and judged anew, at most 10, no loops), refuses special-purpose addresses before
/// dialling, and keeps to its limits of size and time.
class HttpFetcher {
 public:
  virtual ~HttpFetcher() = default;
  /// Refuses with `dns`, `connection`, `tls`, `unauthorized` (a status other than 2xx) or
  /// `incorrect_response` (too long), each saying which address and which hop.
  virtual boost::asio::awaitable<Result<FetchedBody>> fetch(ca::Identifier host,
                                                            std::string path) = 0;
};

/// What a host showed to `acme-tls/1`.
struct ProbedCertificate {
  std::string der;  // the first certificate, of any kind and unverified
  std::string hop;  // "192.0.2.1:443 (server_name a.example)", for the validation record
};

/// Makes a TLS handshake with `acme-tls/1` as its only protocol (RFC 8737 §3) and nothing more:
/// resolves once and dials exactly that address, refuses special-purpose addresses before dialling,
/// and keeps to its limits of size and time.
class TlsProber {
 public:
  virtual ~TlsProber() = default;
  /// Refuses with `dns`, `connection`, or `tls` (no handshake, another protocol or none), saying
  /// which address.
  virtual boost::asio::awaitable<Result<ProbedCertificate>> probe(ca::Identifier host,
                                                                  std::string server_name) = 0;
};

}  // namespace acme
