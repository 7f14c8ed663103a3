// What subscribers call a certificate. Beside the ledger, whose entries are proven octet for octet
// and change for revocations alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ca/ledger.h"
#include "ca/time.h"
#include "policy/applications/labels.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

struct CertificateLabels {
  Labels labels;
  ca::Time updated_at{};
  std::uint64_t version = 1;  // the ETag: grows with every change; 1: nobody has changed them

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.labels);
    walk(2, self.updated_at);
    walk(3, self.version);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static CertificateLabels decode(std::string_view bytes) {
    return decode_record<CertificateLabels>("certificate labels", bytes);
  }
  bool operator==(const CertificateLabels&) const = default;
};

/// serial_key (ca/revocation_index.h) -> labels. A row is written with the first change and stays.
inline constexpr storage::Table<CertificateLabels> kCertificateLabels{"certificate_labels"};

/// What was said of the certificate itself, or else `inherited`: those of its application, if an
/// application led to it.
CertificateLabels labels_of(const storage::Snapshot& snapshot,
                            const ca::LedgerEntry& entry,
                            const Labels& inherited);

/// A certificate, and whose it is.
struct OwnedCertificate {
  const ca::LedgerEntry& entry;
  TenantId tenant;
  std::optional<ApplicationId> application;  // that has it
};

/// Puts `labels` in place of what `certificate` has, if it still has `version`, with the audit
/// entry. Refuses with forbidden who is not of its tenant, with version_conflict, or with every
/// fault of the labels.
Allowed<CertificateLabels> label_certificate(storage::Transaction& transaction,
                                             const Actor& actor,
                                             const OwnedCertificate& certificate,
                                             std::uint64_t version,
                                             Labels labels,
                                             ca::Time now);

}  // namespace policy
