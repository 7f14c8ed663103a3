// The certificates of a tenant: those of its applications, and those that ACME accounts ordered
// which its keys for external accounts have opened. An index beside the ledger, which knows no
// tenants.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ca/ledger.h"
#include "policy/ids.h"
#include "storage/transaction.h"

namespace policy {

/// tenant_certificate_key() -> nothing. A row is written in the transaction that records the
/// certificate, and stays.
inline constexpr storage::TableName kTenantCertificates{"tenant_certificates"};

/// Where `entry`, which has its certificate, stands in the list of `tenant`: behind what was issued
/// later.
std::string tenant_certificate_key(const TenantId& tenant, const ca::LedgerEntry& entry);

/// Puts the certificate into the list of `tenant`. The ledger must have it: throws std::logic_error
/// otherwise. Does nothing the second time.
void list_certificate(storage::Transaction& transaction,
                      const TenantId& tenant,
                      std::string_view issuer_id,
                      std::string_view serial);

/// One row of the index. The views are valid only during the visit.
struct ListedCertificate {
  std::string_view key;  // of the row; where to go on behind it
  TenantId tenant;
  std::string serial_key;  // in the ledger (ca/revocation_index.h)
};
/// Visits the certificates of `tenant`, the newest first; without one those of all tenants, tenant
/// after tenant. `behind`: the key of the row to begin after, or nothing for all. The visitor must
/// not read the snapshot.
void visit_tenant_certificates(const storage::Snapshot& snapshot,
                               const std::optional<TenantId>& tenant,
                               std::string_view behind,
                               const std::function<storage::Scan(const ListedCertificate&)>& visit);

}  // namespace policy
