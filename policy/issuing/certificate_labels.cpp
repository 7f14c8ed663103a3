#include "policy/issuing/certificate_labels.h"

#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/revocation_index.h"
#include "policy/people/visibility.h"

namespace policy {

CertificateLabels labels_of(const storage::Snapshot& snapshot,
                            const ca::LedgerEntry& entry,
                            const Labels& inherited) {
  auto own = kCertificateLabels.get(snapshot, ca::serial_key(entry.issuer_id, entry.serial));
  if (own) return *std::move(own);
  CertificateLabels labels;
  labels.labels = inherited;
  return labels;
}

Allowed<CertificateLabels> label_certificate(storage::Transaction& transaction,
                                             const Actor& actor,
                                             const OwnedCertificate& certificate,
                                             std::uint64_t version,
                                             Labels labels,
                                             ca::Time now) {
  if (actor.tenant != certificate.tenant) {
    return Refused(Fault{FaultCode::forbidden, "Only the tenant's people name a certificate."});
  }
  const ca::LedgerEntry& entry = certificate.entry;
  CertificateLabels record = labels_of(transaction, entry, {});
  if (record.version != version) return stale("certificate", record.version);
  if (auto faults = faults_of(labels); !faults.empty()) {
    return Refused(Fault{FaultCode::validation, "What the certificate is called cannot be taken.",
                         std::move(faults)});
  }
  record.labels = std::move(labels);
  record.updated_at = now;
  ++record.version;
  kCertificateLabels.put(transaction, ca::serial_key(entry.issuer_id, entry.serial), record);
  ca::AuditEvent event{now,
                       "certificate.labelled",
                       actor.audit_name(),
                       ca::hex(entry.serial),
                       {{"issuer", entry.issuer_id}, {"through", actor.through}}};
  if (certificate.application) {
    event.facts.emplace_back("application", certificate.application->text());
  }
  ca::append_audit(transaction, event);
  return record;
}

}  // namespace policy
