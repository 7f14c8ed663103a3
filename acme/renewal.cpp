#include "acme/renewal.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/order.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/incident_record.h"
#include "acme/records/record_fields.h"
#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/organizations/org_validation.h"

namespace acme {

namespace {

constexpr char kDot = '.';
constexpr std::uint8_t kSignBit = 0x80;

/// A serial whose first bit is set has a zero octet before it in DER (X.690 §8.3).
bool needs_zero(std::string_view serial) {
  return (static_cast<std::uint8_t>(serial.front()) & kSignBit) != 0;
}

/// "replaces" must stand in every one of these: clients look for the word and order again without
/// it (ACME has no type that says so).
std::unexpected<Problem> not_replaceable(const std::string& reference, std::string_view why) {
  return refuse(ProblemType::malformed,
                "payload: \"replaces\" is " + in_quotes(reference) + ", which " + std::string(why));
}

bool share_identifier(const OrderRecord& order, const OrderRecord& other) {
  return std::ranges::any_of(order.identifiers, [&](const ca::Identifier& each) {
    return std::ranges::find(other.identifiers, each) != other.identifiers.end();
  });
}

/// The validation of the organization that the certificate names, if it names one.
std::optional<policy::OrgValidation> validation_behind(const storage::Snapshot& snapshot,
                                                       const ca::LedgerEntry& entry) {
  const auto stored = [&](const policy::OrganizationId& organization, policy::ValidationLevel level,
                          policy::CryptoStandard standard) {
    return policy::kOrgValidations.get(snapshot,
                                       policy::org_validation_key(organization, level, standard));
  };
  if (const auto id = OrderId::parse(entry.order)) {
    const auto order = kOrders.get(snapshot, id->octets());
    if (!order || !order->review) return std::nullopt;
    return stored(order->review->organization, order->review->level, order->review->standard);
  }
  const auto id = policy::ApplicationId::parse(entry.order);
  const auto application = id ? policy::kApplications.get(snapshot, id->octets()) : std::nullopt;
  if (!application || !application->wish.organization) return std::nullopt;
  return stored(*application->wish.organization, application->level, application->standard);
}

/// Rule A-13: `window`, moved to where a renewal finds the organization validated still.
RenewalWindow before_validation_ends(const storage::Snapshot& snapshot,
                                     const ca::LedgerEntry& entry,
                                     const RenewalWindow& window) {
  constexpr std::chrono::days kBeforeEnd{14};
  if (entry.revoked) return window;
  const auto validation = validation_behind(snapshot, entry);
  const bool stands = validation && (validation->state == policy::OrgValidationState::valid ||
                                     validation->state == policy::OrgValidationState::expiring);
  if (!stands) return window;
  const ca::Time latest = validation->valid_until - kBeforeEnd;
  const std::chrono::seconds width = window.end - window.start;
  // What replaced it in that window would begin within it, and must not be due at once itself.
  const bool helps = latest - width >= entry.not_before + width;
  if (window.end <= latest || !helps) return window;
  return {latest - width, latest};
}

/// Whether it is one of many of its order, each of which could be replaced once (RFC 8739).
bool renews_itself(const storage::Snapshot& snapshot, const ca::LedgerEntry& entry) {
  const auto id = OrderId::parse(entry.order);
  return id && kAutoRenewals.contains(snapshot, id->octets());
}

}  // namespace

std::string CertificateReference::text() const {
  const std::string zero = needs_zero(serial) ? std::string(1, '\0') : std::string();
  return ca::base64url(key_identifier) + kDot + ca::base64url(zero + serial);
}

std::optional<CertificateReference> CertificateReference::parse(std::string_view text) {
  const std::size_t dot = text.find(kDot);
  if (dot == std::string_view::npos) return std::nullopt;
  auto key_identifier = ca::from_base64url(text.substr(0, dot));
  auto serial = ca::from_base64url(text.substr(dot + 1));
  if (!key_identifier || !serial || key_identifier->empty() || serial->empty()) return std::nullopt;
  CertificateReference reference{*std::move(key_identifier), *std::move(serial)};
  if (reference.serial.size() > 1 && reference.serial.front() == '\0') reference.serial.erase(0, 1);
  // Zero, negative and padded numbers are not what text() writes.
  if (reference.serial == std::string(1, '\0') || reference.text() != text) return std::nullopt;
  return reference;
}

RenewalWindow renewal_window(const ca::LedgerEntry& entry) {
  using std::chrono::seconds;
  constexpr std::chrono::hours kLead{1};
  if (entry.revoked) return {entry.revoked_at - kLead, entry.revoked_at};
  constexpr std::chrono::days kShortLife{10};
  constexpr int kWidthOfLife = 90;  // half a window: a day of a certificate of ninety
  const seconds life = entry.not_after - entry.not_before + seconds(1);
  const ca::Time middle = entry.not_before + (life < kShortLife ? life / 2 : life * 2 / 3);
  const seconds half = std::max(life / kWidthOfLife, seconds(1));
  return {middle - half, middle + half};
}

RenewalWindow renewal_window(const storage::Snapshot& snapshot, const ca::LedgerEntry& entry) {
  constexpr std::chrono::hours kLead{1};
  const RenewalWindow usual = before_validation_ends(snapshot, entry, renewal_window(entry));
  const auto incident = incident_about(snapshot, entry);
  if (!incident || usual.end <= *incident) return usual;
  return {*incident - kLead, *incident};
}

std::chrono::seconds renewal_poll(ca::RandomSource& random) {
  constexpr std::chrono::seconds kPoll = std::chrono::hours(6);
  constexpr std::uint64_t kSpread = static_cast<std::uint64_t>(kPoll.count()) / 5;
  const std::string octets = random.bytes(sizeof(std::uint32_t));
  std::uint64_t drawn = 0;
  for (const char octet : octets) drawn = (drawn << 8U) | static_cast<std::uint8_t>(octet);
  const auto shift = static_cast<std::int64_t>(drawn % (2 * kSpread + 1));
  return kPoll - std::chrono::seconds(kSpread) + std::chrono::seconds(shift);
}

std::optional<ca::LedgerEntry> find_referenced(const storage::Snapshot& snapshot,
                                               const ca::IssuerSet& issuers,
                                               std::string_view text) {
  const auto reference = CertificateReference::parse(text);
  const ca::Issuer* issuer = reference ? issuers.find_by_key(reference->key_identifier) : nullptr;
  if (issuer == nullptr) return std::nullopt;
  auto entry = ca::Ledger::find(snapshot, issuer->id(), reference->serial);
  if (!entry || entry->certificate.empty()) return std::nullopt;
  return entry;
}

bool is_due_renewal(const storage::Snapshot& snapshot,
                    const ca::IssuerSet& issuers,
                    const OrderRecord& order) {
  if (!order.replaces) return false;
  auto entry = find_referenced(snapshot, issuers, *order.replaces);
  if (!entry || renews_itself(snapshot, *entry)) return false;
  if (order.created >= renewal_window(snapshot, *entry).start) return true;
  entry->revoked = false;
  return order.created >= renewal_window(snapshot, *entry).start;
}

Result<void> mark_replaced(storage::Transaction& transaction,
                           const ca::IssuerSet& issuers,
                           const OrderId& id,
                           const OrderRecord& order) {
  const std::string& reference = *order.replaces;
  const auto entry = find_referenced(transaction, issuers, reference);
  if (!entry) return not_replaceable(reference, "is no certificate that was issued here");
  if (entry->account != order.account.text()) {
    return not_replaceable(reference, "is a certificate of another account");
  }
  const auto earlier = OrderId::parse(entry->order);
  const auto replaced = earlier ? kOrders.get(transaction, earlier->octets()) : std::nullopt;
  if (!replaced || !share_identifier(order, *replaced)) {
    return not_replaceable(reference, "shares no identifier with this order");
  }
  const std::string key = replacement_key(entry->issuer_id, entry->serial);
  if (const auto octets = transaction.get(kReplacements, key)) {
    const auto other = load_order(transaction, decode_id<OrderId>(*octets), order.created);
    if (other && other->id != id && other->status != OrderStatus::invalid) {
      return refuse(ProblemType::already_replaced, "payload: \"replaces\" is " +
                                                       in_quotes(reference) +
                                                       ", which another order replaces that is " +
                                                       std::string(text_of(other->status)));
    }
  }
  transaction.put(kReplacements, key, id.octets());
  return {};
}

}  // namespace acme
