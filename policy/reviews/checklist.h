// What a reviewer looks at, as data (III.7 of the specification).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "policy/applications/application.h"
#include "policy/reviews/evidence.h"

namespace policy {

/// When a step is asked for.
enum class StepWhen {
  always,
  if_assumed_name,     // the organization uses another name than its own
  if_government_name,  // a name under .gov (ALI-08)
  if_letter,           // the product asks for a letter or an application form
  if_high_risk,        // a second person has to look
};

/// One step. It belongs to a gate: that passes when all its steps have passed.
struct ChecklistStep {
  std::string_view name;  // "legal_existence"; stored, stands in URLs
  GateName gate;
  StepWhen when;
  enum class Source { needed, free } source;  // whether the result has to say where it was found
  enum class Ages { yes, no } ages;  // whether it is a fact about the organization that ages
  std::string_view rule;             // "BR 3.2.2.1"
  std::string_view says;             // one sentence for the reviewer
};

/// Every step for this level, in the order of work.
std::span<const ChecklistStep> checklist(ValidationLevel level);
/// Null if the level's checklist has none of that name.
const ChecklistStep* checklist_step(ValidationLevel level, std::string_view name);

/// What decides which steps are asked for.
struct CaseTraits {
  bool assumed_name = false;
  bool government_name = false;
  bool letter = false;
  bool high_risk = false;
};
CaseTraits traits_of(const Application& application, std::string_view assumed_name);
/// The steps of `gate` that are asked for in this case.
std::vector<const ChecklistStep*> steps_asked(ValidationLevel level,
                                              const CaseTraits& traits,
                                              GateName gate);
/// Those that have no good result: passed, or not_applicable with a note where the step is only
/// asked for under a condition.
std::vector<std::string_view> steps_missing(const std::vector<const ChecklistStep*>& asked,
                                            const std::vector<StepResult>& results);

}  // namespace policy
