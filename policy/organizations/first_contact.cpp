#include "policy/organizations/first_contact.h"

#include <string>

namespace policy {

std::optional<ContactId> first_contact_with(const storage::Snapshot& snapshot,
                                            const TenantId& tenant,
                                            ContactRole role) {
  std::optional<ContactId> found;
  snapshot.scan(kTenantContacts, tenant.octets(), [&](std::string_view key, std::string_view) {
    if (!key.starts_with(tenant.octets())) return storage::Scan::stop;
    const auto id = ContactId::from_octets(std::string(key.substr(tenant.octets().size())));
    const auto contact = kContacts.get(snapshot, id.octets());
    if (!contact || !contact->has(role)) return storage::Scan::proceed;
    found = id;
    return storage::Scan::stop;
  });
  return found;
}

}  // namespace policy
