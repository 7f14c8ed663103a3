// How the gates of one application open and close. Parts of advance().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/applications/advance.h"
#include "policy/applications/application.h"

namespace policy::gate_course {

/// Closed by a decision or by the signing act, never by evidence alone.
constexpr bool comes_last(GateName gate) {
  return gate == GateName::second_approval || gate == GateName::issue_checks;
}
/// A person of the authority, or a rule in their place, finds something out.
bool is_review(GateName gate);
/// Whether it waits for the applicant to answer a mail, or a call that was missed: until its
/// due_at, when they are reminded (ALI-27).
bool asks_for_answer(const Gate& gate);

void close(Gate& gate, GateState as, const Circumstances& circumstances, ca::Time now);
/// Opens every gate that nothing required stands before, by its waiver or for whoever has to act.
void open_what_may(Application& application,
                   const Circumstances& circumstances,
                   ca::Time now,
                   std::vector<Effect>& effects);
/// Where the open gates put an application that is under way. Nothing once all that can be closed
/// before an approval is.
std::optional<ApplicationState> place_by_gates(const Application& application);
/// Where two people looked at all of it before (waivers.h).
void waive_second_person(Application& application,
                         const Circumstances& circumstances,
                         ca::Time now);
/// Everything blocked, without evidence, as in a draft.
void reset(Application& application, const Product& product);

}  // namespace policy::gate_course
