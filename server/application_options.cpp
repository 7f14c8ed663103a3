#include "server/application_options.h"

#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "acme/records/certificate_origin.h"
#include "acme/records/due_work_record.h"
#include "acme/validation/dns_persist_01.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/applications/agreement.h"
#include "policy/name_rules.h"
#include "server/config/endpoint.h"
#include "server/config/load.h"
#include "server/config/quantity.h"
#include "server/config/setting.h"
#include "server/issuer_files.h"
#include "server/whole_file.h"
#include "storage/storage_error.h"

namespace server {
namespace {

using acme::Severity;

// Files, the event loop, the resolver's first sockets, and what libraries open for a moment.
constexpr std::uint64_t kOwnDescriptors = 64;

Dnssec dnssec(const Settings& settings) {
  if (settings.dns_dnssec == "on") return Dnssec::validate;
  if (settings.dns_dnssec == "off") return Dnssec::ignore;
  return settings.validation_allow_private_addresses ? Dnssec::ignore : Dnssec::validate;
}

/// The descriptors this process may have, as many as the system lets it take.
std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace

std::size_t worker_threads(std::uint64_t chosen) {
  return chosen != 0 ? chosen : std::max(1U, std::thread::hardware_concurrency());
}

std::size_t io_threads(std::uint64_t chosen) {
  return chosen != 0 ? chosen : std::max(2U, std::thread::hardware_concurrency()) - 1;
}

bool sign_quickly(const ca::IssuerSet& issuers) {
  return std::ranges::all_of(issuers.members(), [](const ca::IssuerSet::Member& member) {
    return member.issuer->signer().public_key().kind() == ca::KeyKind::ec_p256;
  });
}

policy::SpecialUseNames special_use_names(const Settings& settings) {
  return settings.validation_allow_private_addresses ? policy::SpecialUseNames::allowed_in_lab
                                                     : policy::SpecialUseNames::refused;
}

namespace {

/// RFC 8739 §3.2. Throws std::runtime_error for a profile that cannot have it.
std::optional<acme::AutoRenewalOffer> auto_renewal_offer(const Settings& settings,
                                                         const policy::Catalog& catalog) {
  if (settings.auto_renewal_profiles.empty()) return std::nullopt;
  acme::AutoRenewalOffer offer{.profiles = settings.auto_renewal_profiles,
                               .min_lifetime = settings.auto_renewal_min_lifetime,
                               .max_duration = settings.auto_renewal_max_duration,
                               .certificate_get = settings.auto_renewal_certificate_get};
  for (const std::string& name : offer.profiles) {
    const policy::Product* product = catalog.find(name);
    if (product == nullptr || acme::is_reviewed(*product)) {
      throw std::runtime_error(
          "auto_renewal.profiles names \"" + name + "\", which is " +
          (product == nullptr ? "no profile on offer" : "a profile that names an organization"));
    }
    offer.max_duration = std::min(offer.max_duration, product->authorization_lifetime);
  }
  return offer;
}

}  // namespace

policy::ControlHouse control_house(const Settings& settings) {
  using policy::Corroborators;
  return {
      settings.acme_caa_identities, settings.validation_cname_zone,
      settings.perspectives_remotes.empty() ? Corroborators::nobody : Corroborators::perspectives};
}

acme::DirectoryMeta directory_meta(const Settings& settings, const policy::Catalog& catalog) {
  acme::DirectoryMeta meta;
  meta.terms_of_service = settings.acme_terms_of_service;
  meta.website = settings.acme_website;
  meta.caa_identities = settings.acme_caa_identities;
  if (policy::offers(catalog, policy::ValidationMethod::dns_persist_01)) {
    meta.issuer_domain_names = acme::persistent_issuers(settings.acme_caa_identities);
  }
  meta.external_account_required = settings.acme_external_account_required;
  for (const policy::Product& product : catalog.products()) {
    meta.profiles.emplace_back(product.name, product.description);
  }
  meta.in_band_onion_caa_required = policy::offers(catalog, policy::ValidationMethod::onion_csr_01);
  meta.subdomain_auth_allowed = policy::offers_subdomains(catalog);
  meta.auto_renewal = auto_renewal_offer(settings, catalog);
  meta.applications_offered = std::ranges::any_of(catalog.products(), acme::is_reviewed);
  return meta;
}

std::vector<std::string> accepted_hosts(const std::string& bound,
                                        std::uint16_t port,
                                        const std::string& url,
                                        std::vector<std::string> further) {
  std::vector<std::string> hosts = std::move(further);
  if (const std::optional<BaseUrl> base = parse_base_url(url)) hosts.push_back(base->authority);
  Endpoint endpoint = parse_endpoint(bound).value();
  endpoint.port = port;
  hosts.push_back(endpoint.text());
  for (const char* own : {"localhost:", "127.0.0.1:", "[::1]:"})
    hosts.push_back(own + std::to_string(port));
  return hosts;
}

std::vector<std::string> also_without_port(std::vector<std::string> hosts) {
  for (std::size_t i = hosts.size(); i-- > 0;) {
    const std::size_t colon = hosts[i].rfind(':');
    if (colon != std::string::npos && !hosts[i].ends_with(']')) {
      hosts.push_back(hosts[i].substr(0, colon));
    }
  }
  return hosts;
}

std::uint64_t connections_within(std::uint64_t descriptors,
                                 std::uint64_t reserve,
                                 std::uint64_t listeners) {
  const std::uint64_t kept = std::min(reserve, descriptors / 2);
  return std::max<std::uint64_t>(1, (descriptors - kept) / listeners);
}

std::uint64_t validation_descriptors(const Settings& settings) {
  return settings.validation_concurrent * (1 + settings.perspectives_remotes.size());
}

HttpLimits http_limits(const Settings& settings, Logger& log) {
  HttpLimits limits;
  const std::uint64_t wanted = settings.http_connections;
  const std::uint64_t listeners = settings.listen_public.empty() ? 1 : 2;
  const std::uint64_t descriptors = raise_descriptor_limit();
  const std::uint64_t fitting = connections_within(
      descriptors, validation_descriptors(settings) + kOwnDescriptors, listeners);
  limits.connections = std::min(wanted, fitting);
  if (fitting < wanted) {
    log.record(Severity::warning, "config.connections_capped",
               {{"setting", "http.connections"},
                {"value", std::to_string(wanted)},
                {"used", std::to_string(fitting)},
                {"descriptors", std::to_string(descriptors)}});
  }
  limits.header_bytes = settings.http_header_bytes;
  limits.body_bytes = settings.http_body_bytes;
  limits.handshake = settings.http_handshake_timeout;
  limits.header = settings.http_header_timeout;
  limits.body = settings.http_body_timeout;
  limits.idle = settings.http_idle_timeout;
  limits.handler = settings.http_handler_timeout;
  limits.drain = settings.http_drain_timeout;
  return limits;
}

DnsOptions dns_options(const Settings& settings) {
  DnsOptions options;
  options.resolvers = settings.dns_resolvers;
  options.dnssec = dnssec(settings);
  options.trust_anchor_file = settings.dns_trust_anchor_file;
  options.built_in_zones =
      settings.validation_allow_private_addresses ? BuiltInZones::remove : BuiltInZones::keep;
  options.name_servers = settings.validation_allow_private_addresses
                             ? SpecialNameServers::allow_in_lab
                             : SpecialNameServers::refuse;
  options.timeout = settings.dns_timeout;
  return options;
}

FetchOptions fetch_options(const Settings& settings) {
  FetchOptions options;
  options.ports = {static_cast<std::uint16_t>(settings.validation_http_port),
                   static_cast<std::uint16_t>(settings.validation_tls_port)};
  options.special_addresses = settings.validation_allow_private_addresses
                                  ? SpecialAddresses::allow_in_lab
                                  : SpecialAddresses::refuse;
  options.timeout = settings.validation_fetch_timeout;
  return options;
}

ProbeOptions probe_options(const Settings& settings) {
  ProbeOptions options;
  options.port = static_cast<std::uint16_t>(settings.validation_tls_port);
  options.special_addresses = settings.validation_allow_private_addresses
                                  ? SpecialAddresses::allow_in_lab
                                  : SpecialAddresses::refuse;
  options.timeout = settings.validation_fetch_timeout;
  return options;
}

storage::LmdbOptions storage_options(const Settings& settings) {
  return {.folder = settings.storage_path, .map_bytes = settings.storage_map_size};
}

std::unique_ptr<storage::Store> open_store(const Settings& settings, acme::EventLog& log) {
  constexpr unsigned kMebibytes = 20;  // bits
  const storage::LmdbOptions options = storage_options(settings);
  auto store = std::make_unique<storage::Store>(storage::open_lmdb(options));
  const std::optional<std::uint64_t> left = options.free_disk(options.folder);
  if (!left || *left >= options.disk_floor_bytes) {
    acme::complete_certificate_lists(*store, log);
    return store;
  }
  throw storage::StorageFull(
      "the disk that holds the store in " + options.folder.string() +
      " is full: " + std::to_string(*left >> kMebibytes) + " MiB are free, and writing ends at " +
      std::to_string(options.disk_floor_bytes >> kMebibytes) + " MiB; make room and start again");
}

acme::DueWorkRunner::Limits work_limits(const Settings& settings) {
  acme::DueWorkRunner::Limits limits;
  limits.concurrent_validations = settings.validation_concurrent;
  // Room for storing the outcome behind the slowest fetch.
  limits.validation_deadline = settings.validation_fetch_timeout + std::chrono::seconds(10);
  // Perspectives are asked twice, for control and for CAA.
  if (!settings.perspectives_remotes.empty())
    limits.validation_deadline += 2 * settings.perspectives_timeout;
  return limits;
}

void note_crl_schemes(storage::Store& store, const ca::IssuerSet& issuers, ca::Time now) {
  for (const ca::IssuerSet::Member& member : issuers.members()) {
    const ca::Issuer::Urls& urls = member.issuer->urls();
    if (urls.crl_parts <= 1) continue;
    const std::string& id = member.issuer->id();
    store.write_and_wait([&](storage::Transaction& transaction) {
      if (ca::note_crl_scheme(transaction, id, urls.crl_parts, urls.crl, now)) {
        acme::request_crl(transaction, id, now);
      }
    });
  }
}

void publish_agreement(storage::Store& store, const Settings& settings, ca::Time now) {
  constexpr std::size_t kLongestAgreement = std::size_t{4} << 20U;
  policy::Agreement agreement{settings.agreement_version, {}, settings.acme_terms_of_service, now};
  if (!settings.agreement_file.empty()) {
    agreement.sha256 =
        ca::hex(ca::sha256(whole_file_or_throw(settings.agreement_file, kLongestAgreement)));
  }
  const auto published = store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::publish_agreement(transaction, agreement);
  });
  if (!published) throw std::runtime_error("agreement.version: " + published.error());
}

