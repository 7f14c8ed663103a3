// Where the certificate behind a certificate URL is: the ledger holds it under issuer and serial.
#pragma once

#include <string>
#include <string_view>

#include "acme/ids.h"
#include "storage/table.h"

namespace acme {

/// One row per certificate that an order led to.
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
