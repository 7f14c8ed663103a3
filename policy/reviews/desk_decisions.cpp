#include <algorithm>
#include <array>
#include <utility>

#include "policy/agencies/disclosure.h"
#include "policy/applications/stated_places.h"
#include "policy/organizations/suspension.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/desk_case.h"
#include "policy/reviews/dual_control.h"
#include "policy/reviews/rejection_code.h"

namespace policy {

namespace {

using desk::refuse;

constexpr std::array kDesk{Role::front_desk, Role::specialist};
constexpr std::array kSpecialist{Role::specialist};
constexpr std::array kSecondPerson{Role::second_approver};
constexpr std::array kDeciders{Role::specialist, Role::second_approver};
constexpr std::array kSupervisor{Role::supervisor};

Allowed<void> must_be_in(const Application& application, ApplicationState state) {
  if (application.state == state) return {};
  const bool late = application.state == ApplicationState::issued;
  return refuse(late ? FaultCode::already_issued : FaultCode::state_conflict,
                "the application is " + std::string(text_of(application.state)) + ", expected " +
                    std::string(text_of(state)));
}

/// One with which people reject.
Allowed<void> must_be_a_code(std::string_view code) {
  const RejectionCode* const row = rejection_code(code);
  if (row != nullptr && row->by == RejectionCode::By::desk) return {};
  return desk::refuse_at("/code", FaultCode::validation,
                         "expected a code of the list of rejection codes, such as "
                         "organization_not_found");
}

Allowed<void> must_be_places(const Application& application,
                             const std::vector<std::string>& pointers) {
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    if (is_stated_place(application, pointers[i])) continue;
    return desk::refuse_at("/fields/" + std::to_string(i), FaultCode::validation,
                           "applications state nothing there; expected a place such as "
                           "/organization/registrationNumber or /identifiers/0");
  }
  return {};
}

AuditFacts facts_of(const Decision& decision) {
  AuditFacts facts{{"decision", std::string(text_of(decision.kind))}};
  if (!decision.code.empty()) facts.emplace_back("code", decision.code);
  if (!decision.text.empty()) facts.emplace_back("text", decision.text);
  for (const std::string& each : decision.fields_at_fault) facts.emplace_back("field", each);
  for (const DocumentId& each : decision.documents) facts.emplace_back("document", each.text());
  return facts;
}

/// What is to be approved says what was frozen, and of an agency that is disclosed (E-3).
Allowed<void> must_stand(const Here& here, const Application& application) {
  if (auto same = says_the_same(here.transaction, application, ""); !same) return same;
  return must_rest_on_an_agency(here.transaction, application, here.now);
}

/// The decision, the event and everything behind it.
Allowed<Application> conclude(Case& current,
                              const Event& event,
                              Decision decision,
                              std::string_view what) {
  AuditFacts facts = facts_of(decision);
  if (auto put = current.decide(std::move(decision)); !put) return Refused(put.error());
  if (auto moved = current.happen(event); !moved) return Refused(moved.error());
  current.involve(Part::decided);
  return current.finish(what, std::move(facts));
}

}  // namespace

Allowed<Application> pass_pre_review(const Here& here, const Target& target) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto in = must_be_in(application, ApplicationState::pre_review); !in) {
    return Refused(in.error());
  }
  const auto missing =
      steps_missing(here.transaction, application, current->product(), GateName::pre_review);
  if (!missing.empty()) {
    return refuse(FaultCode::evidence_missing,
                  "the first look is not finished: " + std::string(missing.front()));
  }
  if (auto moved = current->happen({.kind = EventKind::pre_review_pass}); !moved) {
    return Refused(moved.error());
  }
  current->involve(Part::collected);
  return current->finish("pre_review_passed");
}

Allowed<Application> fail_pre_review(const Here& here,
                                     const Target& target,
                                     std::string code,
                                     std::string text) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  if (auto in = must_be_in(current->application(), ApplicationState::pre_review); !in) {
    return Refused(in.error());
  }
  if (auto word = must_be_a_code(code); !word) return Refused(word.error());
  if (auto said = desk::must_be_said("text", text); !said) return Refused(said.error());
  return conclude(*current, {.kind = EventKind::pre_review_fail, .reason = text},
                  {.kind = DecisionKind::reject, .code = code, .text = text}, "rejected");
}

Allowed<Application> request_info(const Here& here, const Target& target, InfoRequest request) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  if (auto in = must_be_in(current->application(), ApplicationState::in_review); !in) {
    return Refused(in.error());
  }
  if (auto said = desk::must_be_said("text", request.text); !said) return Refused(said.error());
  if (auto right = must_be_places(current->application(), request.fields); !right) {
    return Refused(right.error());
  }
  using Letter = InfoRequest::Letter;
  if (request.letter != Letter::stays && current->application().letters_reopened > 0) {
    return refuse(FaultCode::reupload_not_allowed,
                  "the letter was opened for replacement once already");
  }
  Decision decision{.kind = DecisionKind::request_info, .text = request.text};
  decision.fields_at_fault = std::move(request.fields);
  // The gate that the answer is for, as is_letter_reopened reads it.
  if (request.letter == Letter::may_be_replaced) decision.code = text_of(GateName::letter);
  AuditFacts facts = facts_of(decision);
  if (auto put = current->decide(std::move(decision)); !put) return Refused(put.error());
  if (auto moved = current->happen({.kind = EventKind::request_info, .reason = request.text});
      !moved) {
    return Refused(moved.error());
  }
  if (request.letter == Letter::may_be_replaced) {
    const Event event{
        .kind = EventKind::gate_reopened, .gate = GateName::letter, .reason = request.text};
    if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  }
  if (request.letter != Letter::stays) ++current->edit().letters_reopened;
  current->involve(Part::decided);
  return current->finish("info_requested", std::move(facts));
}

