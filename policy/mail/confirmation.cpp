#include "policy/mail/confirmation.h"

#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/stored_values.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace policy {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSecretOctets = 32;
constexpr std::size_t kSecretText = 43;

enum Field : std::uint32_t {
  kPurpose = 1,
  kTenant = 2,
  kAbout = 3,
  kRevision = 4,
  kTo = 5,
  kToSource = 6,
  kAskedBy = 7,
  kSentAt = 8,
  kExpiresAt = 9,
  kEndedAt = 10,
  kAnswer = 11,
  kAnsweredFrom = 12,
  kWrong = 13,
};

template <Spelled Enumeration>
Enumeration enumerator(const storage::RecordField& field) {
  require_field(field.as_number() < kWords<Enumeration>.size(), "confirmation");
  return static_cast<Enumeration>(field.as_number());
}

/// What became of it.
void read_end(Confirmation& confirmation, const storage::RecordField& field) {
  switch (field.field) {
    case kEndedAt:
      confirmation.ended_at = field.as_time();
      break;
    case kAnswer:
      confirmation.answer = enumerator<ConfirmationAnswer>(field);
      break;
    case kAnsweredFrom:
      confirmation.answered_from = field.as_string();
      break;
    case kWrong:
      confirmation.wrong_codes = static_cast<std::uint32_t>(field.as_number());
      break;
    default:
      break;
  }
}

std::string list_prefix(std::string_view about, ConfirmationPurpose purpose) {
  return std::string(about) + storage::KeyWriter{}.number(std::to_underlying(purpose)).take();
}

std::string list_key(const Confirmation& confirmation, std::string_view hash) {
  return list_prefix(confirmation.about, confirmation.purpose) +
         storage::KeyWriter{}.time(confirmation.sent_at).tail(hash).take();
}

/// "con_…" or "app_…".
std::string subject_of(const Confirmation& confirmation) {
  return confirmation.purpose == ConfirmationPurpose::application
             ? ApplicationId::from_octets(confirmation.about).text()
             : ContactId::from_octets(confirmation.about).text();
}

}  // namespace

std::string Confirmation::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.number(kPurpose, std::to_underlying(purpose)).bytes(kTenant, tenant.octets());
  writer.bytes(kAbout, about).number(kRevision, revision).bytes(kTo, to);
  writer.number(kToSource, std::to_underlying(to_source)).bytes(kAskedBy, asked_by.octets());
  writer.time(kSentAt, sent_at).time(kExpiresAt, expires_at);
  if (ended_at) writer.time(kEndedAt, *ended_at);
  writer.number(kAnswer, std::to_underlying(answer)).bytes(kAnsweredFrom, answered_from);
  writer.number(kWrong, wrong_codes);
  return std::move(writer).take();
}

Confirmation Confirmation::decode(std::string_view bytes) {
  std::optional<TenantId> tenant;
  std::optional<PersonId> asked_by;
  Confirmation out{.tenant = TenantId::from_octets({}),
                   .about = {},
                   .to = {},
                   .asked_by = PersonId::from_octets({})};
  storage::RecordReader reader("confirmation", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kPurpose:
        out.purpose = enumerator<ConfirmationPurpose>(*field);
        break;
      case kTenant:
        tenant = decode_id<TenantId>(field->as_bytes());
        break;
      case kAbout:
        out.about = field->as_string();
        break;
      case kRevision:
        out.revision = static_cast<std::uint32_t>(field->as_number());
        break;
      case kTo:
        out.to = field->as_string();
        break;
      case kToSource:
        out.to_source = enumerator<ContactSource>(*field);
        break;
      case kAskedBy:
        asked_by = decode_id<PersonId>(field->as_bytes());
        break;
      case kSentAt:
        out.sent_at = field->as_time();
        break;
      case kExpiresAt:
        out.expires_at = field->as_time();
        break;
      default:
        read_end(out, *field);
        break;
    }
  }
  require_field(tenant && asked_by && out.about.size() == kIdOctets, "confirmation");
  out.tenant = *std::move(tenant);
  out.asked_by = *std::move(asked_by);
  return out;
}

std::string fresh_link_secret(ca::RandomSource& random) {
  return ca::base64url(random.bytes(kSecretOctets));
}

