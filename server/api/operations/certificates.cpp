// Routes of certificates that came of applications.
#include <array>
#include <nlohmann/json.hpp>

#include "acme/fulfilment/crl_work.h"
#include "ca/certificate.h"
#include "ca/certificate_bundle.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/applications/succession.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using policy::FaultCode;

constexpr std::array kCertificateFields{
    text("id", "The issuer's id, a dot, and the serial in hex").required(),
    text("applicationId", "").required(),
    text("serial", "In hex").required(),
    text("state", "issued, expired or revoked").required(),
    text("names", "", 253).list().required(),
    time("notBefore", "").required(),
    time("notAfter", "").required(),
    time("issuedAt", "").required(),
    time("revokedAt", ""),
    whole("revocationReason", "RFC 5280 §5.3.1"),
    text("spkiSha256", "Of the key, in hex").required(),
    text("sha256", "Of the certificate, in hex").required(),
};
constexpr Shape kCertificate{"Certificate", "A certificate that was issued.", kCertificateFields};

json json_of(const ca::LedgerEntry& entry, const ApplicationId& application, ca::Time now) {
  const auto view = ca::view_certificate(entry.certificate);
  json names = json::array();
  if (view) {
    for (const ca::Identifier& each : view->identifiers) names.push_back(ca::value_of(each));
  }
  json out{{"id", entry.issuer_id + "." + ca::hex(entry.serial)},
           {"applicationId", application.text()},
           {"serial", ca::hex(entry.serial)},
           {"state", entry.revoked           ? "revoked"
                     : now > entry.not_after ? "expired"
                                             : "issued"},
           {"names", std::move(names)},
           {"notBefore", ca::rfc3339(entry.not_before)},
           {"notAfter", ca::rfc3339(entry.not_after)},
           {"issuedAt", ca::rfc3339(entry.issued_at)},
           {"spkiSha256", view ? ca::hex(ca::sha256(view->spki)) : ""},
           {"sha256", ca::hex(ca::sha256(entry.certificate))}};
  if (entry.revoked) {
    out["revokedAt"] = ca::rfc3339(entry.revoked_at);
    out["revocationReason"] = entry.revocation_reason;
  }
  return out;
}

struct Found {
  Application application;
  ca::LedgerEntry entry;
};

/// The certificate in the path, if it is one of the application in the path.
Allowed<Found> find_certificate(const storage::Snapshot& snapshot, const Call& call) {
  auto application =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!application) return policy::Refused(application.error());
  for (const std::string& each : application->certificates) {
    if (certificate_id_text(each) != call.argument("certificate")) continue;
    if (auto entry = policy::ledger_entry(snapshot, each)) {
      return Found{*std::move(application), *std::move(entry)};
    }
  }
  return policy::Refused(
      policy::Fault{FaultCode::not_found,
                    "The application has no certificate " + call.argument("certificate") + "."});
}

/// All of the actor's reach: those of issued applications, the newest application first.
Allowed<Answer> list_certificates(const Context&,
                                  const storage::Snapshot& snapshot,
                                  const Call& call) {
  policy::ApplicationFilter filter;
  filter.tenant = call.actor.tenant;
  filter.state = policy::ApplicationState::issued;
  const auto found =
      policy::application_page(snapshot, filter, call.query.cursor(), call.query.limit());
  if (!found) return policy::Refused(found.error());
  json items = json::array();
  for (const Application& each : found->applications) {
    if (!call.access->allows(call.actor, owner_of(each))) continue;
    for (const std::string& name : each.certificates) {
      if (const auto entry = policy::ledger_entry(snapshot, name)) {
        items.push_back(json_of(*entry, each.id, call.now()));
      }
    }
  }
  Page page(call, Page::Length::unlimited);
  for (const json& each : items) page.add(each, "");
  if (found->next) page.stop_at(*found->next);
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
    if (const auto entry = policy::ledger_entry(snapshot, name)) {
      items.push_back(json_of(*entry, application->id, call.now()));
    }
  }
  return json_answer({{"items", std::move(items)}});
}

Allowed<Answer> read_certificate(const Context&,
                                 const storage::Snapshot& snapshot,
                                 const Call& call) {
  const auto found = find_certificate(snapshot, call);
  if (!found) return policy::Refused(found.error());
  return json_answer(json_of(found->entry, found->application.id, call.now()));
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
      ca::check_revocation_reason(stated > 10 ? -1 : static_cast<std::int64_t>(stated));
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
  const auto after =
      ca::Ledger::find(transaction, found->entry.issuer_id, found->entry.serial).value();
  return json_answer(json_of(after, found->application.id, call.now()));
}

constexpr std::array kRevocationFields{
    whole("reason", "RFC 5280 §5.3.1: 0, 1, 3, 4, 5 or 9; 0 if absent"),
};
constexpr Shape kRevocation{"Revocation", "Why it is revoked.", kRevocationFields};
constexpr Access kRevokers({{Over::tenant, {policy::Role::org_admin}}});
constexpr std::array kPageQuery{kLimit, kCursor};
constexpr std::array kConflict{FaultCode::state_conflict};
constexpr std::array kDownloadFaults{FaultCode::state_conflict};
constexpr std::array<std::string_view, 4> kDownloads{
    "application/pem-certificate-chain", "application/x-pem-file", "application/pkix-cert",
    "application/pkcs7-mime"};

constexpr std::array kRoutes{
    reading("/certificates",
            "listCertificates",
            "Certificates of issued applications, the newest application first",
            kCaseReaders,
            list_certificates)
        .with_query(kPageQuery)
        .gives_pages_of(kCertificate),
    reading("/applications/{application}/certificates",
            "listCertificatesOf",
            "Certificates of one application",
            kCaseReaders,
            list_of_application)
        .gives_pages_of(kCertificate),
    reading("/applications/{application}/certificates/{certificate}",
            "readCertificate",
            "One certificate",
            kCaseReaders,
            read_certificate)
        .gives(kCertificate),
    reading("/applications/{application}/certificates/{certificate}/download",
            "downloadCertificate",
            "The certificate as server software asks for it",
            kCaseReaders,
            download)
        .with_query(kDownloadQuery)
        .gives_octets(kDownloads)
        .may_refuse(kDownloadFaults),
    changing(Method::post,
             "/applications/{application}/certificates/{certificate}:revoke",
             "revokeCertificate",
             "Revokes it, for good",
             kRevokers,
             revoke)
        .takes(kRevocation)
        .gives(kCertificate)
        .may_refuse(kConflict),
};

}  // namespace

Routes certificate_routes() {
  return kRoutes;
}

}  // namespace server::api
