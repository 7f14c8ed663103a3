#include "acme/records/external_key_record.h"

#include <algorithm>
#include <utility>

#include "acme/jose/external_binding.h"
#include "acme/records/record_fields.h"
#include "ca/audit_log.h"
#include "storage/key_codec.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kSecret = 1,
  kLabel = 2,
  kCreatedAt = 3,
  kExpiresAt = 4,
  kMaxUses = 5,
  kUses = 6,
  kProfile = 7,
  kDomain = 8,
  kDisabledAt = 9,
  kDefaultProfile = 10,
  kTenant = 11,
  kOrganization = 12,
  kHold = 13,
  kRotatedAt = 14,
};

OrganizationBinding& binding_of(ExternalKeyRecord& record) {
  if (!record.binding) record.binding.emplace();
  return *record.binding;
}

}  // namespace

std::string ExternalKeyRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kSecret, secret).bytes(kLabel, label).time(kCreatedAt, created_at);
  if (expires_at) writer.time(kExpiresAt, *expires_at);
  if (max_uses) writer.number(kMaxUses, *max_uses);
  writer.number(kUses, uses);
  for (const std::string& profile : profiles) writer.bytes(kProfile, profile);
  for (const std::string& domain : domains) writer.bytes(kDomain, domain);
  if (disabled_at) writer.time(kDisabledAt, *disabled_at);
  if (!default_profile.empty()) writer.bytes(kDefaultProfile, default_profile);
  if (binding) {
    writer.bytes(kTenant, binding->tenant.octets())
        .bytes(kOrganization, binding->organization.octets())
        .number(kHold, static_cast<std::uint64_t>(binding->hold));
  }
  if (rotated_at) writer.time(kRotatedAt, *rotated_at);
  return std::move(writer).take();
}

ExternalKeyRecord ExternalKeyRecord::decode(std::string_view bytes) {
  ExternalKeyRecord record;
  storage::RecordReader reader("external key", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kSecret:
        record.secret = field->as_string();
        break;
      case kLabel:
        record.label = field->as_string();
        break;
      case kCreatedAt:
        record.created_at = field->as_time();
        break;
      case kExpiresAt:
        record.expires_at = field->as_time();
        break;
      case kMaxUses:
        record.max_uses = field->as_number();
        break;
      case kUses:
        record.uses = field->as_number();
        break;
      case kProfile:
        record.profiles.push_back(field->as_string());
        break;
      case kDomain:
        record.domains.push_back(field->as_string());
        break;
      case kDisabledAt:
        record.disabled_at = field->as_time();
        break;
      case kDefaultProfile:
        record.default_profile = field->as_string();
        break;
      case kTenant:
        binding_of(record).tenant = decode_id<policy::TenantId>(field->as_bytes());
        break;
      case kOrganization:
        binding_of(record).organization = decode_id<policy::OrganizationId>(field->as_bytes());
        break;
      case kHold:
        binding_of(record).hold = decode_enumerator(field->as_number(), HoldMode::pending);
        break;
      case kRotatedAt:
        record.rotated_at = field->as_time();
        break;
      default:
        break;
    }
  }
  require_field(record.secret.size() >= kLeastMacKeyOctets, "external key.secret");
  require_field(!record.binding || (!record.binding->tenant.octets().empty() &&
                                    !record.binding->organization.octets().empty()),
                "external key.organization");
  return record;
}

ExternalKeyState state_of(const ExternalKeyRecord& key, ca::Time now) {
  if (key.disabled_at) return ExternalKeyState::disabled;
  if (key.expires_at && now >= *key.expires_at) return ExternalKeyState::expired;
  if (key.max_uses && key.uses >= *key.max_uses) return ExternalKeyState::used_up;
  return ExternalKeyState::open;
}

std::string_view text_of(ExternalKeyState state) {
  switch (state) {
    case ExternalKeyState::open:
      return "open";
    case ExternalKeyState::disabled:
      return "disabled";
    case ExternalKeyState::expired:
      return "expired";
    case ExternalKeyState::used_up:
      return "used up";
  }
  std::unreachable();
}

std::string external_key_account(std::string_view kid, const AccountId& account) {
  return storage::KeyWriter{}.text(kid).tail(account.octets()).take();
}

void visit_accounts_of(
    const storage::Snapshot& snapshot,
    std::string_view kid,
    std::string_view behind,
    const std::function<storage::Scan(std::string_view row, const AccountId&)>& visit) {
  const std::string prefix = storage::KeyWriter{}.text(kid).take();
  snapshot.scan(kExternalKeyAccounts, std::max<std::string_view>(prefix, behind),
                [&](std::string_view key, std::string_view) {
                  if (!key.starts_with(prefix)) return storage::Scan::stop;
                  if (key == behind) return storage::Scan::proceed;
                  return visit(key, decode_id<AccountId>(key.substr(prefix.size())));
                });
}

void for_each_account_of(const storage::Snapshot& snapshot,
                         std::string_view kid,
                         const std::function<void(const AccountId&)>& visit) {
  visit_accounts_of(snapshot, kid, {}, [&](std::string_view, const AccountId& account) {
    visit(account);
    return storage::Scan::proceed;
  });
}

bool add_external_key(storage::Transaction& transaction,
                      const std::string& kid,
                      const ExternalKeyRecord& key,
                      const std::string& actor) {
  if (kExternalKeys.contains(transaction, kid)) return false;
  kExternalKeys.put(transaction, kid, key);
  ca::AuditEvent event{key.created_at, "external_key.created", actor, kid, {}};
  event.facts.emplace_back("label", key.label);
  if (key.expires_at) event.facts.emplace_back("expires", ca::rfc3339(*key.expires_at));
  if (key.max_uses) event.facts.emplace_back("max_uses", std::to_string(*key.max_uses));
  for (const std::string& profile : key.profiles) event.facts.emplace_back("profile", profile);
  for (const std::string& domain : key.domains) event.facts.emplace_back("domain", domain);
  if (key.binding) {
    event.facts.emplace_back("tenant", key.binding->tenant.text());
    event.facts.emplace_back("organization", key.binding->organization.text());
    event.facts.emplace_back("hold", text_of(key.binding->hold));
  }
  ca::append_audit(transaction, event);
  return true;
}

bool rotate_external_key(storage::Transaction& transaction,
                         const std::string& kid,
                         std::string secret,
                         const std::string& actor,
                         ca::Time now) {
  auto key = kExternalKeys.get(transaction, kid);
  if (!key || state_of(*key, now) != ExternalKeyState::open) return false;
  key->secret = std::move(secret);
  key->rotated_at = now;
  kExternalKeys.put(transaction, kid, *key);
  ca::append_audit(transaction, {now, "external_key.rotated", actor, kid, {}});
  return true;
}

bool disable_external_key(storage::Transaction& transaction,
                          const std::string& kid,
                          const std::string& actor,
                          ca::Time now) {
  auto key = kExternalKeys.get(transaction, kid);
  if (!key) return false;
  if (key->disabled_at) return true;
  key->disabled_at = now;
  kExternalKeys.put(transaction, kid, *key);
  ca::append_audit(transaction, {now, "external_key.disabled", actor, kid, {}});
  return true;
}

}  // namespace acme
