#include "acme/records/certificate_record.h"

#include <utility>

#include "acme/records/record_fields.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kIssuer = 1, kSerial = 2, kAccount = 3, kOrder = 4 };

}  // namespace

std::string CertificateRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kIssuer, issuer_id).bytes(kSerial, serial);
  writer.bytes(kAccount, account.octets()).bytes(kOrder, order.octets());
  return std::move(writer).take();
}

CertificateRecord CertificateRecord::decode(std::string_view bytes) {
  CertificateRecord record;
  storage::RecordReader reader("certificate", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kIssuer:
        record.issuer_id = field->as_string();
        break;
      case kSerial:
        record.serial = field->as_string();
        break;
      case kAccount:
        record.account = decode_id<AccountId>(field->as_bytes());
        break;
      case kOrder:
        record.order = decode_id<OrderId>(field->as_bytes());
        break;
      default:
        break;
    }
  }
  require_field(!record.issuer_id.empty(), "certificate.issuer");
  require_field(!record.serial.empty(), "certificate.serial");
  require_field(!record.account.octets().empty(), "certificate.account");
  require_field(!record.order.octets().empty(), "certificate.order");
  return record;
}

}  // namespace acme
