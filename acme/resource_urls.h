// Where the resources are: ids to URLs and back. The route table in server/acme_http/routes.cpp
// uses the same templates.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/ids.h"
#include "policy/ids.h"

namespace acme {

/// Path templates; `{id}` is one path segment.
namespace paths {
inline constexpr std::string_view kDirectory = "/acme/directory";
inline constexpr std::string_view kNewNonce = "/acme/new-nonce";
inline constexpr std::string_view kNewAccount = "/acme/new-account";
inline constexpr std::string_view kNewOrder = "/acme/new-order";
inline constexpr std::string_view kNewAuthz = "/acme/new-authz";
inline constexpr std::string_view kRenewalInfo = "/acme/renewal-info";
inline constexpr std::string_view kCertificateRenewalInfo = "/acme/renewal-info/{reference}";
inline constexpr std::string_view kProfileDirectory = "/acme/p/{profile}/directory";
inline constexpr std::string_view kProfileNewOrder = "/acme/p/{profile}/new-order";
inline constexpr std::string_view kRevokeCert = "/acme/revoke-cert";
inline constexpr std::string_view kKeyChange = "/acme/key-change";
inline constexpr std::string_view kAccount = "/acme/account/{id}";
inline constexpr std::string_view kAccountOrders = "/acme/account/{id}/orders";
inline constexpr std::string_view kOrder = "/acme/order/{id}";
inline constexpr std::string_view kFinalize = "/acme/order/{id}/finalize";
inline constexpr std::string_view kAuthorization = "/acme/authz/{id}";
inline constexpr std::string_view kChallenge = "/acme/challenge/{id}/{method}";
inline constexpr std::string_view kCertificate = "/acme/cert/{id}";
inline constexpr std::string_view kAlternateChain = "/acme/cert/{id}/{chain}";
inline constexpr std::string_view kStarCertificate = "/acme/star/{id}";
inline constexpr std::string_view kApplications = "/acme/applications";
inline constexpr std::string_view kNewApplication = "/acme/new-application";
inline constexpr std::string_view kApplication = "/acme/application/{id}";
/// The beginning of hashed account URIs (draft-ietf-acme-dns-persist-02): names, no resources.
inline constexpr std::string_view kAccountHash = "/acme/account-hash/";
}  // namespace paths

/// Builds absolute URLs under the configured base. Immutable; safe from any thread.
class ResourceUrls {
 public:
  /// `base` is scheme and authority without a trailing slash: `https://ca.example:14000`.
  explicit ResourceUrls(std::string base) : base_(std::move(base)) {}
  [[nodiscard]] const std::string& base() const { return base_; }
  [[nodiscard]] std::string at(std::string_view path) const { return base_ + std::string(path); }
  [[nodiscard]] std::string profile_directory(std::string_view profile) const;
  [[nodiscard]] std::string profile_new_order(std::string_view profile) const;
  [[nodiscard]] std::string account(const AccountId& id) const;
  [[nodiscard]] std::string account_orders(const AccountId& id) const;
  [[nodiscard]] std::string order(const OrderId& id) const;
  [[nodiscard]] std::string finalize(const OrderId& id) const;
  [[nodiscard]] std::string authorization(const AuthorizationId& id) const;
  [[nodiscard]] std::string challenge(const AuthorizationId& id, std::string_view method) const;
  [[nodiscard]] std::string certificate(const CertificateId& id) const;
  /// Where the newest certificate of an order that renews itself is (RFC 8739 §3.1.1), under the
  /// id of its first one.
  [[nodiscard]] std::string star_certificate(const CertificateId& id) const;
  /// That of the certificate for 0, the main chain.
  [[nodiscard]] std::string chain(const CertificateId& id, std::size_t chain) const;
  [[nodiscard]] std::string application(const policy::ApplicationId& id) const;
  /// The account an absolute `kid` URL names, or nothing.
  [[nodiscard]] std::optional<AccountId> account_of(std::string_view url) const;

 private:
  std::string base_;
};

/// One profile a client can ask for in newOrder (draft-ietf-acme-profiles §3).
struct ProfileSummary {
  std::string name;
  std::string description;  // one sentence for people, or a URL
};

/// What may be asked for in the `auto-renewal` of a newOrder (RFC 8739 §3.2), and under which
/// profiles.
struct AutoRenewalOffer {
  std::vector<std::string> profiles;  // never empty
  std::chrono::seconds min_lifetime{};
  std::chrono::seconds max_duration{};
  bool certificate_get = false;  // whether an order may be read without a signature
};

/// What the directory says about the server (RFC 8555 §7.1.1, `meta`). Empty members are left out.
struct DirectoryMeta {
  std::string terms_of_service;  // URL or empty
  std::string website;           // URL or empty
  std::vector<std::string> caa_identities;
  /// Names that a persistent DNS record may give us (draft-ietf-acme-dns-persist-02), at most ten;
  /// empty unless dns-persist-01 is on offer.
  std::vector<std::string> issuer_domain_names = {};
  std::vector<ProfileSummary> profiles;  // in the order of the catalog
  bool external_account_required = false;
  bool subdomain_auth_allowed = false;  // RFC 9444 §4.4; left out when false
  /// RFC 9799 §6.4: an order with onion names is finalized with their CAA records; left out when no
  /// profile takes onion names.
  bool in_band_onion_caa_required = false;
  /// Whether a profile takes a review: then two resources of ours are named, which clients that do
  /// not know them ignore (RFC 8555 §7.1.1).
  bool applications_offered = false;
  std::optional<AutoRenewalOffer> auto_renewal = {};  // none: not offered
};

/// The directory object (RFC 8555 §7.1.1) as JSON text. Names only resources that exist.
std::string directory_json(const ResourceUrls& urls, const DirectoryMeta& meta);
/// The same for clients that cannot choose a profile: it knows this one only, and its newOrder is
/// for this one.
std::string profile_directory_json(const ResourceUrls& urls,
                                   DirectoryMeta meta,
                                   const ProfileSummary& profile);

}  // namespace acme