void announce_products(const std::vector<policy::Product>& products, Logger& log) {
  const std::string which = not_offered(products);
  if (!which.empty()) log.record(Severity::info, "catalog.not_offered", {{"reason", which}});
}

void announce_issuers(const std::vector<std::string>& notes, Logger& log) {
  for (const std::string& each : notes) {
    log.record(Severity::warning, "ca.issuer_retired", {{"reason", each}});
  }
}

acme::RateLimits rate_limits(const Settings& settings) {
  acme::RateLimits limits;
  for (const policy::RateLimit& limit : policy::rate_limits()) {
    const Setting* setting = find_setting("limits." + std::string(limit.name));
    const auto rate = parse_rate(settings.*std::get<std::string Settings::*>(setting->member));
    if (rate) limits.rates.emplace(limit.id, *rate);
  }
  for (const std::string& each : settings.limits_exempt_accounts) {
    limits.exempt_accounts.insert(acme::AccountId::parse(each).value());
  }
  for (const std::string& each : settings.limits_exempt_networks) {
    limits.exempt_networks.push_back(policy::Network::parse(each).value());
  }
  limits.help = settings.acme_rate_limit_help;
  return limits;
}

std::vector<LabSetting> lab_settings(const Settings& settings) {
  const Settings standard = default_settings({});
  std::vector<LabSetting> departures;
  for (const Setting& setting : settings_table()) {
    const std::string value = value_text(setting, settings);
    const std::string usual = value_text(setting, standard);
    // BR 4.2.2.2 wants DNSSEC validated; to demand it is nobody's departure.
    const bool no_dnssec = setting.key == "dns.dnssec" && settings.dns_dnssec == "off";
    if ((setting.audience == Audience::lab && value != usual) || no_dnssec)
      departures.push_back({setting.key, value, usual});
  }
  return departures;
}

void announce_lab_settings(const Settings& settings, Logger& log) {
  for (const auto& [key, value, usual] : lab_settings(settings)) {
    log.record(Severity::warning, "config.lab_setting",
               {{"setting", std::string(key)}, {"value", value}, {"default", usual}});
  }
  if (dnssec(settings) == Dnssec::ignore) {
    log.record(Severity::warning, "config.dnssec_off",
               {{"setting", "dns.dnssec"}, {"value", settings.dns_dnssec}});
  }
}

}  // namespace server
