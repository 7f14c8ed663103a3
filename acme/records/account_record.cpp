#include "acme/records/account_record.h"

#include <utility>

#include "acme/records/record_fields.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kStatus = 1,
  kSpki = 2,
  kContact = 3,
  kTermsAgreedAt = 4,
  kCreatedAt = 5,
  kTermsAgreed = 6,
  kExternalKey = 7,  // then its binding
  kExternalBinding = 8,
};

}  // namespace

std::string AccountRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.number(kStatus, static_cast<std::uint64_t>(status)).bytes(kSpki, spki);
  for (const std::string& contact : contacts) writer.bytes(kContact, contact);
  if (terms_agreed_at) writer.time(kTermsAgreedAt, *terms_agreed_at);
  writer.time(kCreatedAt, created_at);
  if (!terms_agreed.empty()) writer.bytes(kTermsAgreed, terms_agreed);
  if (external) {
    writer.bytes(kExternalKey, external->kid).bytes(kExternalBinding, external->binding);
  }
  return std::move(writer).take();
}

AccountRecord AccountRecord::decode(std::string_view bytes) {
  AccountRecord record;
  ExternalAccount external;
  storage::RecordReader reader("account", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kStatus:
        record.status = decode_enumerator(field->as_number(), AccountStatus::revoked);
        break;
      case kSpki:
        record.spki = field->as_string();
        break;
      case kContact:
        record.contacts.push_back(field->as_string());
        break;
      case kTermsAgreedAt:
        record.terms_agreed_at = field->as_time();
        break;
      case kCreatedAt:
        record.created_at = field->as_time();
        break;
      case kTermsAgreed:
        record.terms_agreed = field->as_string();
        break;
      case kExternalKey:
        external.kid = field->as_string();
        break;
      case kExternalBinding:
        external.binding = field->as_string();
        break;
      default:
        break;
    }
  }
  require_field(!record.spki.empty(), "account.spki");
  require_field(external.kid.empty() == external.binding.empty(), "account.external");
  if (!external.kid.empty()) record.external = std::move(external);
  return record;
}

std::optional<AccountId> account_with_key(const storage::Snapshot& snapshot,
                                          std::string_view spki_sha256) {
  const auto octets = snapshot.get(kAccountKeys, spki_sha256);
  if (!octets) return std::nullopt;
  return decode_id<AccountId>(*octets);
}

}  // namespace acme
