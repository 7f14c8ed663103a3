#include "acme/records/order_record.h"

#include <utility>

#include "acme/records/record_fields.h"
#include "ca/crypto/hash.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kAccount = 1,
  kProduct = 2,
  kIdentifier = 3,
  kAuthorization = 4,
  kCreated = 5,
  kExpires = 6,
  kClaimOwner = 7,
  kClaimDeadline = 8,
  kCsr = 9,
  kIssuer = 10,
  kSerial = 11,
  kCertificate = 12,
  kError = 13,
  kSpki = 14,
  kCaa = 15,
  kReplaces = 16,
  kCharge = 17,
  kReview = 18,
  kHeldSince = 19,
  kNotBefore = 20,
  kNotAfter = 21,
};

enum CaaField : std::uint32_t { kPlace = 1, kEvidence = 2 };
enum ReviewField : std::uint32_t {
  kTenant = 1,
  kOrganization = 2,
  kHold = 3,
  kApplication = 4,
  kRevision = 5,
  kLevel = 6,
  kStandard = 7,
};

std::string encode_review(const Review& review) {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kTenant, review.tenant.octets())
      .bytes(kOrganization, review.organization.octets())
      .number(kHold, static_cast<std::uint64_t>(review.hold))
      .number(kLevel, static_cast<std::uint64_t>(review.level))
      .number(kStandard, static_cast<std::uint64_t>(review.standard));
  if (review.application) {
    writer.bytes(kApplication, review.application->octets()).number(kRevision, review.revision);
  }
  return std::move(writer).take();
}

Review decode_review(std::string_view bytes) {
  Review review;
  storage::RecordReader reader("order.review", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kTenant:
        review.tenant = decode_id<policy::TenantId>(field->as_bytes());
        break;
      case kOrganization:
        review.organization = decode_id<policy::OrganizationId>(field->as_bytes());
        break;
      case kHold:
        review.hold = decode_enumerator(field->as_number(), HoldMode::pending);
        break;
      case kLevel:
        review.level = decode_enumerator(field->as_number(), policy::ValidationLevel::ev);
        break;
      case kStandard:
        review.standard = decode_enumerator(field->as_number(), policy::CryptoStandard::gm);
        break;
      case kApplication:
        review.application = decode_id<policy::ApplicationId>(field->as_bytes());
        break;
      case kRevision:
        review.revision = static_cast<std::uint32_t>(field->as_number());
        break;
      default:
        break;
    }
  }
  require_field(!review.tenant.octets().empty() && !review.organization.octets().empty(),
                "order.review");
  return review;
}

std::string encode_caa(std::size_t place, const CaaEvidence& evidence) {
  storage::RecordWriter writer(kVersion);
  writer.number(kPlace, place).bytes(kEvidence, evidence.encode());
  return std::move(writer).take();
}

std::pair<std::size_t, CaaEvidence> decode_caa(std::string_view bytes) {
  std::optional<std::size_t> place;
  std::optional<CaaEvidence> evidence;
  storage::RecordReader reader("order.caa", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kPlace) place = field->as_number();
    if (field->field == kEvidence) evidence = CaaEvidence::decode(field->as_bytes());
  }
  require_field(place && evidence, "order.caa");
  return {*place, *std::move(evidence)};
}

void write_times(storage::RecordWriter& writer, const OrderRecord& order) {
  if (order.not_before) writer.time(kNotBefore, *order.not_before);
  if (order.not_after) writer.time(kNotAfter, *order.not_after);
}

/// The fields that are set from finalize on, and the times that were asked for.
void read_issuance(const storage::RecordField& field, OrderRecord& record) {
  switch (field.field) {
    case kCaa:
      record.caa.insert(decode_caa(field.as_bytes()));
      break;
    case kReview:
      record.review = decode_review(field.as_bytes());
      break;
    case kHeldSince:
      record.held_since = field.as_time();
      break;
    case kNotBefore:
      record.not_before = field.as_time();
      break;
    case kNotAfter:
      record.not_after = field.as_time();
      break;
    case kCsr:
      record.csr = field.as_string();
      break;
    case kIssuer:
      record.issuer_id = field.as_string();
      break;
    case kSpki:
      record.spki = field.as_string();
      break;
    case kSerial:
      record.serial = field.as_string();
      break;
    case kCertificate:
      record.certificate = decode_id<CertificateId>(field.as_bytes());
      break;
    case kError:
      record.error = Problem::decode(field.as_bytes());
      break;
    default:
      break;
  }
}

