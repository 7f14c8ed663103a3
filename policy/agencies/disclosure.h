// Which lists of registration agencies were made public, and whether an organization may be named
// in an EV certificate by the one that counts now (EVG 3.2.2.1.3, 7.1.4.2.4, 7.1.4.2.5).
//
// A version is stored when the server first has it; from then on everybody can read it, and it
// stays as it is. That instant, or its own date if that is later, is from when on it counts.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/agencies/agency_list.h"
#include "policy/applications/application.h"
#include "policy/fault.h"
#include "storage/table.h"

namespace policy {

/// Version as a number -> list.
inline constexpr storage::Table<AgencyList> kAgencyLists{"agency_lists"};

/// Stores those of `lists` that are new, with an audit entry for each; returns how many. Refuses in
/// one sentence, with nothing stored, a version that is public already and says something else, and
/// one that is new although a later one is public or begins no later.
std::expected<std::size_t, std::string> disclose(storage::Transaction& transaction,
                                                 const std::vector<AgencyList>& lists,
                                                 ca::Time now);

/// Every version that is public, oldest first.
std::vector<AgencyList> disclosed_lists(const storage::Snapshot& snapshot);
/// The latest one that counts at `now`; nothing if none does.
std::optional<AgencyList> agency_list_in_force(const storage::Snapshot& snapshot, ca::Time now);

/// The step of the checklist at which a reviewer looks the organization up at its agency.
inline constexpr std::string_view kStepOfAgency = "legal_existence";
/// Whether certificates at this level name a jurisdiction, so that the list is asked (the EV
/// Guidelines; not those of Chinese national cryptography).
bool asks_agencies(ValidationLevel level, CryptoStandard standard);

/// Refuses with evidence_missing unless an agency of the list in force registers organizations of
/// this one's jurisdiction, and gives numbers such as this one has. Numbers are judged of private
/// organizations, as ca/registers.h says.
Allowed<void> must_be_registered_at_an_agency(const storage::Snapshot& snapshot,
                                              const OrganizationId& organization,
                                              ca::Time now);
/// The same, and the one that `source` names has to be such an agency: where a reviewer has looked
/// the organization up.
Allowed<void> must_be_found_at_an_agency(const storage::Snapshot& snapshot,
                                         const OrganizationId& organization,
                                         std::string_view source,
                                         ca::Time now);
/// What has to be so of an application when it is approved: nothing where the list is not asked.
/// What the step legal_existence says of this revision has to name the agency.
Allowed<void> must_rest_on_an_agency(const storage::Snapshot& snapshot,
                                     const Application& application,
                                     ca::Time now);

}  // namespace policy
