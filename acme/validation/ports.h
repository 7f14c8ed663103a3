// What validation needs from the network. Declared by the user of it, implemented in
// server/outbound/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "acme/problem.h"
#include "ca/names/identifier.h"

namespace acme {

/// Whether a chain of DNSSEC signatures proves an answer (RFC 4035 §4.3). There is no third value:
/// a bogus answer is a refusal.
enum class DnsProof { insecure, secure };
/// "DNSSEC secure" or "not signed", for records of what was seen.
constexpr std::string_view text_of(DnsProof proof) {
  return proof == DnsProof::secure ? "DNSSEC secure" : "not signed";
}

/// The records of one type at one name. None if the name does not exist or has none of the type.
template <class Record>
struct DnsRecords {
  std::vector<Record> records;
  DnsProof proof = DnsProof::insecure;
};

/// One CAA record (RFC 8659 §4.1).
struct CaaRecord {
  std::uint8_t flags = 0;
  std::string tag;    // never empty; lower case, because tags are matched without case
  std::string value;  // any octets
  bool operator==(const CaaRecord&) const = default;
};

/// Looks names up. Every answer has been checked by DNSSEC where the zone is signed; a bogus one is
/// a refusal. CNAMEs have been followed. Every look-up refuses with `dns` and a sentence naming the
/// name, the type and the failure: no answer, a response code, bogus, cut off, malformed. Safe from
/// any thread.
class DnsClient {
 public:
  virtual ~DnsClient() = default;
  /// Addresses in the order they should be tried, IPv6 first. An empty list means that the name
  /// exists without addresses or does not exist.
  virtual boost::asio::awaitable<Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName name) = 0;
  /// TXT records, the character strings of each one joined. `owner` is dotted text without the last
  /// dot; it need not be a host name ("_acme-challenge.a.example").
  virtual boost::asio::awaitable<Result<DnsRecords<std::string>>> txt(std::string owner) = 0;
  /// CAA records of this very name; climbing to its parents is acme/validation/caa_check.h's. One
  /// record that cannot be read is a refusal, because it may be the one that forbids.
  virtual boost::asio::awaitable<Result<DnsRecords<CaaRecord>>> caa(std::string owner) = 0;
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
