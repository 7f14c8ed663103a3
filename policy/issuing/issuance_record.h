// What is stored while an application is being signed for, and which application a certificate
// belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/ids.h"
#include "policy/record_fields.h"
#include "storage/due_work.h"
#include "storage/table.h"

namespace policy {

/// From approval until the certificate is there or refused.
struct ApplicationIssuance {
  ApplicationId application = ApplicationId::from_octets({});
  ca::Time due{};              // of its row of due work; exactly one while this is there
  std::uint32_t attempts = 0;  // that ended without a certificate; decides the pause
  std::string issuer_id;       // of the attempt under way
  /// Raw octets, from the intent on. With it and no certificate nobody knows whether it was signed.
  std::string serial;
  std::vector<std::string> caa;  // what permitted, of the attempt under way
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.application);
    walk(2, self.due);
    walk(3, self.attempts);
    walk(4, self.issuer_id);
    walk(5, self.serial);
    walk(6, self.caa);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static ApplicationIssuance decode(std::string_view bytes) {
    return decode_record<ApplicationIssuance>("application issuance", bytes);
  }
  [[nodiscard]] storage::WorkKey row() const {
    return {due, storage::WorkKind::issue_application, application.octets()};
  }
  bool operator==(const ApplicationIssuance&) const = default;
};

/// ApplicationId octets -> issuance under way.
inline constexpr storage::Table<ApplicationIssuance> kApplicationIssuances{"application_issuances"};
/// Issuer id, serial octets -> ApplicationId octets. Written with the certificate.
inline constexpr storage::TableName kCertificateApplications{"certificate_applications"};
std::string certificate_application_key(std::string_view issuer_id, std::string_view serial);
/// The application that a certificate was issued for, if it was one.
std::optional<ApplicationId> application_of(const storage::Snapshot& snapshot,
                                            std::string_view issuer_id,
                                            std::string_view serial);

/// Stores `issuance` and brings its row of due work in line.
void store_issuance(storage::Transaction& transaction, const ApplicationIssuance& issuance);
/// Takes it out, with its row.
void erase_issuance(storage::Transaction& transaction, const ApplicationId& application);

}  // namespace policy
