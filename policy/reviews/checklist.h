// What a reviewer looks at, as data (III.7 of the specification).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "policy/applications/application.h"
#include "policy/product.h"
#include "policy/reviews/evidence.h"

namespace policy {

/// When a step is asked for.
enum class StepWhen {
  always,
  if_assumed_name,     // the organization uses another name than its own
  if_business_entity,  // the organization has no legal person of its own (EVG 4.1.1.3)
  if_registrant_name,  // a name under a suffix where the registrant has to be the applicant
                       // (ALI-08)
  if_letter,           // the product asks for a letter or an application form
};

/// One step. It belongs to a gate: that passes when all its steps have passed.
struct ChecklistStep {
  std::string_view name;  // "legal_existence"; stored, stands in URLs
  GateName gate;
  StepWhen when;
  enum class Source { needed, open } source;  // whether the result has to say where it was found
  enum class Ages { yes, no } ages;  // whether it is a fact about the organization that ages
  std::string_view rule;             // "BR 3.2.2.1"
  std::string_view says;             // one sentence for the reviewer
  // Whom or what of the application it is about (policy/reviews/matters.h): what is known of an
  // organization says nothing of other people or other names.
  enum class About {
    organization,
    requester,
    approver,
    signer,
    registrants,  // of the names whose registrant has to be the applicant
    spelling,     // of names in other characters than ASCII
    everybody,    // all of the people, and those names
  } about = About::organization;
  // Whether it is seen from the papers of the application: a newer paper takes the result away.
  enum class Papers { no, yes } papers = Papers::no;
};

/// Every step for this level, in the order of work.
std::vector<const ChecklistStep*> checklist(ValidationLevel level);
/// Null if the level's checklist has none of that name.
const ChecklistStep* checklist_step(ValidationLevel level, std::string_view name);

/// The steps of `gate` that are asked for in this case.
std::vector<const ChecklistStep*> steps_asked(const storage::Snapshot& snapshot,
                                              const Application& application,
                                              const Product& product,
                                              GateName gate);
/// The newest paper behind each gate, as results of steps about papers name them.
std::string newest_papers(const Application& application);
/// Those without a good result for the present revision: passed, or not_applicable with a note.
/// What is said of papers counts only if it was said of the newest ones.
std::vector<std::string_view> steps_missing(const storage::Snapshot& snapshot,
                                            const Application& application,
                                            const Product& product,
                                            GateName gate);

}  // namespace policy
