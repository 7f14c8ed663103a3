// What is known of an organization, per level, and how old that is. Written when an application is
// approved; read when the next one is submitted and at every signing act.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/revision.h"
#include "policy/ids.h"
#include "policy/product.h"
#include "policy/products/vocabulary.h"
#include "policy/record_fields.h"
#include "policy/reviews/matters.h"
#include "storage/table.h"

namespace policy {

enum class OrgValidationState : std::uint8_t {
  none = 0,
  pending,    // an application is under way
  in_review,  // somebody looks at it
  valid,
  expiring,  // valid, and to be looked at again soon
  expired,
  invalid,
  suspended,  // bad news (III.4.3 row 32); orders fail
};
template <>
inline constexpr std::array<std::string_view, 8> kWords<OrgValidationState>{
    "none", "pending", "in_review", "valid", "expiring", "expired", "invalid", "suspended"};

/// One fact that ages by itself (EVG 3.2.2.14.3): the step of the checklist that found it.
struct CollectedItem {
  std::string step;
  ca::Time collected_at{};
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.step);
    walk(2, self.collected_at);
  }
  bool operator==(const CollectedItem&) const = default;
};

struct OrgValidation {
  OrganizationId organization = OrganizationId::from_octets({});
  TenantId tenant = TenantId::from_octets({});
  ValidationLevel level = ValidationLevel::ov;
  CryptoStandard standard = CryptoStandard::international;
  OrgValidationState state = OrgValidationState::none;
  std::vector<CollectedItem> items;
  ca::Time validated_at{};
  ca::Time valid_until{};  // of the oldest item
  std::vector<ContactId> verified_contacts;
  std::vector<std::string> approved_domains;
  std::string organization_facts;            // hash of what was validated (revision.h), raw octets
  std::optional<ApplicationId> application;  // that it rests on
  std::optional<PersonId> approved_by;
  std::optional<PersonId> countersigned_by;
  std::string reason;  // of a suspension
  // The people and names that were looked at, for whichever application, while the organization
  // was stated as it is in organization_facts.
  std::vector<SettledMatter> settled;
  std::uint32_t age_notices = 0;  // stages of its age that were told or are behind it

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.organization);
    walk(2, self.tenant);
    walk(3, self.level);
    walk(15, self.standard);
    walk(4, self.state);
    walk(5, self.items);
    walk(6, self.validated_at);
    walk(7, self.valid_until);
    walk(8, self.verified_contacts);
    walk(9, self.approved_domains);
    walk(10, self.organization_facts);
    walk(11, self.application);
    walk(12, self.approved_by);
    walk(13, self.countersigned_by);
    walk(14, self.reason);
    walk(16, self.settled);
    walk(17, self.age_notices);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static OrgValidation decode(std::string_view bytes) {
    return decode_record<OrgValidation>("organization validation", bytes);
  }
  bool operator==(const OrgValidation&) const = default;

  /// What it is at `now`: valid turns to expiring 90 days before, to expired at valid_until.
  [[nodiscard]] OrgValidationState state_at(ca::Time now) const;
  /// Whether a certificate may name the organization by it at `now`.
  [[nodiscard]] bool counts_at(ca::Time now) const;
  /// Whether one person approved it and another countersigned (EVG 3.2.2.13).
  [[nodiscard]] bool is_by_two() const {
    return approved_by && countersigned_by && approved_by != countersigned_by;
  }
};

/// OrganizationId octets, level, standard -> validation. Written by store_validation
/// (policy/organizations/validation_age.h).
inline constexpr storage::Table<OrgValidation> kOrgValidations{"org_validations"};
std::string org_validation_key(const OrganizationId& organization,
                               ValidationLevel level,
                               CryptoStandard standard);
/// "ov", "gm-ev".
std::string level_word(ValidationLevel level, CryptoStandard standard);
std::vector<OrgValidation> validations_of(const storage::Snapshot& snapshot,
                                          const OrganizationId& organization);

/// Whether a specialist has suspended the organization (policy/organizations/suspension.h), at
/// whatever level it was validated then.
bool is_suspended(const storage::Snapshot& snapshot, const OrganizationId& organization);
/// Why, in the specialist's words; empty if it is not suspended.
std::string suspension_reason(const storage::Snapshot& snapshot,
                              const OrganizationId& organization);

/// A hash over what `facts` say of the organization, so that a validation does not count for what
/// was changed since.
std::string organization_digest(const Facts& facts);
/// When the oldest fact about the organization that ages was collected, for the present revision.
std::optional<ca::Time> oldest_fact(const storage::Snapshot& snapshot,
                                    const Application& application);
/// Until when an approval of this application would count: until the oldest fact about the
/// organization is too old, be it collected here or for the validation that waived it. Nothing
/// where no organization is named.
std::optional<ca::Time> would_be_valid_until(const storage::Snapshot& snapshot,
                                             const Application& application,
                                             const Product& product,
                                             ca::Time now);
/// Writes the validation that an approved application leaves, with its audit entry. What is
/// suspended stays so: whoever approved did not judge that.
void validate_organization(storage::Transaction& transaction,
                           const Application& application,
                           const Product& product,
                           ca::Time now);

/// How old a fact about an organization may be at the signing act (BR 4.2.1, EVG 3.2.2.14.3), by
/// date.
std::chrono::days longest_identity_reuse(ca::Time signed_at);

}  // namespace policy
