// Routes of certificates: of applications, and of ACME accounts that keys of a tenant have opened.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acme/fulfilment/crl_work.h"
#include "acme/records/certificate_origin.h"
#include "ca/certificate.h"
#include "ca/certificate_bundle.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "ca/revocation_reason.h"
#include "policy/applications/applications.h"
#include "policy/issuing/certificate_labels.h"
#include "policy/issuing/tenant_certificates.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/certificate_shapes.h"
#include "server/api/operations/filters.h"
#include "server/api/operations/wish.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ApplicationId;
using policy::FaultCode;

constexpr QueryParameter kState{"filter[state]", "Certificates in this state", certificate_states};
constexpr QueryParameter kName{"filter[name]", "That hold this name, among others"};
constexpr QueryParameter kOrganization{"filter[organization]", "For this organization"};
constexpr QueryParameter kApplication{"filter[application]", "Of this application"};
constexpr QueryParameter kAccount{"filter[account]", "That this ACME account ordered"};
constexpr QueryParameter kNotAfterBefore{"filter[notAfterBefore]",
                                         "That end before this time, such as 2026-12-31T00:00:00Z"};
constexpr QueryParameter kAliasFilter{"filter[alias]", "That are called exactly so"};
constexpr QueryParameter kProjectFilter{"filter[project]", "Of this project"};
constexpr QueryParameter kTagFilter{"filter[tag]", "That have a tag with this key, or key=value"};
constexpr std::array kListQuery{kLimit,        kCursor,        kState,    kName,
                                kOrganization, kApplication,   kAccount,  kNotAfterBefore,
                                kAliasFilter,  kProjectFilter, kTagFilter};

/// Which certificates a list shows; what is not set does not matter.
struct CertificateFilter {
  std::optional<std::string> state;
  std::optional<ca::Identifier> name;
  std::optional<policy::OrganizationId> organization;
  std::optional<ApplicationId> application;
  std::optional<acme::AccountId> account;
  std::optional<ca::Time> not_after_before;
  std::optional<std::string> alias, project, tag;

  [[nodiscard]] bool takes(const ca::LedgerEntry& entry, ca::Time now) const {
    if (state && state_of(entry, now) != *state) return false;
    if (not_after_before && entry.not_after >= *not_after_before) return false;
    if (!name) return true;
    const auto view = ca::view_certificate(entry.certificate);
    return view && std::ranges::find(view->identifiers, *name) != view->identifiers.end();
  }
  [[nodiscard]] bool takes(const acme::CertificateOrigin& origin) const {
    return (!organization || origin.organization == organization) &&
           (!application || origin.application == application) &&
           (!account || origin.account == account);
  }
  [[nodiscard]] bool takes(const policy::Labels& labels) const {
    return (!alias || labels.alias == *alias) && (!project || labels.project == *project) &&
           (!tag || policy::has_tag(labels, *tag));
  }
};

Allowed<void> read_labels(CertificateFilter& filter, const Call& call) {
  constexpr std::size_t kMaxTag = 2 * policy::kMaxTagText + 1;
  auto alias = line_filter(call, kAliasFilter, policy::kMaxAlias);
  if (!alias) return policy::Refused(alias.error());
  filter.alias = *std::move(alias);
  auto project = line_filter(call, kProjectFilter, policy::kMaxTagText);
  if (!project) return policy::Refused(project.error());
  filter.project = *std::move(project);
  auto tag = line_filter(call, kTagFilter, kMaxTag);
  if (!tag) return policy::Refused(tag.error());
  filter.tag = *std::move(tag);
  return {};
}

Allowed<CertificateFilter> filter_of(const Call& call) {
  CertificateFilter filter;
  filter.state = call.query.find(kState.name);
  auto name = name_filter(call, kName);
  if (!name) return policy::Refused(name.error());
  filter.name = *std::move(name);
  const auto organization = id_filter<policy::OrganizationId>(call, kOrganization);
  if (!organization) return policy::Refused(organization.error());
  filter.organization = *organization;
  const auto application = id_filter<ApplicationId>(call, kApplication);
  if (!application) return policy::Refused(application.error());
  filter.application = *application;
  const auto account = id_filter<acme::AccountId>(call, kAccount);
  if (!account) return policy::Refused(account.error());
  filter.account = *account;
  const auto before = time_filter(call, kNotAfterBefore);
  if (!before) return policy::Refused(before.error());
  filter.not_after_before = *before;
  if (auto labels = read_labels(filter, call); !labels) return policy::Refused(labels.error());
  return filter;
}

/// A row of the index of certificates: its key, and the ledger's.
struct ListRow {
  std::string key;
  std::string serial_key;
};

