#include "server/outbound/unbound_context.h"

#include <unbound-event.h>
#include <unbound.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "ca/names/ip_address.h"
#include "server/config/endpoint.h"
#include "server/outbound/unbound_dns_client.h"

namespace server {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 12> kOptions{{
    // A validation must see the zone of now (BR 4.2.1 counts from the look-up), not of an hour ago.
    {"cache-max-ttl:", "0"},
    {"cache-max-negative-ttl:", "0"},
    // RFC 9715: no fragments.
    {"edns-buffer-size:", "1232"},
    // RFC 9156.
    {"qname-minimisation:", "yes"},
    {"harden-glue:", "yes"},
    {"harden-dnssec-stripped:", "yes"},
    {"val-clean-additional:", "yes"},
    // RFC 4035 §5.3.1 as it stands: libunbound would take a signature for an hour or more after its
    // end. Our clock is right, or nothing that is signed has the right time.
    {"val-sig-skew-min:", "0"},
    {"val-sig-skew-max:", "0"},
    {"num-queries-per-thread:", "4096"},
    {"outgoing-range:", "1024"},
    // A name server that was down is asked again after a minute, not after a quarter of an hour.
    {"infra-host-ttl:", "60"},
}};

// RFC 6761, RFC 7686 and RFC 8375 names that libunbound answers by itself.
constexpr std::array kBuiltInZones{"test.",      "example.",   "invalid.",
                                   "localhost.", "home.arpa.", "internal."};

constexpr const char* kDebianAnchorFile = "/usr/share/dns/root.key";
// IANA root-anchors.xml: KSK-2017 and KSK-2024.
constexpr std::array kRootAnchors{
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"};

void require(int error, const std::string& what) {
  if (error != 0) throw std::runtime_error(what + ": " + ub_strerror(error));
}

/// The file that is used, or an empty path for the keys built in.
std::filesystem::path anchor_file(const DnsOptions& options) {
  if (options.trust_anchor_file.empty() && std::filesystem::exists(kDebianAnchorFile))
    return kDebianAnchorFile;
  return options.trust_anchor_file;
}

void add_trust_anchors(ub_ctx* context, const std::filesystem::path& file) {
  if (file.empty()) {
    for (const char* anchor : kRootAnchors) {
      require(ub_ctx_add_ta(context, anchor), "the DNSSEC root keys are refused");
    }
    return;
  }
  // libunbound reads the file only later, and does not say which.
  if (!std::ifstream(file)) {
    throw std::runtime_error("the DNSSEC trust anchors in " + file.string() + " cannot be read");
  }
  require(ub_ctx_add_ta_file(context, file.c_str()), "the DNSSEC trust anchors are refused");
}

}  // namespace

UnboundContext::UnboundContext(const DnsOptions& options, ub_event_base* events)
    : context_(events == nullptr ? ub_ctx_create() : ub_ctx_create_ub_event(events)) {
  if (context_ == nullptr)
    throw std::runtime_error("the DNS resolver cannot be created: out of memory");
  try {
    configure(options);
  } catch (...) {
    ub_ctx_delete(context_);
    throw;
  }
}

// The order matters: the first look-up, and every change of zones, freezes all other options.
void UnboundContext::configure(const DnsOptions& options) {
  // Our log is the only one; libunbound's goes to standard error.
  require(ub_ctx_debugout(context_, nullptr), "the DNS resolver's log cannot be closed");
  for (const auto& [option, value] : kOptions) {
    require(ub_ctx_set_option(context_, option, value),
            std::string("the DNS option ") + option + " is refused");
  }
  for (const std::string& resolver : options.resolvers) {
    const std::optional<Endpoint> endpoint = parse_endpoint(resolver);
    if (!endpoint) throw std::runtime_error("the resolver " + resolver + " is not address:port");
    const std::string place = endpoint->address + "@" + std::to_string(endpoint->port);
    require(ub_ctx_set_fwd(context_, place.c_str()), "the resolver " + resolver + " is refused");
  }
  // A configured resolver may be anywhere, and then it alone is asked.
  if (options.resolvers.empty() && options.name_servers == SpecialNameServers::refuse) {
    for (const std::string& prefix : ca::special_purpose_prefixes()) {
      require(ub_ctx_set_option(context_, "do-not-query-address:", prefix.c_str()),
              "the DNS option do-not-query-address " + prefix + " is refused");
    }
  }
  if (!options.resolvers.empty()) {
    require(ub_ctx_set_option(context_, "do-not-query-localhost:", "no"),
            "loopback resolvers are refused");
  }
  const std::filesystem::path anchors = anchor_file(options);
  if (options.dnssec == Dnssec::validate) add_trust_anchors(context_, anchors);
  // Removing a zone that is not there changes nothing but makes libunbound read all it was given.
  const bool own_anchors = options.dnssec == Dnssec::validate && !anchors.empty();
  require(ub_ctx_zone_remove(context_, "none.invalid."),
          own_anchors
              ? "the DNSSEC trust anchors in " + anchors.string() + " are not DS or DNSKEY records"
              : std::string("the DNS resolver cannot start"));
  if (options.built_in_zones == BuiltInZones::keep) return;
  for (const char* zone : kBuiltInZones) {
    require(ub_ctx_zone_remove(context_, zone),
            std::string("the built-in zone ") + zone + " cannot be removed");
  }
}

UnboundContext::~UnboundContext() {
  ub_ctx_delete(context_);
}

}  // namespace server
