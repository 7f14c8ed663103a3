// Who may not decide, because of who they are (EVG 3.2.2.13, 5.2.4; BR 5.2.4). Judged by person and
// by what is stored, never by role or session: whoever the caller is, whichever way they came, the
// same rows answer.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "policy/applications/commands.h"
#include "policy/reviews/decision.h"

namespace policy {

/// Whether the caller may act for the authority in this case at all: known, not disabled, with one
/// of the roles now, and of no tenant. Refuses with forbidden.
Allowed<void> may_review(const Here& here, std::span<const Role> roles);
/// Whether `person` may, by what is stored of them.
bool is_reviewer(const storage::Snapshot& snapshot,
                 const PersonId& person,
                 std::span<const Role> roles);

/// Whether the caller may make this decision. Refuses with self_approval whoever asked for it
/// (created, edited, submitted, signed or approved for the applicant), with second_person_required
/// whoever collected evidence or decided before, where a second person is asked for.
Allowed<void> may_decide(const Here& here, const Application& application, DecisionKind kind);

/// Writes the decision and the row that lets nobody make it twice; second_person_required if that
/// row is there. Fills in the number, and decision and decisions of `application`.
Allowed<void> put_decision(storage::Transaction& transaction,
                           Application& application,
                           Decision decision);

/// A hash over everything a decision about the present revision rests on: what was frozen, what was
/// found, who was called, which documents there are (those too that a reviewer asked for and no
/// gate waits for), which request. A decision counts only as long
/// as this is the same.
std::string evidence_digest(const storage::Snapshot& snapshot, const Application& application);

/// The decision that counts as first approval now: of this revision, over the same evidence, not
/// sent back since. Refuses with evidence_missing.
Allowed<Decision> standing_first_approval(const storage::Snapshot& snapshot,
                                          const Application& application);
/// Whether what was approved may be signed for: the first approval stands, and a second person
/// countersigned it where one is asked for. Refuses with evidence_missing,
/// second_person_required.
Allowed<void> is_consented(const storage::Snapshot& snapshot, const Application& application);

/// Refuses with state_conflict if what was frozen with the revision is not what the organization
/// and the contacts say now. `place` is where to
/// look: "/organization"; empty: everywhere.
Allowed<void> says_the_same(const storage::Snapshot& snapshot,
                            const Application& application,
                            std::string_view place);

}  // namespace policy
