#include "policy/issuing/tenant_certificates.h"

#include <cstdint>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "ca/revocation_index.h"
#include "policy/stored_values.h"
#include "storage/key_codec.h"

namespace policy {
namespace {

/// Keys are visited upwards, and the newest comes first.
std::uint64_t backwards(ca::Time time) {
  return ~static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

std::string tenant_certificate_key(const TenantId& tenant, const ca::LedgerEntry& entry) {
  return tenant.octets() + storage::KeyWriter()
                               .number(backwards(entry.issued_at))
                               .tail(ca::serial_key(entry.issuer_id, entry.serial))
                               .take();
}

void list_certificate(storage::Transaction& transaction,
                      const TenantId& tenant,
                      std::string_view issuer_id,
                      std::string_view serial) {
  const auto entry = ca::Ledger::find(transaction, issuer_id, serial);
  if (!entry || entry->certificate.empty()) {
    throw std::logic_error("serial " + ca::hex(serial) +
                           " is to be listed for a tenant and has no certificate");
  }
  transaction.put(kTenantCertificates, tenant_certificate_key(tenant, *entry), "");
}

void visit_tenant_certificates(
    const storage::Snapshot& snapshot,
    const std::optional<TenantId>& tenant,
    std::string_view behind,
    const std::function<storage::Scan(const ListedCertificate&)>& visit) {
  const std::string prefix = tenant ? tenant->octets() : std::string();
  // A place that somebody made up leads to nobody else's rows.
  const bool is_within = behind > prefix;
  snapshot.scan(kTenantCertificates, is_within ? behind : std::string_view(prefix),
                [&](std::string_view key, std::string_view) {
                  if (!key.starts_with(prefix)) return storage::Scan::stop;
                  if (key == behind) return storage::Scan::proceed;
                  require_field(key.size() > kIdOctets, "tenant_certificates");
                  storage::KeyReader rest(key.substr(kIdOctets));
                  static_cast<void>(rest.number());
                  return visit({key, TenantId::from_octets(std::string(key.substr(0, kIdOctets))),
                                rest.tail()});
                });
}

}  // namespace policy
