// Whose a certificate is: the tenant that applied for it, or the one whose key for external
// accounts opened the ACME account that ordered it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/event_log.h"
#include "acme/ids.h"
#include "acme/records/account_record.h"
#include "ca/ledger.h"
#include "policy/applications/application.h"
#include "policy/ids.h"
#include "storage/store.h"

namespace acme {

/// Where a certificate of a tenant came from.
struct CertificateOrigin {
  policy::TenantId tenant;
  std::optional<policy::ApplicationId> application;    // that has it among its certificates
  std::optional<policy::OrganizationId> organization;  // it names, or its account acts for
  policy::Labels labels;                               // of that application
  // Both or none: none of what an application was issued without ACME.
  std::optional<AccountId> account;
  std::optional<OrderId> order;
};

/// Nothing for a certificate of no tenant.
std::optional<CertificateOrigin> origin_of(const storage::Snapshot& snapshot,
                                           const ca::LedgerEntry& entry);

/// The key for external accounts that opened `account`; empty if none did. It stays the same for
/// ever.
std::string opening_key(const AccountRecord& account);

/// Puts the certificate into the list of its account's tenant, if there is one
/// (policy/issuing/tenant_certificates.h). `external_key`: opening_key() of the account. To be
/// called in the transaction that records it.
void list_certificate(storage::Transaction& transaction,
                      std::string_view external_key,
                      std::string_view issuer_id,
                      std::string_view serial);

/// Certificates that one write of the following looks at.
inline constexpr std::size_t kEntriesPerWrite = 1000;
/// Puts what an older program issued into the lists of its tenants, in many small writes, and notes
/// when that is done; a store that has the note is left alone. Call it before anybody asks for the
/// lists. It may be interrupted: what was done is noted with each write, and called again it goes
/// on from there. Tells `log` when it begins and when it is done, unless one write is enough.
void complete_certificate_lists(storage::Store& store,
                                EventLog& log,
                                std::size_t entries = kEntriesPerWrite);
/// One write of it, which looks at `entries` certificates at most. Whether there may be more.
bool complete_some_certificate_lists(storage::Store& store, std::size_t entries);

/// Every row that leads nowhere, of the lists and of what certificates are called, and, once the
/// lists were completed, every certificate that is not in the list of its tenant. One sentence
/// each.
std::vector<std::string> verify_certificate_lists(const storage::Snapshot& snapshot);

}  // namespace acme
