// Links and codes that somebody has to use to show that a message reached them. Only hashes are
// stored; each is good once. Looking at a link changes nothing: mail scanners do that too.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/mail/outbox.h"
#include "policy/people/actor.h"
#include "policy/products/vocabulary.h"
#include "storage/table.h"

namespace policy {

/// What is confirmed. The numbers are stored.
enum class ConfirmationPurpose : std::uint8_t { contact_mail = 0, contact_phone, application };
template <>
inline constexpr std::array<std::string_view, 3> kWords<ConfirmationPurpose>{
    "contact_mail", "contact_phone", "application"};

enum class ConfirmationAnswer : std::uint8_t { none = 0, confirmed, refused };
template <>
inline constexpr std::array<std::string_view, 3> kWords<ConfirmationAnswer>{"none", "confirmed",
                                                                            "refused"};

struct Confirmation {
  ConfirmationPurpose purpose = ConfirmationPurpose::contact_mail;
  TenantId tenant;
  std::string about;           // octets of the contact's or the application's id
  std::uint32_t revision = 0;  // of the application
  std::string to;              // the address or number
  ContactSource to_source = ContactSource::applicant;
  PersonId asked_by;
  ca::Time sent_at{};
  ca::Time expires_at{};
  std::optional<ca::Time> ended_at = {};  // answered, replaced by a later one, or tried too often
  ConfirmationAnswer answer = ConfirmationAnswer::none;
  std::string answered_from = {};  // network address
  std::uint32_t wrong_codes = 0;

  [[nodiscard]] std::string encode() const;
  static Confirmation decode(std::string_view bytes);
  bool operator==(const Confirmation&) const = default;

  [[nodiscard]] bool is_open(ca::Time now) const { return !ended_at && now < expires_at; }
};

/// SHA-256 of the secret -> confirmation.
inline constexpr storage::Table<Confirmation> kConfirmations{"confirmations"};
/// Octets of what it is about, purpose, time, SHA-256 of the secret -> nothing.
inline constexpr storage::TableName kConfirmationsAbout{"confirmations_about"};

/// A link that shows whose an address is, is followed at once (T-J5). One that confirms an
/// application waits for people: as long as the product says (C-04).
inline constexpr std::chrono::hours kAddressLinkLifetime{24};
inline constexpr std::chrono::minutes kCodeLifetime{10};
inline constexpr std::uint32_t kWrongCodes = 5;  // after which a code is good no more
inline constexpr std::chrono::seconds kBetweenMessages{60};
inline constexpr std::size_t kMessagesPerDay = 10;

/// The secret of a link: 32 octets as base64url.
std::string fresh_link_secret(ca::RandomSource& random);
/// Six decimal digits, each equally likely.
std::string fresh_code(ca::RandomSource& random);
/// Where a link leads: `base_url`/confirm/SECRET.
std::string link_to(std::string_view base_url, std::string_view secret);
/// A code is few digits, so it is hashed together with what it is about.
std::string hash_of_link(std::string_view secret);
std::string hash_of_code(std::string_view about, std::string_view code);

/// Those about one thing, oldest first.
struct FoundConfirmation {
  std::string hash;
  Confirmation confirmation;
};
std::vector<FoundConfirmation> confirmations_about(const storage::Snapshot& snapshot,
                                                   std::string_view about,
                                                   ConfirmationPurpose purpose);

/// Stores a confirmation under the hash of its secret; earlier ones of the same purpose and thing
/// are good no more. Refuses with rate_limited within a minute of the last one, and after ten in a
/// day.
Allowed<void> open_confirmation(storage::Transaction& transaction,
                                std::string_view hash,
                                const Confirmation& confirmation);

/// The open confirmation of a link, for showing its page. Refuses with not_found a secret that
/// never was one, with link_expired one that is used, replaced or too old.
Allowed<Confirmation> find_link(const storage::Snapshot& snapshot,
                                std::string_view secret,
                                ca::Time now);

/// Ends the confirmation under `hash` with an answer, with its audit entry. The caller does what
/// follows from it, in the same transaction.
Confirmation end_confirmation(storage::Transaction& transaction,
                              std::string_view hash,
                              Confirmation confirmation,
                              ConfirmationAnswer answer,
                              std::string from,
                              ca::Time now);

}  // namespace policy
