#include "acme/resource_urls.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace acme {
namespace {

constexpr std::string_view kIdPlace = "{id}";
constexpr std::string_view kMethodPlace = "{method}";
constexpr std::string_view kProfilePlace = "{profile}";

std::string filled(std::string_view path, std::string_view place, std::string_view value) {
  std::string out(path);
  out.replace(out.find(place), place.size(), value);
  return out;
}

std::string directory_with(const ResourceUrls& urls,
                           const DirectoryMeta& meta,
                           std::string new_order) {
  nlohmann::ordered_json described = nlohmann::ordered_json::object();
  if (!meta.terms_of_service.empty()) described["termsOfService"] = meta.terms_of_service;
  if (!meta.website.empty()) described["website"] = meta.website;
  if (!meta.caa_identities.empty()) described["caaIdentities"] = meta.caa_identities;
  if (!meta.issuer_domain_names.empty()) {
    described["issuerDomainNames"] = meta.issuer_domain_names;
    described["accountHashPrefix"] = urls.at(paths::kAccountHash);
  }
  described["externalAccountRequired"] = meta.external_account_required;
  if (meta.in_band_onion_caa_required) described["inBandOnionCAARequired"] = true;
  if (meta.subdomain_auth_allowed) described["subdomainAuthAllowed"] = true;
  if (meta.auto_renewal) {
    nlohmann::ordered_json offer{{"min-lifetime", meta.auto_renewal->min_lifetime.count()},
                                 {"max-duration", meta.auto_renewal->max_duration.count()}};
    if (meta.auto_renewal->certificate_get) offer["allow-certificate-get"] = true;
    described["auto-renewal"] = std::move(offer);
  }
  if (!meta.profiles.empty()) {
    nlohmann::ordered_json profiles = nlohmann::ordered_json::object();
    for (const ProfileSummary& profile : meta.profiles)
      profiles[profile.name] = profile.description;
    described["profiles"] = std::move(profiles);
  }
  // RFC 8555 §7.1.1: a resource that is not offered is left out.
  nlohmann::ordered_json directory = nlohmann::ordered_json::object();
  directory["newNonce"] = urls.at(paths::kNewNonce);
  directory["newAccount"] = urls.at(paths::kNewAccount);
  directory["newOrder"] = std::move(new_order);
  directory["newAuthz"] = urls.at(paths::kNewAuthz);
  directory["revokeCert"] = urls.at(paths::kRevokeCert);
  directory["keyChange"] = urls.at(paths::kKeyChange);
  directory["renewalInfo"] = urls.at(paths::kRenewalInfo);
  if (meta.applications_offered) {
    directory["newApplication"] = urls.at(paths::kNewApplication);
    directory["applications"] = urls.at(paths::kApplications);
  }
  directory["meta"] = std::move(described);
  return directory.dump();
}

}  // namespace

std::string ResourceUrls::profile_directory(std::string_view profile) const {
  return at(filled(paths::kProfileDirectory, kProfilePlace, profile));
}

std::string ResourceUrls::profile_new_order(std::string_view profile) const {
  return at(filled(paths::kProfileNewOrder, kProfilePlace, profile));
}

std::string ResourceUrls::account(const AccountId& id) const {
  return at(filled(paths::kAccount, kIdPlace, id.text()));
}

std::string ResourceUrls::account_orders(const AccountId& id) const {
  return at(filled(paths::kAccountOrders, kIdPlace, id.text()));
}

std::string ResourceUrls::order(const OrderId& id) const {
  return at(filled(paths::kOrder, kIdPlace, id.text()));
}

std::string ResourceUrls::finalize(const OrderId& id) const {
  return at(filled(paths::kFinalize, kIdPlace, id.text()));
}

std::string ResourceUrls::authorization(const AuthorizationId& id) const {
  return at(filled(paths::kAuthorization, kIdPlace, id.text()));
}

std::string ResourceUrls::challenge(const AuthorizationId& id, std::string_view method) const {
  return at(filled(filled(paths::kChallenge, kIdPlace, id.text()), kMethodPlace, method));
}

std::string ResourceUrls::certificate(const CertificateId& id) const {
  return at(filled(paths::kCertificate, kIdPlace, id.text()));
}

std::string ResourceUrls::star_certificate(const CertificateId& id) const {
  return at(filled(paths::kStarCertificate, kIdPlace, id.text()));
}

std::string ResourceUrls::chain(const CertificateId& id, std::size_t chain) const {
  if (chain == 0) return certificate(id);
  return at(filled(filled(paths::kAlternateChain, kIdPlace, id.text()), "{chain}",
                   std::to_string(chain)));
}

std::string ResourceUrls::application(const policy::ApplicationId& id) const {
  return at(filled(paths::kApplication, kIdPlace, id.text()));
}

std::optional<AccountId> ResourceUrls::account_of(std::string_view url) const {
  constexpr std::string_view prefix = paths::kAccount.substr(0, paths::kAccount.find(kIdPlace));
  static_assert(paths::kAccount.ends_with(kIdPlace));
  if (!url.starts_with(base_)) return std::nullopt;
  url.remove_prefix(base_.size());
  if (!url.starts_with(prefix)) return std::nullopt;
  return AccountId::parse(url.substr(prefix.size()));
}

std::string directory_json(const ResourceUrls& urls, const DirectoryMeta& meta) {
  return directory_with(urls, meta, urls.at(paths::kNewOrder));
}

std::string profile_directory_json(const ResourceUrls& urls,
                                   DirectoryMeta meta,
                                   const ProfileSummary& profile) {
  meta.profiles = {profile};
  const auto& offer = meta.auto_renewal;
  if (offer && std::ranges::find(offer->profiles, profile.name) == offer->profiles.end()) {
    meta.auto_renewal.reset();
  }
  return directory_with(urls, meta, urls.profile_new_order(profile.name));
}

}  // namespace acme
