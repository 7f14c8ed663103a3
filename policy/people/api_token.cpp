#include "policy/people/api_token.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/people/disabling.h"
#include "policy/people/person.h"
#include "policy/people/tenant.h"
#include "policy/plain_text.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace policy {
namespace {

constexpr std::string_view kPrefix = "cht_";
constexpr std::size_t kSecretOctets = 32;
constexpr std::size_t kSecretCharacters = 43;  // of unpadded base64url
constexpr std::size_t kHashOctets = 32;

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kTextSha256 = 1,
  kPerson = 2,
  kRole = 3,
  kLabel = 4,
  kNetwork = 5,
  kCreatedAt = 6,
  kExpiresAt = 7,
  kDisabledAt = 8,
  kRevision = 9,
};

bool has(const std::vector<Role>& roles, Role role) {
  return std::ranges::find(roles, role) != roles.end();
}

std::vector<FaultAt> faults_of(const NewApiToken& wanted,
                               const std::optional<PersonRecord>& person,
                               ca::Time now) {
  std::vector<FaultAt> faults;
  const auto complain = [&](std::string pointer, std::string detail) {
    faults.push_back({std::move(pointer), FaultCode::validation, std::move(detail)});
  };
  if (!person) complain("/person", "there is no person " + wanted.person.text());
  if (person && person->disabled_at) complain("/person", "the person is disabled");
  for (std::size_t i = 0; person && i < wanted.roles.size(); ++i) {
    if (has(person->roles, wanted.roles[i])) continue;
    complain("/roles/" + std::to_string(i),
             "the person is not " + std::string(text_of(wanted.roles[i])));
  }
  if (!wanted.label.empty()) {
    if (auto fault = fault_of_line(wanted.label, kMaxName)) complain("/label", *std::move(fault));
  }
  if (wanted.expires_at && *wanted.expires_at <= now) {
    complain("/expiresAt", "expected a time to come");
  }
  return faults;
}

}  // namespace

std::string ApiTokenRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kTextSha256, text_sha256).bytes(kPerson, person.octets());
  for (const Role each : roles) writer.bytes(kRole, text_of(each));
  writer.bytes(kLabel, label);
  for (const Network& each : networks) writer.bytes(kNetwork, each.text());
  writer.time(kCreatedAt, created_at);
  if (expires_at) writer.time(kExpiresAt, *expires_at);
  if (disabled_at) writer.time(kDisabledAt, *disabled_at);
  writer.number(kRevision, version);
  return std::move(writer).take();
}

ApiTokenRecord ApiTokenRecord::decode(std::string_view bytes) {
  std::optional<PersonId> person;
  ApiTokenRecord record{.text_sha256 = {},
                        .person = server_itself().person,
                        .roles = {},
                        .label = {},
                        .networks = {},
                        .expires_at = {},
                        .disabled_at = {}};
  storage::RecordReader reader("API token", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kTextSha256:
        record.text_sha256 = field->as_string();
        break;
      case kPerson:
        person = decode_id<PersonId>(field->as_bytes());
        break;
      case kRole:
        record.roles.push_back(decode_role(field->as_bytes()));
        break;
      case kLabel:
        record.label = field->as_string();
        break;
      case kNetwork: {
        auto network = Network::parse(field->as_bytes());
        require_field(network.has_value(), "API token.network");
        record.networks.push_back(*std::move(network));
        break;
      }
      case kCreatedAt:
        record.created_at = field->as_time();
        break;
      case kExpiresAt:
        record.expires_at = field->as_time();
        break;
      case kDisabledAt:
        record.disabled_at = field->as_time();
        break;
      case kRevision:
        record.version = field->as_number();
        break;
      default:
        break;
    }
  }
  require_field(person && record.text_sha256.size() == kHashOctets && !record.roles.empty(),
                "API token");
  record.person = *std::move(person);
  return record;
}

ApiTokenState state_of(const ApiTokenRecord& token, ca::Time now) {
  if (token.disabled_at) return ApiTokenState::disabled;
  if (token.expires_at && now >= *token.expires_at) return ApiTokenState::expired;
  return ApiTokenState::open;
}

std::string_view text_of(ApiTokenState state) {
  switch (state) {
    case ApiTokenState::open:
      return "open";
    case ApiTokenState::disabled:
      return "disabled";
    case ApiTokenState::expired:
      return "expired";
  }
  std::unreachable();
}

