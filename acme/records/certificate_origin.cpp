#include "acme/records/certificate_origin.h"

#include <algorithm>
#include <utility>

#include "acme/records/external_key_record.h"
#include "acme/records/order_record.h"
#include "ca/crypto/encoding.h"
#include "ca/revocation_index.h"
#include "policy/applications/applications.h"
#include "policy/issuing/certificate_labels.h"
#include "policy/issuing/tenant_certificates.h"

namespace acme {
namespace {

/// Name of an index that was added to older stores -> nothing. Its rows are all there.
constexpr storage::TableName kCompletedIndexes{"completed_indexes"};
/// While its rows are being made -> serial_key of the ledger; rows up to that one are there.
constexpr std::string_view kListedSoFar = "tenant_certificates.behind";

bool are_complete(const storage::Snapshot& snapshot) {
  return snapshot.get(kCompletedIndexes, policy::kTenantCertificates.text).has_value();
}

std::optional<OrganizationBinding> binding_of(const storage::Snapshot& snapshot,
                                              std::string_view external_key) {
  if (external_key.empty()) return std::nullopt;
  const auto key = kExternalKeys.get(snapshot, external_key);
  return key ? key->binding : std::nullopt;
}

std::optional<OrganizationBinding> binding_of(const storage::Snapshot& snapshot,
                                              const AccountId& account) {
  const auto record = kAccounts.get(snapshot, account.octets());
  return record ? binding_of(snapshot, opening_key(*record)) : std::nullopt;
}

std::optional<policy::TenantId> tenant_of(const storage::Snapshot& snapshot,
                                          const ca::LedgerEntry& entry) {
  if (auto tenant = policy::TenantId::parse(entry.account)) return tenant;
  const auto account = AccountId::parse(entry.account);
  const auto binding = account ? binding_of(snapshot, *account) : std::nullopt;
  if (!binding) return std::nullopt;
  return binding->tenant;
}

/// Who applied for it without ACME.
std::optional<CertificateOrigin> applied_for(const storage::Snapshot& snapshot,
                                             const ca::LedgerEntry& entry) {
  auto tenant = policy::TenantId::parse(entry.account);
  if (!tenant) return std::nullopt;
  CertificateOrigin origin{
      *std::move(tenant), policy::ApplicationId::parse(entry.order), {}, {}, {}, {}};
  if (!origin.application) return std::nullopt;
  auto application = policy::kApplications.get(snapshot, origin.application->octets());
  if (!application) return origin;
  origin.organization = application->wish.organization;
  origin.labels = std::move(application->labels);
  return origin;
}

/// Nothing is listed for anybody while nobody has applied and no key stands for anybody.
bool has_tenants(const storage::Snapshot& snapshot) {
  bool has_any = false;
  snapshot.scan(policy::kApplications.name(), {}, [&](std::string_view, std::string_view) {
    has_any = true;
    return storage::Scan::stop;
  });
  if (has_any) return true;
  kExternalKeys.scan_prefix(snapshot, {}, [&](std::string_view, const ExternalKeyRecord& key) {
    has_any = key.binding.has_value();
    return has_any ? storage::Scan::stop : storage::Scan::proceed;
  });
  return has_any;
}

/// Whatever is called something is a certificate of a tenant.
void check_labels(const storage::Snapshot& snapshot, std::vector<std::string>& faults) {
  std::vector<std::string> keys;
  policy::kCertificateLabels.scan_prefix(
      snapshot, "", [&](std::string_view key, const policy::CertificateLabels&) {
        keys.emplace_back(key);
        return storage::Scan::proceed;
      });
  for (const std::string& key : keys) {
    const auto entry = ca::Ledger::find_by_key(snapshot, key);
    if (entry && !entry->certificate.empty() && tenant_of(snapshot, *entry)) continue;
    faults.push_back("alias and tags under " + ca::hex(key) + " are of no certificate of a tenant");
  }
}

/// What one write does: whether to go on.
bool list_some(storage::Transaction& transaction, std::size_t most) {
  if (are_complete(transaction)) return false;
  std::vector<ca::LedgerEntry> entries;
  const auto behind = transaction.get(kCompletedIndexes, kListedSoFar);
  if (behind || has_tenants(transaction)) {
    ca::Ledger::scan_after(
        transaction, behind.value_or(""), [&](std::string_view, ca::LedgerEntry&& entry) {
          entries.push_back(std::move(entry));
          return entries.size() < most ? storage::Scan::proceed : storage::Scan::stop;
        });
  }
  for (const ca::LedgerEntry& entry : entries) {
    if (entry.certificate.empty()) continue;
    if (const auto tenant = tenant_of(transaction, entry)) {
      transaction.put(policy::kTenantCertificates, policy::tenant_certificate_key(*tenant, entry),
                      "");
    }
  }
  if (entries.size() == most) {
    const ca::LedgerEntry& last = entries.back();
    transaction.put(kCompletedIndexes, kListedSoFar, ca::serial_key(last.issuer_id, last.serial));
    return true;
  }
  transaction.erase(kCompletedIndexes, kListedSoFar);
  transaction.put(kCompletedIndexes, policy::kTenantCertificates.text, "");
  return false;
}

}  // namespace

std::optional<CertificateOrigin> origin_of(const storage::Snapshot& snapshot,
                                           const ca::LedgerEntry& entry) {
  const auto account = AccountId::parse(entry.account);
  if (!account) return applied_for(snapshot, entry);
  const auto binding = binding_of(snapshot, *account);
  if (!binding) return std::nullopt;
  CertificateOrigin origin{
      binding->tenant, {}, binding->organization, {}, account, OrderId::parse(entry.order)};
  const auto order = origin.order ? kOrders.get(snapshot, origin.order->octets()) : std::nullopt;
  if (!order || !order->review) return origin;
  origin.organization = order->review->organization;
  if (!order->review->application) return origin;
  // One that went another way meanwhile does not have it (acme/review/signing.h).
  const auto application =
      policy::kApplications.get(snapshot, order->review->application->octets());
  const std::string name = entry.issuer_id + "/" + ca::hex(entry.serial);
  if (application &&
      std::ranges::find(application->certificates, name) != application->certificates.end()) {
    origin.application = application->id;
    origin.labels = application->labels;
  }
  return origin;
}

std::string opening_key(const AccountRecord& account) {
  return account.external ? account.external->kid : std::string();
}

void list_certificate(storage::Transaction& transaction,
                      std::string_view external_key,
                      std::string_view issuer_id,
                      std::string_view serial) {
  if (const auto binding = binding_of(transaction, external_key)) {
    policy::list_certificate(transaction, binding->tenant, issuer_id, serial);
  }
}

bool complete_some_certificate_lists(storage::Store& store, std::size_t entries) {
  return store.write_and_wait(
      [&](storage::Transaction& transaction) { return list_some(transaction, entries); });
}

void complete_certificate_lists(storage::Store& store, EventLog& log, std::size_t entries) {
  if (store.read([](const storage::Snapshot& snapshot) { return are_complete(snapshot); })) return;
  if (!complete_some_certificate_lists(store, entries)) return;
  log.record(Severity::info, "certificate_lists.incomplete",
             {{"detail",
               "certificates of an older program are being listed for their tenants; the "
               "server begins when that is done"}});
  std::size_t writes = 1;
  do {
    ++writes;
  } while (complete_some_certificate_lists(store, entries));
  log.record(Severity::info, "certificate_lists.complete", {{"writes", std::to_string(writes)}});
}

std::vector<std::string> verify_certificate_lists(const storage::Snapshot& snapshot) {
  std::vector<std::string> faults;
  std::vector<std::pair<policy::TenantId, std::string>> rows;
  policy::visit_tenant_certificates(snapshot, std::nullopt, {},
                                    [&](const policy::ListedCertificate& row) {
                                      rows.emplace_back(row.tenant, row.serial_key);
                                      return storage::Scan::proceed;
                                    });
  for (const auto& [tenant, serial_key] : rows) {
    const auto entry = ca::Ledger::find_by_key(snapshot, serial_key);
    const bool is_its_own =
        entry && !entry->certificate.empty() && tenant_of(snapshot, *entry) == tenant &&
        snapshot.get(policy::kTenantCertificates, policy::tenant_certificate_key(tenant, *entry));
    if (!is_its_own) {
      faults.push_back("tenant " + tenant.text() + " lists a certificate that is not its own");
    }
  }
  check_labels(snapshot, faults);
  if (!are_complete(snapshot)) return faults;
  ca::Ledger::for_each(snapshot, {}, [&](const ca::LedgerEntry& entry) {
    const auto tenant = entry.certificate.empty() ? std::nullopt : tenant_of(snapshot, entry);
    if (tenant && !snapshot.get(policy::kTenantCertificates,
                                policy::tenant_certificate_key(*tenant, entry))) {
      faults.push_back("serial " + ca::hex(entry.serial) + " is not in the list of tenant " +
                       tenant->text());
    }
    return storage::Scan::proceed;
  });
  return faults;
}

}  // namespace acme
