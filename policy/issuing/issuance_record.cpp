#include "policy/issuing/issuance_record.h"

#include "storage/key_codec.h"

namespace policy {

std::string certificate_application_key(std::string_view issuer_id, std::string_view serial) {
  return storage::KeyWriter().text(issuer_id).tail(serial).take();
}

std::optional<ApplicationId> application_of(const storage::Snapshot& snapshot,
                                            std::string_view issuer_id,
                                            std::string_view serial) {
  const auto octets =
      snapshot.get(kCertificateApplications, certificate_application_key(issuer_id, serial));
  if (!octets) return std::nullopt;
  return ApplicationId::from_octets(*octets);
}

void store_issuance(storage::Transaction& transaction, const ApplicationIssuance& issuance) {
  erase_issuance(transaction, issuance.application);
  kApplicationIssuances.put(transaction, issuance.application.octets(), issuance);
  storage::put_work(transaction, issuance.row());
}

void erase_issuance(storage::Transaction& transaction, const ApplicationId& application) {
  const auto before = kApplicationIssuances.get(transaction, application.octets());
  if (!before) return;
  storage::kDueWork.erase(transaction, before->row().encode());
  kApplicationIssuances.erase(transaction, application.octets());
}

}  // namespace policy
