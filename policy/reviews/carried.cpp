#include "policy/reviews/carried.h"

#include <algorithm>

#include "policy/agencies/disclosure.h"
#include "policy/applications/revision.h"
#include "policy/organizations/org_validation.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/evidence.h"

namespace policy {

namespace {

/// Whether nobody and nothing that the step is about is new.
bool holds(const ChecklistStep& step, const std::vector<Matter>& open) {
  return step.when != StepWhen::if_letter &&
         std::ranges::find(open, step.name, &Matter::step) == open.end();
}

bool is_good(const StepResult& result, ca::Time now) {
  return result.outcome != StepOutcome::failed &&
         now < result.counts_from() + longest_identity_reuse(now);
}

/// Whether what was found where an organization is registered is good for this application: who
/// approves it goes by the agencies that are disclosed now, and so does who looks again.
bool names_an_agency(const storage::Snapshot& snapshot,
                     const Application& application,
                     const StepResult& result,
                     ca::Time now) {
  const auto& organization = application.wish.organization;
  if (result.step != kStepOfAgency || !organization) return true;
  if (!asks_agencies(application.level, application.standard)) return true;
  return must_be_found_at_an_agency(snapshot, *organization, result.source, now).has_value();
}

}  // namespace

bool is_carried(const StepResult& result, const std::optional<Revision>& revision) {
  return revision && result.at < revision->at;
}

std::vector<PersonId> carry_findings(storage::Transaction& transaction,
                                     const Application& application,
                                     const Product& product,
                                     const Application& before,
                                     const std::vector<SettledMatter>& settled,
                                     ca::Time now) {
  const auto open = open_matters(
      matters_of(product, application.wish.identifiers, facts_of(transaction, application)),
      settled, now);
  const auto results = steps_of(transaction, before.id, before.revision);
  const auto revision = kRevisions.get(transaction, revision_key(before.id, before.revision));
  std::vector<PersonId> people;
  for (const ChecklistStep* const step :
       steps_asked(transaction, application, product, GateName::org_vetting)) {
    const auto found = std::ranges::find(results, step->name, &StepResult::step);
    if (found == results.end() || !holds(*step, open) || !is_good(*found, now)) continue;
    if (!names_an_agency(transaction, application, *found, now)) continue;
    const std::string key = step_key(application.id, application.revision, step->name);
    if (kStepResults.get(transaction, key)) continue;
    StepResult carried = *found;
    carried.revision = application.revision;
    // Of another application it was seen from other papers.
    if (before.id != application.id) carried.papers.clear();
    if (!is_carried(*found, revision)) {
      carried.note += (carried.note.empty() ? "" : "; ") + ("taken over from " + before.id.text());
    }
    kStepResults.put(transaction, key, carried);
    if (std::ranges::find(people, carried.by) == people.end()) people.push_back(carried.by);
  }
  return people;
}

}  // namespace policy
