// Where the certificate behind a certificate URL is: the ledger holds it under issuer and serial.
#pragma once

#include <string>
#include <string_view>

#include "acme/ids.h"
#include "storage/table.h"

namespace acme {

/// One row per order that led to a certificate: of one that renews itself, its first
/// (acme/records/auto_renewal_record.h has them all).
struct CertificateRecord {
  std::string issuer_id;
  std::string serial;  // raw octets
  AccountId account = AccountId::from_octets({});
  OrderId order = OrderId::from_octets({});

  [[nodiscard]] std::string encode() const;
  static CertificateRecord decode(std::string_view bytes);
};

/// CertificateId octets -> place in the ledger.
inline constexpr storage::Table<CertificateRecord> kCertificates{"certificates"};

}  // namespace acme
