// DNS through libunbound: recursion or forwarding, with DNSSEC, driven from Asio.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/ports.h"
#include "policy/domain_control/ports.h"

namespace server {

enum class Dnssec { validate, ignore };
/// Whether the zones that libunbound answers by itself (`test.`, `localhost.`, … RFC 6761) are
/// asked for instead.
enum class BuiltInZones { keep, remove };

/// Whether recursion may be led to name servers at addresses of the special-purpose registries: an
/// NS record is written by whoever orders, and our network would answer to it.
enum class SpecialNameServers { refuse, allow_in_lab };

struct DnsOptions {
  std::vector<std::string> resolvers;  // "192.0.2.53:53"; empty: recursion from the root servers
  Dnssec dnssec = Dnssec::validate;
  std::filesystem::path trust_anchor_file;  // empty: Debian's, or the root keys built in
  BuiltInZones built_in_zones = BuiltInZones::keep;
  SpecialNameServers name_servers = SpecialNameServers::refuse;  // without `resolvers` only
  std::chrono::milliseconds timeout{5'000};  // of one look-up of both address types
  std::size_t in_flight = 2'000;             // queries sent at once; more wait, within their time
};

/// A caching-free resolver: answers are kept for the second in which they came, so that a
/// validation sees what the zone says now. Look-ups run on a strand of the executor, without a
/// thread of their own. Safe from any thread; the caller is resumed on its own executor.
class UnboundDnsClient final : public acme::DnsClient, public policy::ZoneReader {
 public:
  /// `executor` must outlive this object and be run by at least one thread. An idle client keeps no
  /// io_context running. Throws std::runtime_error with one sentence if a resolver or the trust
  /// anchors cannot be used.
  UnboundDnsClient(boost::asio::any_io_executor executor, DnsOptions options);
  ~UnboundDnsClient() override;

  /// A and AAAA side by side. Refuses with `dns`: what failed (bogus and why, the response code, no
  /// answer in time) and for which name and type. NXDOMAIN and a name without addresses are an
  /// empty list.
  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName name) override;
  boost::asio::awaitable<acme::Result<acme::DnsRecords<std::string>>> txt(
      std::string owner) override;
  boost::asio::awaitable<acme::Result<acme::DnsRecords<acme::CaaRecord>>> caa(
      std::string owner) override;

  boost::asio::awaitable<policy::LookupResult<policy::LookedUp>> text_records(
      std::string owner) override;
  boost::asio::awaitable<policy::LookupResult<policy::LookedUp>> alias(std::string owner) override;
  boost::asio::awaitable<policy::LookupResult<policy::LookedUp>> name_servers(
      std::string domain) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
