#include "policy/reviews/checklist.h"

#include <algorithm>
#include <array>

#include "policy/name_rules.h"
#include "policy/organizations/organization.h"

namespace policy {

namespace {

using enum GateName;
using enum StepWhen;
using Step = ChecklistStep;
using enum ChecklistStep::Source;
using Ages = ChecklistStep::Ages;
using About = ChecklistStep::About;
using Papers = ChecklistStep::Papers;

/// From which level on a step is asked for, and up to which.
struct Row {
  ValidationLevel from;
  ChecklistStep step;
  ValidationLevel to = ValidationLevel::ev;
};

using enum ValidationLevel;
// clang-format off
constexpr std::array kRows{
    Row{dv, {"names", pre_review, always, open, Ages::no, "BR 4.2.1", "The names are plausible for this applicant."}},
    Row{dv, {"blocklists", pre_review, always, open, Ages::no, "BR 4.2.1", "Neither names nor key are on a block list."}},
    Row{ov, {"form_complete", pre_review, always, open, Ages::no, "BR 4.1.2", "Organization and contacts are filled in."}},
    Row{dv, {"application_complete", platform_check, always, open, Ages::no, "BR 4.1.2", "Everything that was asked for is there and legible.", About::organization, Papers::yes}},
    Row{dv, {"letter_complete", platform_check, if_letter, open, Ages::no, "BR 4.1.2", "The letter is filled in, signed and sealed.", About::organization, Papers::yes}},
    Row{iv, {"person_identity", org_vetting, always, needed, Ages::yes, "BR 3.2.3", "A legible copy of a photo identity document of a government shows this person, and is valid.", About::organization, Papers::yes}, iv},
    Row{ov, {"legal_existence", org_vetting, always, needed, Ages::yes, "BR 3.2.2.1, EVG 3.2.2.2", "A register or another reliable source knows the organization under this name and number, as active."}},
    Row{ov, {"assumed_name", org_vetting, if_assumed_name, needed, Ages::yes, "BR 3.2.2.2, EVG 3.2.2.3", "The organization may use the other name."}},
    Row{ov, {"country", org_vetting, always, needed, Ages::yes, "BR 3.2.2.3", "The country is the organization's."}},
    Row{iv, {"address", org_vetting, always, needed, Ages::yes, "BR 3.2.2.1, EVG 3.2.2.4", "The organization is or operates at this address."}},
    Row{ev, {"physical_existence", org_vetting, always, needed, Ages::yes, "EVG 3.2.2.4", "The address is a place of business, no post box."}},
    Row{ev, {"operational_existence", org_vetting, always, needed, Ages::yes, "EVG 3.2.2.6", "Three years old, listed, or with a bank account."}},
    Row{ov, {"seal_and_name", org_vetting, if_letter, open, Ages::no, "BR 3.2.2", "The seal is there, the name is that of the register, nothing was altered.", About::organization, Papers::yes}},
    Row{ov, {"registrant_match", org_vetting, if_registrant_name, needed, Ages::no, "BR 3.2.2.4", "The registrant of the domain is the organization.", About::registrants}},
    Row{iv, {"communication", org_vetting, always, needed, Ages::yes, "BR 3.2.5, EVG 3.2.2.5", "A number or address of the organization was found somewhere else than in the application."}},
    Row{ov, {"requester_allowed", org_vetting, always, open, Ages::no, "BR 3.2.5", "The organization lets this person ask.", About::requester}},
    Row{ev, {"principal_individual", org_vetting, if_business_entity, needed, Ages::yes, "EVG 3.2.2.2.2 (4)", "A principal was seen face to face by a validator whose licence was looked up: statement, photo identity document, two further documents."}},
    Row{ev, {"approver_authority", org_vetting, always, needed, Ages::yes, "EVG 3.2.2.8", "Name, title and authority of the approver, from somebody else than the approver.", About::approver}},
    Row{ev, {"signer_authority", org_vetting, always, needed, Ages::yes, "EVG 3.2.2.8", "Name, title and authority of the signer, from somebody else than the signer.", About::signer}},
    Row{ev, {"look_alikes", org_vetting, always, open, Ages::no, "EVG 3.2.2.7", "No name mixes scripts to look like another one.", About::spelling}},
    Row{iv, {"denied_lists", org_vetting, always, needed, Ages::no, "BR 4.2.1, EVG 3.2.2.12", "Nobody named here stands on a list of those who are not served.", About::everybody}},
    Row{dv, {"finding_explained", risk_clear, always, open, Ages::no, "BR 4.2.1", "What was found against the application is explained."}},
};
// clang-format on

bool is_asked_at(ValidationLevel level, const Row& row) {
  return static_cast<int>(level) >= static_cast<int>(row.from) &&
         static_cast<int>(level) <= static_cast<int>(row.to);
}

bool names_a_registrant(const Application& application, const Product& product) {
  return std::ranges::any_of(application.wish.identifiers, [&](const ca::Identifier& each) {
    return needs_registrant_match(product, each);
  });
}

bool has_assumed_name(const storage::Snapshot& snapshot, const Application& application) {
  if (!application.wish.organization) return false;
  const auto organization = kOrganizations.get(snapshot, application.wish.organization->octets());
  return organization && !organization->fields.assumed_name.empty();
}

bool is_business_entity(const storage::Snapshot& snapshot, const Application& application) {
  if (!application.wish.organization) return false;
  const auto organization = kOrganizations.get(snapshot, application.wish.organization->octets());
  return organization && organization->fields.type == OrganizationType::business_entity;
}

bool has_letter(const Application& application) {
  const Gate* const gate = application.gate(letter);
  return gate != nullptr && gate->requirement != GateRequirement::not_required &&
         gate->state != GateState::waived;
}

}  // namespace

std::vector<const ChecklistStep*> checklist(ValidationLevel level) {
  std::vector<const ChecklistStep*> steps;
  for (const Row& row : kRows) {
    if (is_asked_at(level, row)) steps.push_back(&row.step);
  }
  return steps;
}

const ChecklistStep* checklist_step(ValidationLevel level, std::string_view name) {
  for (const Row& row : kRows) {
    if (row.step.name == name && is_asked_at(level, row)) return &row.step;
  }
  return nullptr;
}

std::vector<const ChecklistStep*> steps_asked(const storage::Snapshot& snapshot,
                                              const Application& application,
                                              const Product& product,
                                              GateName gate) {
  std::vector<const ChecklistStep*> steps;
  for (const ChecklistStep* const step : checklist(application.level)) {
    if (step->gate != gate) continue;
    bool asked = true;
    switch (step->when) {
      case always:
        break;
      case if_assumed_name:
        asked = has_assumed_name(snapshot, application);
        break;
      case if_business_entity:
        asked = is_business_entity(snapshot, application);
        break;
      case if_registrant_name:
        asked = names_a_registrant(application, product);
        break;
      case if_letter:
        asked = has_letter(application);
        break;
    }
    if (asked) steps.push_back(step);
  }
  return steps;
}

std::string newest_papers(const Application& application) {
  std::string papers;
  for (const GateName name : {letter, documents}) {
    const Gate* const gate = application.gate(name);
    if (gate == nullptr || gate->evidence.empty()) continue;
    if (!papers.empty()) papers += ' ';
    papers += gate->evidence.back();
  }
  return papers;
}

std::vector<std::string_view> steps_missing(const storage::Snapshot& snapshot,
                                            const Application& application,
                                            const Product& product,
                                            GateName gate) {
  const auto results = steps_of(snapshot, application.id, application.revision);
  const std::string papers = newest_papers(application);
  std::vector<std::string_view> missing;
  for (const ChecklistStep* const step : steps_asked(snapshot, application, product, gate)) {
    const auto found = std::ranges::find(results, step->name, &StepResult::step);
    const bool good = found != results.end() && found->outcome != StepOutcome::failed &&
                      (step->papers == Papers::no || found->papers == papers);
    if (!good) missing.push_back(step->name);
  }
  return missing;
}

}  // namespace policy
