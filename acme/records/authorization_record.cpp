#include "acme/records/authorization_record.h"

#include <utility>

#include "acme/records/record_fields.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;

enum ChallengeField : std::uint32_t {
  kMethod = 1,
  kToken = 2,
  kStatus = 3,
  kValidatedAt = 4,
  kError = 5,
  kHop = 6,
  kKeyThumbprint = 7,
  kCaa = 8,
  kOnionRequest = 9,
  kCorroborated = 10,
};

enum Field : std::uint32_t {
  kAccount = 1,
  kOrder = 2,
  kIdentifier = 3,
  kCreated = 4,
  kExpires = 5,
  kChallenge = 6,
  kDeactivatedAt = 7,
  kRevokedAt = 8,
  kProduct = 9,
  kCoverage = 10,
};

}  // namespace

std::string ChallengeRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.number(kMethod, static_cast<std::uint64_t>(method)).bytes(kToken, token);
  writer.number(kStatus, static_cast<std::uint64_t>(status));
  if (validated_at) writer.time(kValidatedAt, *validated_at);
  if (error) writer.bytes(kError, error->encode());
  for (const std::string& hop : hops) writer.bytes(kHop, hop);
  if (!key_thumbprint.empty()) writer.bytes(kKeyThumbprint, key_thumbprint);
  if (caa) writer.bytes(kCaa, caa->encode());
  if (!onion_request.empty()) writer.bytes(kOnionRequest, onion_request);
  if (corroborated) writer.number(kCorroborated, 1);
  return std::move(writer).take();
}

ChallengeRecord ChallengeRecord::decode(std::string_view bytes) {
  ChallengeRecord record;
  storage::RecordReader reader("challenge", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kMethod:
        record.method =
            decode_enumerator(field->as_number(), policy::validation_methods().back().method);
        break;
      case kToken:
        record.token = field->as_string();
        break;
      case kStatus:
        record.status = decode_enumerator(field->as_number(), ChallengeStatus::invalid);
        break;
      case kValidatedAt:
        record.validated_at = field->as_time();
        break;
      case kError:
        record.error = Problem::decode(field->as_bytes());
        break;
      case kHop:
        record.hops.push_back(field->as_string());
        break;
      case kKeyThumbprint:
        record.key_thumbprint = field->as_string();
        break;
      case kCaa:
        record.caa = CaaEvidence::decode(field->as_bytes());
        break;
      case kOnionRequest:
        record.onion_request = field->as_string();
        break;
      case kCorroborated:
        record.corroborated = field->as_number() == 1;
        break;
      default:
        break;
    }
  }
  require_field(!record.token.empty(), "challenge.token");
  return record;
}

std::string AuthorizationRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kAccount, account.octets());
  if (order) writer.bytes(kOrder, order->octets());
  writer.bytes(kProduct, product);
  writer.bytes(kIdentifier, encode_identifier(identifier()));
  writer.time(kCreated, created).time(kExpires, expires);
  for (const ChallengeRecord& challenge : challenges) writer.bytes(kChallenge, challenge.encode());
  if (coverage != policy::Coverage::name) {
    writer.number(kCoverage, static_cast<std::uint64_t>(coverage));
  }
  if (deactivated_at) writer.time(kDeactivatedAt, *deactivated_at);
  if (revoked_at) writer.time(kRevokedAt, *revoked_at);
  return std::move(writer).take();
}

AuthorizationRecord AuthorizationRecord::decode(std::string_view bytes) {
  AuthorizationRecord record;
  storage::RecordReader reader("authorization", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kAccount:
        record.account = decode_id<AccountId>(field->as_bytes());
        break;
      case kOrder:
        record.order = decode_id<OrderId>(field->as_bytes());
        break;
      case kIdentifier:
        record.identifiers.push_back(decode_identifier(field->as_bytes()));
        break;
      case kCreated:
        record.created = field->as_time();
        break;
      case kExpires:
        record.expires = field->as_time();
        break;
      case kChallenge:
        record.challenges.push_back(ChallengeRecord::decode(field->as_bytes()));
        break;
      case kDeactivatedAt:
        record.deactivated_at = field->as_time();
        break;
      case kProduct:
        record.product = field->as_string();
        break;
      case kCoverage:
        record.coverage = decode_enumerator(field->as_number(), policy::Coverage::subdomains);
        break;
      case kRevokedAt:
        record.revoked_at = field->as_time();
        break;
      default:
        break;
    }
  }
  require_field(!record.account.octets().empty(), "authorization.account");
  require_field(record.identifiers.size() == 1, "authorization.identifier");
  require_field(!record.challenges.empty(), "authorization.challenges");
  return record;
}

std::vector<OrderId> orders_using(const storage::Snapshot& snapshot,
                                  const AuthorizationId& id,
                                  const AuthorizationRecord& authorization) {
  std::vector<OrderId> orders;
  if (authorization.order) orders.push_back(*authorization.order);
  snapshot.scan(kAuthorizationOrders, id.octets(), [&](std::string_view key, std::string_view) {
    if (!key.starts_with(id.octets())) return storage::Scan::stop;
    orders.push_back(decode_id<OrderId>(key.substr(kIdOctets)));
    return storage::Scan::proceed;
  });
  return orders;
}

std::string account_name_key(const AccountId& account, const ca::Identifier& identifier) {
  std::string key = account.octets();
  key += ca::type_of(identifier);
  key += ':';
  key += ca::value_of(identifier);
  return key;
}

std::string account_domain_key(const AccountId& account, std::string_view domain) {
  std::string key = account.octets();
  key += "subdomains:";
  key += domain;
  return key;
}

std::vector<std::string> account_keys_of(const AuthorizationRecord& authorization) {
  const ca::Identifier& identifier = authorization.identifier();
  std::vector<std::string> keys{account_name_key(authorization.account, identifier)};
  if (authorization.coverage == policy::Coverage::subdomains) {
    keys.push_back(account_domain_key(authorization.account, ca::value_of(identifier)));
  }
  return keys;
}

}  // namespace acme