std::string fresh_code(ca::RandomSource& random) {
  constexpr unsigned kFair = 250;  // 250 values are 25 for each digit
  std::string code;
  while (code.size() < 6) {
    for (const char c : random.bytes(8)) {
      const auto octet = static_cast<std::uint8_t>(c);
      if (octet < kFair && code.size() < 6) code += static_cast<char>('0' + octet % 10);
    }
  }
  return code;
}

std::string link_to(std::string_view base_url, std::string_view secret) {
  return std::string(base_url) + "/confirm/" + std::string(secret);
}

std::string hash_of_link(std::string_view secret) {
  return ca::sha256("link:" + std::string(secret));
}

std::string hash_of_code(std::string_view about, std::string_view code) {
  return ca::sha256("code:" + std::string(about) + ":" + std::string(code));
}

std::vector<FoundConfirmation> confirmations_about(const storage::Snapshot& snapshot,
                                                   std::string_view about,
                                                   ConfirmationPurpose purpose) {
  constexpr std::size_t kTimeOctets = 8;
  const std::string prefix = list_prefix(about, purpose);
  std::vector<FoundConfirmation> found;
  snapshot.scan(kConfirmationsAbout, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    const std::string hash(key.substr(prefix.size() + kTimeOctets));
    auto confirmation = kConfirmations.get(snapshot, hash);
    if (!confirmation) throw storage::CorruptRecord("a confirmation is in a list and not there");
    // A code that comes again by chance is the later one.
    if (confirmation->about == about) found.push_back({hash, *std::move(confirmation)});
    return storage::Scan::proceed;
  });
  return found;
}

Allowed<void> open_confirmation(storage::Transaction& transaction,
                                std::string_view hash,
                                const Confirmation& confirmation) {
  const auto earlier = confirmations_about(transaction, confirmation.about, confirmation.purpose);
  const ca::Time now = confirmation.sent_at;
  std::size_t today = 0;
  for (const FoundConfirmation& one : earlier) {
    if (one.confirmation.sent_at > now - std::chrono::days(1)) ++today;
    if (one.confirmation.sent_at > now - kBetweenMessages)
      return Refused(Fault{FaultCode::rate_limited,
                           "A message was sent less than a minute ago; look for that one first."});
  }
  if (today >= kMessagesPerDay)
    return Refused(Fault{FaultCode::rate_limited,
                         "There were " + std::to_string(today) + " messages within a day."});
  for (FoundConfirmation one : earlier) {
    if (one.confirmation.ended_at) continue;
    one.confirmation.ended_at = now;
    kConfirmations.put(transaction, one.hash, one.confirmation);
  }
  kConfirmations.put(transaction, hash, confirmation);
  transaction.put(kConfirmationsAbout, list_key(confirmation, hash), "");
  return {};
}

Allowed<Confirmation> find_link(const storage::Snapshot& snapshot,
                                std::string_view secret,
                                ca::Time now) {
  // The length first, so that nothing long is hashed.
  auto confirmation = secret.size() == kSecretText
                          ? kConfirmations.get(snapshot, hash_of_link(secret))
                          : std::nullopt;
  if (!confirmation) return Refused(Fault{FaultCode::not_found, "There is no such link."});
  if (!confirmation->is_open(now))
    return Refused(Fault{FaultCode::link_expired,
                         "This link has been used, or a later one was sent, or it is too old."});
  return *std::move(confirmation);
}

Confirmation end_confirmation(storage::Transaction& transaction,
                              std::string_view hash,
                              Confirmation confirmation,
                              ConfirmationAnswer answer,
                              std::string from,
                              ca::Time now) {
  confirmation.ended_at = now;
  confirmation.answer = answer;
  confirmation.answered_from = std::move(from);
  kConfirmations.put(transaction, hash, confirmation);
  ca::AuditEvent event{
      now, "confirmation.answered", "whoever has the secret", subject_of(confirmation), {}};
  event.facts.emplace_back("purpose", text_of(confirmation.purpose));
  event.facts.emplace_back("answer", text_of(answer));
  event.facts.emplace_back("to", confirmation.to);
  event.facts.emplace_back("from", confirmation.answered_from);
  ca::append_audit(transaction, event);
  return confirmation;
}

}  // namespace policy