/// What one page looks at, and one row more if there is one.
std::vector<ListRow> rows_for(const storage::Snapshot& snapshot, const Call& call) {
  std::vector<ListRow> rows;
  policy::visit_tenant_certificates(
      snapshot, call.actor.tenant, call.query.cursor().value_or(std::string()),
      [&](const policy::ListedCertificate& row) {
        rows.push_back({std::string(row.key), row.serial_key});
        return rows.size() <= policy::kMostRowsLookedAt ? storage::Scan::proceed
                                                        : storage::Scan::stop;
      });
  return rows;
}

/// All of the actor's reach, the newest first; for people of the authority tenant after tenant.
Allowed<Answer> list_certificates(const Context&,
                                  const storage::Snapshot& snapshot,
                                  const Call& call) {
  const auto filter = filter_of(call);
  if (!filter) return policy::Refused(filter.error());
  const std::vector<ListRow> rows = rows_for(snapshot, call);
  Page page(call);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == policy::kMostRowsLookedAt) {
      page.stop_at(rows[i - 1].key);
      break;
    }
    auto entry = ca::Ledger::find_by_key(snapshot, rows[i].serial_key);
    if (!entry || !filter->takes(*entry, call.now())) continue;
    auto origin = acme::origin_of(snapshot, *entry);
    if (!origin || !filter->takes(*origin)) continue;
    if (!call.access->allows(call.actor, owner_of(snapshot, *origin))) continue;
    auto labels = policy::labels_of(snapshot, *entry, origin->labels);
    if (!filter->takes(labels.labels)) continue;
    const TenantCertificate shown{*std::move(entry), *std::move(origin), std::move(labels)};
    if (page.add(json_of(shown, call.now()), rows[i].key) == storage::Scan::stop) break;
  }
  return page.answer();
}

Allowed<Answer> list_of_application(const Context&,
                                    const storage::Snapshot& snapshot,
                                    const Call& call) {
  const auto application =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!application) return policy::Refused(application.error());
  json items = json::array();
  for (const std::string& name : application->certificates) {
    const auto found = certificate_with_id(snapshot, certificate_id_text(name));
    if (found) items.push_back(json_of(*found, call.now()));
  }
  return json_answer({{"items", std::move(items)}});
}

Allowed<Answer> read_certificate(const Context&,
                                 const storage::Snapshot& snapshot,
                                 const Call& call) {
  const auto found = find_certificate(snapshot, call);
  if (!found) return policy::Refused(found.error());
  return json_answer(json_of(*found, call.now()), found->labels.version);
}

/// What is left out of the body stays; what the application says counts until then.
Allowed<Answer> label(const Context&, storage::Transaction& transaction, const Call& call) {
  auto found = find_certificate(transaction, call);
  if (!found) return policy::Refused(found.error());
  auto labelled = policy::label_certificate(
      transaction, call.actor, {found->entry, found->origin.tenant, found->origin.application},
      call.version, labels_with(found->labels.labels, call.body), call.now());
  if (!labelled) return policy::Refused(labelled.error());
  found->labels = *std::move(labelled);
  return json_answer(json_of(*found, call.now()), found->labels.version);
}

std::vector<std::string_view> formats() {
  return {"pem", "leaf", "chain", "der", "p7b"};
}
constexpr QueryParameter kFormat{
    "format",
    "pem (leaf and chain: nginx, most others; the default), leaf (PEM: Apache's "
    "SSLCertificateFile), chain (PEM: its chain), der (leaf), p7b (leaf and chain: IIS, Tomcat)",
    formats};
constexpr std::array kDownloadQuery{kFormat};

Answer file(std::string body, std::string media, const std::string& name) {
  return {.body = std::move(body),
          .content_type = std::move(media),
          .headers = {{"Content-Disposition", "attachment; filename=\"" + name + "\""}}};
}

/// ALI-44 ALO-45 TFR-58: what each kind of server asks for. The private key is where it was made.
Allowed<Answer> download(const Context& context,
                         const storage::Snapshot& snapshot,
                         const Call& call) {
  const auto found = find_certificate(snapshot, call);
  if (!found) return policy::Refused(found.error());
  const ca::Issuer* issuer = context.issuers.find(found->entry.issuer_id);
  if (issuer == nullptr) {
    return policy::Refused(policy::Fault{FaultCode::state_conflict,
                                         "The certificate is of an issuer that is not loaded."});
  }
  const std::string& leaf = found->entry.certificate;
  const std::string pem = issuer->chain_pem(leaf);
  const std::string leaf_pem = ca::pem("CERTIFICATE", leaf);
  const std::string format = call.query.find(kFormat.name).value_or("pem");
  const std::string name = ca::hex(found->entry.serial);
  if (format == "pem") return file(pem, "application/pem-certificate-chain", name + ".pem");
  if (format == "leaf") return file(leaf_pem, "application/x-pem-file", name + ".crt");
  if (format == "chain") {
    return file(pem.substr(leaf_pem.size()), "application/x-pem-file", name + "-chain.crt");
  }
  if (format == "der") return file(leaf, "application/pkix-cert", name + ".cer");
  return file(ca::pkcs7_of(ca::from_pem("CERTIFICATE", pem).value()), "application/pkcs7-mime",
              name + ".p7b");
}

