// Certificates as the API shows them, and how one is found: by itself, or as one of an application.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "acme/records/certificate_origin.h"
#include "ca/ledger.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "policy/issuing/certificate_labels.h"
#include "server/api/access.h"
#include "server/api/call.h"
#include "server/api/schema.h"
#include "storage/transaction.h"

namespace server::api {

extern const Shape kCertificate;

/// A certificate of a tenant.
struct TenantCertificate {
  ca::LedgerEntry entry;
  acme::CertificateOrigin origin;
  policy::CertificateLabels labels;

  /// As Application::certificates.
  [[nodiscard]] std::string ledger_name() const;
};

/// "issued", "expired" or "revoked".
std::string_view state_of(const ca::LedgerEntry& entry, ca::Time now);
std::vector<std::string_view> certificate_states();

nlohmann::json json_of(const TenantCertificate& certificate, ca::Time now);

/// The certificate with this id (certificate_id_text), if it was issued, and for a tenant.
std::optional<TenantCertificate> certificate_with_id(const storage::Snapshot& snapshot,
                                                     std::string_view id);
/// Whose it is: as its application, if it has one; else its tenant's.
Owner owner_of(const storage::Snapshot& snapshot, const acme::CertificateOrigin& origin);

/// The certificate in the path; if there is an application in the path, it has to be one of that.
/// Refuses with not_found.
policy::Allowed<TenantCertificate> find_certificate(const storage::Snapshot& snapshot,
                                                    const Call& call);

}  // namespace server::api