std::string fresh_token_text(ca::RandomSource& random) {
  return std::string(kPrefix) + ca::base64url(random.bytes(kSecretOctets));
}

bool is_token_text(std::string_view text) {
  if (text.size() != kPrefix.size() + kSecretCharacters || !text.starts_with(kPrefix)) return false;
  const auto octets = ca::from_base64url(text.substr(kPrefix.size()));
  return octets && octets->size() == kSecretOctets;
}

Allowed<ApiTokenRecord> create_token(storage::Transaction& transaction,
                                     const std::string& by,
                                     const TokenId& id,
                                     std::string_view text,
                                     NewApiToken wanted,
                                     ca::Time now) {
  const auto person = kPeople.get(transaction, wanted.person.octets());
  if (auto faults = faults_of(wanted, person, now); !faults.empty()) {
    return Refused(Fault{FaultCode::validation, "The token cannot be made.", std::move(faults)});
  }
  if (wanted.roles.empty()) wanted.roles = person->roles;
  const ApiTokenRecord record{.text_sha256 = ca::sha256(text),
                              .person = wanted.person,
                              .roles = std::move(wanted.roles),
                              .label = std::move(wanted.label),
                              .networks = std::move(wanted.networks),
                              .created_at = now,
                              .expires_at = wanted.expires_at,
                              .disabled_at = std::nullopt};
  kApiTokens.put(transaction, id.octets(), record);
  transaction.put(kApiTokensByHash, record.text_sha256, id.octets());
  ca::AuditEvent event{now, "token.created", by, id.text(), {{"person", record.person.text()}}};
  for (const Role each : record.roles) event.facts.emplace_back("role", text_of(each));
  if (record.expires_at) event.facts.emplace_back("expires", ca::rfc3339(*record.expires_at));
  for (const Network& each : record.networks) event.facts.emplace_back("network", each.text());
  ca::append_audit(transaction, event);
  return record;
}

Allowed<ApiTokenRecord> disable_token(storage::Transaction& transaction,
                                      const std::string& by,
                                      const TokenId& id,
                                      ca::Time now) {
  return disable(transaction, kApiTokens, "token", id, by, now);
}

std::expected<TokenHolder, TokenRefusal> holder_of(const storage::Snapshot& snapshot,
                                                   std::string_view text,
                                                   const std::optional<ca::IpAddress>& from,
                                                   ca::Time now) {
  if (!is_token_text(text)) return std::unexpected(TokenRefusal::malformed);
  const auto id = snapshot.get(kApiTokensByHash, ca::sha256(text));
  if (!id) return std::unexpected(TokenRefusal::unknown);
  const auto token = kApiTokens.get(snapshot, *id);
  require_field(token.has_value(), "token of a hash");
  const ApiTokenState state = state_of(*token, now);
  if (state == ApiTokenState::disabled) return std::unexpected(TokenRefusal::disabled);
  if (state == ApiTokenState::expired) return std::unexpected(TokenRefusal::expired);
  const bool is_near =
      token->networks.empty() || (from && std::ranges::any_of(token->networks, [&](const auto& n) {
                                    return n.contains(*from);
                                  }));
  if (!is_near) return std::unexpected(TokenRefusal::elsewhere);
  const auto person = kPeople.get(snapshot, token->person.octets());
  require_field(person.has_value(), "person of a token");
  if (person->disabled_at) return std::unexpected(TokenRefusal::person_disabled);

  const TokenId token_id = decode_id<TokenId>(*id);
  Actor actor{.person = token->person,
              .tenant = person->tenant,
              .roles = {},
              .through = "token " + token_id.text()};
  std::ranges::copy_if(token->roles, std::back_inserter(actor.roles),
                       [&](Role each) { return has(person->roles, each); });
  return TokenHolder{std::move(actor), token_id};
}

bool is_open_token(const storage::Snapshot& snapshot, std::string_view text, ca::Time now) {
  if (!is_token_text(text)) return false;
  const auto id = snapshot.get(kApiTokensByHash, ca::sha256(text));
  if (!id) return false;
  const auto token = kApiTokens.get(snapshot, *id);
  return token && state_of(*token, now) == ApiTokenState::open;
}

}  // namespace policy