Allowed<Answer> revoke(const Context&, storage::Transaction& transaction, const Call& call) {
  constexpr std::uint8_t kKeyCompromise = 1;
  const auto found = find_certificate(transaction, call);
  if (!found) return policy::Refused(found.error());
  const std::uint64_t stated = call.body.whole("reason").value_or(0);
  const auto reason =
      ca::check_subscriber_reason(stated > 10 ? -1 : static_cast<std::int64_t>(stated));
  if (!reason) {
    return policy::Refused(
        policy::Fault{FaultCode::validation,
                      "The certificate cannot be revoked for this.",
                      {{"/reason", FaultCode::validation, reason.error().detail()}}});
  }
  if (*reason == kKeyCompromise) {
    const auto view = ca::view_certificate(found->entry.certificate);
    if (view) {
      ca::Ledger::block_key(transaction, ca::sha256(view->spki),
                            "revoked with reason keyCompromise", call.now());
    }
  }
  const auto revoked = ca::Ledger::revoke(transaction, found->entry.issuer_id, found->entry.serial,
                                          *reason, call.actor.audit_name(), call.now());
  if (!revoked) {
    return policy::Refused(
        policy::Fault{FaultCode::state_conflict, revoked.error().detail() + "."});
  }
  acme::request_crl(transaction, found->entry.issuer_id, call.now());
  return json_answer(json_of(find_certificate(transaction, call).value(), call.now()));
}

constexpr std::array kRevocationFields{
    whole("reason", "RFC 5280 §5.3.1: 0, 1, 3, 4 or 5; 0 if absent"),
};
constexpr Shape kRevocation{"Revocation", "Why it is revoked.", kRevocationFields};
constexpr std::array kLabelFields{kAlias, kProject, kTags};
constexpr Shape kLabelChange{
    "CertificateChange", "What is to be different; null takes away what was stated.", kLabelFields};
constexpr Access kRevokers({{Over::tenant, {policy::Role::org_admin}}});
constexpr std::array kConflict{FaultCode::state_conflict};
constexpr std::array kDownloadFaults{FaultCode::state_conflict};
constexpr std::array<std::string_view, 4> kDownloads{
    "application/pem-certificate-chain", "application/x-pem-file", "application/pkix-cert",
    "application/pkcs7-mime"};

// A certificate of an application is at two paths, and the same is done at both.
constexpr Route read_at(std::string_view path, std::string_view name) {
  return reading(path, name, "One certificate", kCaseReaders, read_certificate).gives(kCertificate);
}
constexpr Route label_at(std::string_view path, std::string_view name) {
  return changing(Method::patch, path, name, "Changes what the certificate is called", kCaseOwners,
                  label)
      .takes(kLabelChange)
      .if_match()
      .gives(kCertificate);
}
constexpr Route download_at(std::string_view path, std::string_view name) {
  return reading(path, name, "The certificate as server software asks for it", kCaseReaders,
                 download)
      .with_query(kDownloadQuery)
      .gives_octets(kDownloads)
      .may_refuse(kDownloadFaults);
}
constexpr Route revoke_at(std::string_view path, std::string_view name) {
  return changing(Method::post, path, name, "Revokes it, for good", kRevokers, revoke)
      .takes(kRevocation)
      .gives(kCertificate)
      .may_refuse(kConflict);
}

constexpr std::array kRoutes{
    reading("/certificates",
            "listCertificates",
            "Certificates of applications and of accounts of ACME, the newest first",
            kCaseReaders,
            list_certificates)
        .with_query(kListQuery)
        .gives_pages_of(kCertificate),
    reading("/applications/{application}/certificates",
            "listCertificatesOf",
            "Certificates of one application",
            kCaseReaders,
            list_of_application)
        .gives_pages_of(kCertificate),
    read_at("/applications/{application}/certificates/{certificate}", "readCertificate"),
    label_at("/applications/{application}/certificates/{certificate}", "editCertificate"),
    download_at("/applications/{application}/certificates/{certificate}/download",
                "downloadCertificate"),
    revoke_at("/applications/{application}/certificates/{certificate}:revoke", "revokeCertificate"),
    read_at("/certificates/{certificate}", "readTenantCertificate"),
    label_at("/certificates/{certificate}", "editTenantCertificate"),
    download_at("/certificates/{certificate}/download", "downloadTenantCertificate"),
    revoke_at("/certificates/{certificate}:revoke", "revokeTenantCertificate"),
};

}  // namespace

Routes certificate_routes() {
  return kRoutes;
}

}  // namespace server::api
