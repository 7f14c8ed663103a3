// The stored form of a ledger entry.
#include "ca/ledger.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

constexpr std::uint8_t kVersion = 1;

enum Field : std::uint32_t {
  serial_field = 1,
  issuer_id_field = 2,
  profile_field = 3,
  order_field = 4,
  account_field = 5,
  tbs_sha256_field = 6,
  lint_certificate_field = 7,
  intended_at_field = 8,
  not_before_field = 9,
  not_after_field = 10,
  certificate_field = 11,
  issued_at_field = 12,
  revoked_at_field = 13,
  revocation_reason_field = 14,
  asked_times_field = 15,
};

}  // namespace

std::string LedgerEntry::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(serial_field, serial)
      .bytes(issuer_id_field, issuer_id)
      .bytes(profile_field, profile)
      .bytes(order_field, order)
      .bytes(account_field, account)
      .bytes(tbs_sha256_field, tbs_sha256)
      .bytes(lint_certificate_field, lint_certificate)
      .time(intended_at_field, intended_at)
      .time(not_before_field, not_before)
      .time(not_after_field, not_after);
  if (asked_times != AskedTimes::none) {
    writer.number(asked_times_field, static_cast<std::uint64_t>(asked_times));
  }
  if (!certificate.empty()) {
    writer.bytes(certificate_field, certificate).time(issued_at_field, issued_at);
  }
  if (revoked) {
    writer.time(revoked_at_field, revoked_at).number(revocation_reason_field, revocation_reason);
  }
  return std::move(writer).take();
}

LedgerEntry LedgerEntry::decode(std::string_view bytes) {
  LedgerEntry entry;
  storage::RecordReader reader("ledger entry", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case serial_field:
        entry.serial = field->as_string();
        break;
      case issuer_id_field:
        entry.issuer_id = field->as_string();
        break;
      case profile_field:
        entry.profile = field->as_string();
        break;
      case order_field:
        entry.order = field->as_string();
        break;
      case account_field:
        entry.account = field->as_string();
        break;
      case tbs_sha256_field:
        entry.tbs_sha256 = field->as_string();
        break;
      case lint_certificate_field:
        entry.lint_certificate = field->as_string();
        break;
      case intended_at_field:
        entry.intended_at = field->as_time();
        break;
      case not_before_field:
        entry.not_before = field->as_time();
        break;
      case not_after_field:
        entry.not_after = field->as_time();
        break;
      case asked_times_field:
        if (field->as_number() > static_cast<std::uint64_t>(AskedTimes::both)) {
          throw storage::CorruptRecord("the ledger entry names times that there are not");
        }
        entry.asked_times = static_cast<AskedTimes>(field->as_number());
        break;
      case certificate_field:
        entry.certificate = field->as_string();
        break;
      case issued_at_field:
        entry.issued_at = field->as_time();
        break;
      case revoked_at_field:
        entry.revoked = true;
        entry.revoked_at = field->as_time();
        break;
      case revocation_reason_field:
        entry.revocation_reason = static_cast<std::uint8_t>(field->as_number());
        break;
      default:
        break;
    }
  }
  return entry;
}

}  // namespace ca