Allowed<Application> waive_gate(const Here& here,
                                const Target& target,
                                GateName gate,
                                std::string reason) {
  auto current = desk::open_for_review(here, target, kSupervisor);
  if (!current) return Refused(current.error());
  if (auto said = desk::must_be_said("reason", reason); !said) return Refused(said.error());
  return conclude(*current, {.kind = EventKind::gate_waived, .gate = gate, .reason = reason},
                  {.kind = DecisionKind::waive, .code = std::string(text_of(gate)), .text = reason},
                  "gate_waived");
}

Allowed<Application> approve(const Here& here, const Target& target, std::string text) {
  auto current = desk::open_for_review(here, target, kSpecialist);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto in = must_be_in(application, ApplicationState::in_review); !in) {
    return Refused(in.error());
  }
  if (auto may = may_decide(here, application, DecisionKind::approve); !may) {
    return Refused(may.error());
  }
  if (auto standing = must_not_be_suspended(here.transaction, application.wish.organization);
      !standing) {
    return Refused(standing.error());
  }
  if (auto free = desk::must_not_be_claimed(here, application, TaskType::approval); !free) {
    return Refused(free.error());
  }
  if (auto stands = must_stand(here, application); !stands) return Refused(stands.error());
  return conclude(*current, {.kind = EventKind::approve},
                  {.kind = DecisionKind::approve, .text = std::move(text)}, "approved");
}

Allowed<Application> reject(const Here& here, const Target& target, Rejection rejection) {
  auto current = desk::open_for_review(here, target, kDeciders);
  if (!current) return Refused(current.error());
  if (auto word = must_be_a_code(rejection.code); !word) return Refused(word.error());
  if (auto said = desk::must_be_said("text", rejection.text); !said) return Refused(said.error());
  if (auto right = must_be_places(current->application(), rejection.fields); !right) {
    return Refused(right.error());
  }
  if (auto may = may_decide(here, current->application(), DecisionKind::reject); !may) {
    return Refused(may.error());
  }
  for (std::size_t i = 0; i < rejection.documents.size(); ++i) {
    if (auto right = desk::must_be_of_case(here, current->application(), rejection.documents[i],
                                           "/documentIds/" + std::to_string(i));
        !right) {
      return Refused(right.error());
    }
  }
  Decision decision{.kind = DecisionKind::reject};
  decision.code = std::move(rejection.code);
  decision.text = std::move(rejection.text);
  decision.fields_at_fault = std::move(rejection.fields);
  decision.documents = std::move(rejection.documents);
  return conclude(*current, {.kind = EventKind::reject}, std::move(decision), "rejected");
}

Allowed<Application> countersign(const Here& here, const Target& target, std::string text) {
  auto current = desk::open_for_review(here, target, kSecondPerson);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto in = must_be_in(application, ApplicationState::second_approval); !in) {
    return Refused(in.error());
  }
  if (auto may = may_decide(here, application, DecisionKind::countersign); !may) {
    return Refused(may.error());
  }
  if (auto standing = must_not_be_suspended(here.transaction, application.wish.organization);
      !standing) {
    return Refused(standing.error());
  }
  const auto first = standing_first_approval(here.transaction, application);
  if (!first) return Refused(first.error());
  if (first->by == here.actor.person) {
    return refuse(FaultCode::second_person_required, "the first approval is the caller's own");
  }
  if (first->by && !is_reviewer(here.transaction, *first->by, kSpecialist)) {
    return refuse(FaultCode::evidence_missing,
                  "whoever approved first may not do so any more: send it back");
  }
  if (auto stands = must_stand(here, application); !stands) return Refused(stands.error());
  if (auto said = desk::must_be_said("text", text); !said) return Refused(said.error());
  return conclude(*current, {.kind = EventKind::countersign},
                  {.kind = DecisionKind::countersign, .text = std::move(text)}, "countersigned");
}

Allowed<Application> send_back(const Here& here, const Target& target, std::string text) {
  auto current = desk::open_for_review(here, target, kSecondPerson);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto in = must_be_in(application, ApplicationState::second_approval); !in) {
    return Refused(in.error());
  }
  if (auto may = may_decide(here, current->application(), DecisionKind::send_back); !may) {
    return Refused(may.error());
  }
  if (auto said = desk::must_be_said("text", text); !said) return Refused(said.error());
  if (auto put = current->decide({.kind = DecisionKind::send_back, .text = text}); !put) {
    return Refused(put.error());
  }
  if (auto moved = current->happen({.kind = EventKind::send_back, .reason = text}); !moved) {
    return Refused(moved.error());
  }
  return current->finish("sent_back", {{"text", std::move(text)}});
}

}  // namespace policy
