#include "server/api/operations/certificate_shapes.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/applications/applications.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/stated.h"
#include "server/api/operations/wish.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::ApplicationId;
using policy::FaultCode;

constexpr std::string_view kIssued = "issued";
constexpr std::string_view kExpired = "expired";
constexpr std::string_view kRevoked = "revoked";

constexpr std::array kCertificateFields{
    text("id", "The issuer's id, a dot, and the serial in hex").required(),
    text("applicationId", "That has it, if an application led to it"),
    text("organizationId", "Whom it names, or for whom its ACME account acts"),
    text("accountId", "The ACME account that ordered it, if one did"),
    text("orderId", "The order of that account"),
    text("serial", "In hex").required(),
    word("state", "What has become of it", certificate_states).required(),
    text("names", "", 253).list().required(),
    time("notBefore", "").required(),
    time("notAfter", "").required(),
    time("issuedAt", "").required(),
    time("revokedAt", ""),
    whole("revocationReason", "RFC 5280 §5.3.1"),
    text("spkiSha256", "Of the key, in hex").required(),
    text("sha256", "Of the certificate, in hex").required(),
    boolean("deployable", "Whether the key is here, so that the server could install both: never")
        .required(),
    kAlias,
    kProject,
    kTags.required(),
    whole("version", "Of alias, project and tags; also the ETag").required(),
};

std::string id_text(const ca::LedgerEntry& entry) {
  return entry.issuer_id + "." + ca::hex(entry.serial);
}

}  // namespace

constinit const Shape kCertificate{"Certificate", "A certificate that was issued.",
                                   kCertificateFields};

std::vector<std::string_view> certificate_states() {
  return {kIssued, kExpired, kRevoked};
}

std::string_view state_of(const ca::LedgerEntry& entry, ca::Time now) {
  if (entry.revoked) return kRevoked;
  return now > entry.not_after ? kExpired : kIssued;
}

std::string TenantCertificate::ledger_name() const {
  return entry.issuer_id + "/" + ca::hex(entry.serial);
}

json json_of(const TenantCertificate& certificate, ca::Time now) {
  const ca::LedgerEntry& entry = certificate.entry;
  const auto view = ca::view_certificate(entry.certificate);
  json names = json::array();
  if (view) {
    for (const ca::Identifier& each : view->identifiers) names.push_back(ca::value_of(each));
  }
  json out{{"id", id_text(entry)},
           {"serial", ca::hex(entry.serial)},
           {"state", state_of(entry, now)},
           {"names", std::move(names)},
           {"notBefore", ca::rfc3339(entry.not_before)},
           {"notAfter", ca::rfc3339(entry.not_after)},
           {"issuedAt", ca::rfc3339(entry.issued_at)},
           {"spkiSha256", view ? ca::hex(ca::sha256(view->spki)) : ""},
           {"sha256", ca::hex(ca::sha256(entry.certificate))},
           {"version", certificate.labels.version},
           {"deployable", false}};  // ALO-22, BR 6.1.1.3: the key stays where it was made
  put_id(out, "applicationId", certificate.origin.application);
  put_id(out, "organizationId", certificate.origin.organization);
  put_id(out, "accountId", certificate.origin.account);
  put_id(out, "orderId", certificate.origin.order);
  put_labels(out, certificate.labels.labels);
  if (entry.revoked) {
    out["revokedAt"] = ca::rfc3339(entry.revoked_at);
    out["revocationReason"] = entry.revocation_reason;
  }
  return out;
}

std::optional<TenantCertificate> certificate_with_id(const storage::Snapshot& snapshot,
                                                     std::string_view id) {
  const std::size_t dot = id.rfind('.');
  if (dot == 0 || dot == std::string_view::npos) return std::nullopt;
  const auto serial = ca::from_hex(id.substr(dot + 1));
  if (!serial || serial->empty()) return std::nullopt;
  auto entry = ca::Ledger::find(snapshot, id.substr(0, dot), *serial);
  // One spelling for each.
  if (!entry || entry->certificate.empty() || id_text(*entry) != id) return std::nullopt;
  auto origin = acme::origin_of(snapshot, *entry);
  if (!origin) return std::nullopt;
  auto labels = policy::labels_of(snapshot, *entry, origin->labels);
  return TenantCertificate{*std::move(entry), *std::move(origin), std::move(labels)};
}

Owner owner_of(const storage::Snapshot& snapshot, const acme::CertificateOrigin& origin) {
  const auto application = origin.application
                               ? policy::kApplications.get(snapshot, origin.application->octets())
                               : std::nullopt;
  return application ? owner_of(*application) : Owner{origin.tenant, std::nullopt};
}

policy::Allowed<TenantCertificate> find_certificate(const storage::Snapshot& snapshot,
                                                    const Call& call) {
  const std::string& id = call.argument("certificate");
  auto found = certificate_with_id(snapshot, id);
  const bool is_of_application =
      std::ranges::find(call.arguments, "application",
                        [](const auto& each) { return each.first; }) != call.arguments.end();
  const bool is_within = !is_of_application || (found && found->origin.application ==
                                                             call.id<ApplicationId>("application"));
  if (found && is_within) return *std::move(found);
  return policy::Refused(policy::Fault{
      FaultCode::not_found, is_of_application ? "The application has no certificate " + id + "."
                                              : "There is no certificate " + id + "."});
}

}  // namespace server::api
