// What looking for domain control needs from the network. Declared by the user of it, implemented
// in server/outbound/. What goes wrong on the other side is a value; faults of ours are thrown.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/dns_name.h"
#include "ca/names/identifier.h"
#include "policy/ids.h"
#include "policy/quorum.h"

namespace policy {

struct ControlItem;   // policy/domain_control/control.h
struct ControlHouse;  // policy/domain_control/methods.h

enum class LookupFailure {
  unanswered,  // no answer, a response code, an answer that cannot be used
  bogus,       // DNSSEC says that it was forged
};
struct LookupFault {
  LookupFailure failure;
  std::string detail;  // a sentence that names the name and the type
};
struct LookedUp {
  std::vector<std::string> values;  // none if the name does not exist or has none of the type
  enum class Proof { insecure, secure } proof = Proof::insecure;
};
template <class T>
using LookupResult = std::expected<T, LookupFault>;

/// Looks up what a zone says now, checked by DNSSEC where it is signed. Names are dotted text
/// without the last dot and need not be host names. Safe from any thread.
class ZoneReader {
 public:
  virtual ~ZoneReader() = default;
  /// TXT records at the end of CNAMEs, the character strings of each one joined.
  virtual boost::asio::awaitable<LookupResult<LookedUp>> text_records(std::string owner) = 0;
  /// Where the CNAME of this very name leads, in lower case.
  virtual boost::asio::awaitable<LookupResult<LookedUp>> alias(std::string owner) = 0;
  /// The name servers that serve `domain` as a zone of its own, in lower case.
  virtual boost::asio::awaitable<LookupResult<LookedUp>> name_servers(std::string domain) = 0;
};

/// Who asks for a certificate, as CAA records may restrict it (RFC 8657).
struct CaaAsker {
  std::string account_uri;
  std::string_view method;     // a label of the IANA registry; empty if ACME has no such method
  std::string_view tbr_label;  // "ca-tbr-7" (BR 4.2.2.1)
  Corroborators corroborators = Corroborators::perspectives;  // whose trust is judged
};

/// Why nothing may be issued for a name.
struct CaaDenial {
  enum class Cause { forbidden, unreadable } cause = Cause::forbidden;
  std::string detail;                   // one sentence
  std::vector<std::string> votes = {};  // of perspectives that were asked, a line each
};

/// Judges the CAA records of a name (RFC 8659, BR 4.2.2.1). Safe from any thread.
class CaaReader {
 public:
  virtual ~CaaReader() = default;
  /// What permits, as one sentence for the records.
  virtual boost::asio::awaitable<std::expected<std::string, CaaDenial>> permission(
      ca::DnsName name, CaaAsker asker) = 0;
};

enum class FetchFailure {
  unreachable,       // no address, no connection, no answer
  bogus,             // of the look-up on the way there
  status,            // neither a success nor a redirect
  redirect_refused,  // to where nobody is followed
  too_long,
};
struct FetchFault {
  FetchFailure failure;
  std::uint32_t status = 0;  // of the last answer, if there was one
  std::string detail;        // a sentence that names the URL and the address
  std::vector<std::string> hops = {};
};
struct Fetched {
  std::string body;
  std::vector<std::string> hops;  // "http://a.example/… from 192.0.2.1"
};

/// Fetches `http://host/path` within limits of size and time, and follows what BR 3.2.2.4.18 lets
/// it follow. Safe from any thread.
class SiteReader {
 public:
  virtual ~SiteReader() = default;
  virtual boost::asio::awaitable<std::expected<Fetched, FetchFault>> page(ca::Identifier host,
                                                                          std::string path) = 0;
};

/// Others, elsewhere in the network, who look for the same by themselves (BR 3.2.2.9). Safe from
/// any thread.
class ControlPerspectives {
 public:
  virtual ~ControlPerspectives() = default;
  /// Asks all of them whether they see what `item` says: one vote for each that there is; who is
  /// dead, late or talks nonsense does not agree.
  virtual boost::asio::awaitable<std::vector<Vote>> control(ControlItem item,
                                                            ControlHouse house,
                                                            TenantId tenant) = 0;
};

struct ControlPorts {
  ZoneReader& zones;
  CaaReader& caa;
  SiteReader& sites;
  ControlPerspectives* perspectives = nullptr;  // null: nobody else is asked
};

}  // namespace policy
