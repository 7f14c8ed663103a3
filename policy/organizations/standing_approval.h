// An approver's word ahead of time: EV certificates for these domains until that day need no
// approval of each request (rule A-14; EVG 3.2.2.8.4, 3.2.2.14.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/applications/commands.h"
#include "policy/ids.h"
#include "policy/organizations/org_validation.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

struct StandingApproval {
  OrganizationId organization = OrganizationId::from_octets({});
  TenantId tenant = TenantId::from_octets({});
  std::vector<std::string> domains;  // and every name under them
  ca::Time from{};
  ca::Time until{};
  PersonId by = PersonId::from_octets({});
  ContactId approver = ContactId::from_octets({});
  std::optional<ca::Time> withdrawn_at;

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.organization);
    walk(2, self.tenant);
    walk(3, self.domains);
    walk(4, self.from);
    walk(5, self.until);
    walk(6, self.by);
    walk(7, self.approver);
    walk(8, self.withdrawn_at);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static StandingApproval decode(std::string_view bytes) {
    return decode_record<StandingApproval>("standing approval", bytes);
  }
  bool operator==(const StandingApproval&) const = default;
};

/// OrganizationId octets, number -> approval.
inline constexpr storage::Table<StandingApproval> kStandingApprovals{"standing_approvals"};

/// Stored under the returned number. The caller is a Certificate Approver of the organization's
/// tenant and the person behind the contact `approver`; at most 398 days ahead, for at most 100
/// domains. Refuses with not_found, forbidden, and with validation and a pointer into the body of
/// the API.
Allowed<std::uint64_t> give_standing_approval(const Here& here, StandingApproval approval);
Allowed<void> withdraw_standing_approval(const Here& here,
                                         const OrganizationId& organization,
                                         std::uint64_t number);
std::vector<std::pair<std::uint64_t, StandingApproval>> standing_approvals_of(
    const storage::Snapshot& snapshot, const OrganizationId& organization);
/// Whether orders may rest on it at `now`: neither withdrawn nor over, and its approver is who was
/// looked at for `validation` of the organization (EVG 3.2.2.8).
bool counts_at(const storage::Snapshot& snapshot,
               const StandingApproval& approval,
               const OrgValidation& validation,
               ca::Time now);
/// One of the organization of `validation` that counts and covers every name at `now`: its key in
/// words, for the record; nothing otherwise.
std::optional<std::string> standing_approval_for(const storage::Snapshot& snapshot,
                                                 const OrgValidation& validation,
                                                 const std::vector<ca::Identifier>& names,
                                                 ca::Time now);

}  // namespace policy