void check(const OrderRecord& record) {
  require_field(!record.account.octets().empty(), "order.account");
  require_field(!record.identifiers.empty(), "order.identifiers");
  require_field(record.authorizations.size() == record.identifiers.size(), "order.authorizations");
  require_field(record.caa.empty() || record.caa.rbegin()->first < record.identifiers.size(),
                "order.caa");
  require_field(record.csr.empty() == record.spki.empty(), "order.spki");
  require_field(record.serial.empty() == record.issuer_id.empty(), "order.serial");
  require_field(!record.held_since || (record.review && !record.csr.empty()), "order.held_since");
}

std::optional<Claim> claim_of(std::optional<std::string> owner,
                              const std::optional<ca::Time>& deadline) {
  require_field(owner.has_value() == deadline.has_value(), "order.claim");
  if (!owner) return std::nullopt;
  return Claim{*std::move(owner), *deadline};
}

}  // namespace

std::string OrderRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kAccount, account.octets()).bytes(kProduct, product);
  for (const ca::Identifier& identifier : identifiers) {
    writer.bytes(kIdentifier, encode_identifier(identifier));
  }
  for (const AuthorizationId& id : authorizations) writer.bytes(kAuthorization, id.octets());
  if (replaces) writer.bytes(kReplaces, *replaces);
  write_times(writer, *this);
  writer.time(kCreated, created).time(kExpires, expires);
  if (review) writer.bytes(kReview, encode_review(*review));
  if (held_since) writer.time(kHeldSince, *held_since);
  if (claim) writer.bytes(kClaimOwner, claim->owner).time(kClaimDeadline, claim->deadline);
  for (const auto& [place, evidence] : caa) writer.bytes(kCaa, encode_caa(place, evidence));
  if (!csr.empty()) writer.bytes(kCsr, csr).bytes(kSpki, spki);
  if (!serial.empty()) writer.bytes(kIssuer, issuer_id).bytes(kSerial, serial);
  for (const RateCharge& each : charges) writer.bytes(kCharge, each.encode());
  if (certificate) writer.bytes(kCertificate, certificate->octets());
  if (error) writer.bytes(kError, error->encode());
  return std::move(writer).take();
}

OrderRecord OrderRecord::decode(std::string_view bytes) {
  OrderRecord record;
  std::optional<std::string> owner;
  std::optional<ca::Time> deadline;
  storage::RecordReader reader("order", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kAccount:
        record.account = decode_id<AccountId>(field->as_bytes());
        break;
      case kProduct:
        record.product = field->as_string();
        break;
      case kIdentifier:
        record.identifiers.push_back(decode_identifier(field->as_bytes()));
        break;
      case kAuthorization:
        record.authorizations.push_back(decode_id<AuthorizationId>(field->as_bytes()));
        break;
      case kCreated:
        record.created = field->as_time();
        break;
      case kExpires:
        record.expires = field->as_time();
        break;
      case kClaimOwner:
        owner = field->as_string();
        break;
      case kClaimDeadline:
        deadline = field->as_time();
        break;
      case kCharge:
        record.charges.push_back(RateCharge::decode(field->as_bytes()));
        break;
      case kReplaces:
        record.replaces = field->as_string();
        break;
      default:
        read_issuance(*field, record);
        break;
    }
  }
  record.claim = claim_of(std::move(owner), deadline);
  check(record);
  return record;
}

std::string open_order_key(const OrderRecord& order) {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kProduct, order.product);
  for (const ca::Identifier& identifier : order.identifiers) {
    writer.bytes(kIdentifier, encode_identifier(identifier));
  }
  if (order.replaces) writer.bytes(kReplaces, *order.replaces);
  write_times(writer, order);
  return order.account.octets() + ca::sha256(std::move(writer).take());
}

std::string replacement_key(std::string_view issuer_id, std::string_view serial) {
  std::string key(issuer_id);
  key += serial;
  return key;
}

void end_open_order(storage::Transaction& transaction,
                    const OrderId& id,
                    const OrderRecord& order) {
  const std::string key = open_order_key(order);
  if (transaction.get(kOpenOrders, key) == id.octets()) transaction.erase(kOpenOrders, key);
}

}  // namespace acme
