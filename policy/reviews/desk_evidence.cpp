#include <algorithm>
#include <array>
#include <utility>

#include "policy/agencies/disclosure.h"
#include "policy/applications/revision.h"
#include "policy/calendars/service_clock.h"
#include "policy/documents/document.h"
#include "policy/mail_address.h"
#include "policy/organizations/org_validation.h"
#include "policy/plain_text.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/desk_case.h"
#include "policy/reviews/dual_control.h"
#include "policy/reviews/registrant.h"

namespace policy {

namespace desk {

namespace {

constexpr std::size_t kMaxText = 4000;

}  // namespace

Allowed<Case> open_for_review(const Here& here, const Target& target, std::span<const Role> roles) {
  if (auto may = may_review(here, roles); !may) return Refused(may.error());
  auto found = Case::open(here, target);
  if (!found) return found;
  for (const Part part : {Part::created, Part::edited, Part::submitted,
                          Part::approved_for_applicant, Part::signed_for_applicant}) {
    if (found->application().is_involved(here.actor.person, part)) {
      return refuse(FaultCode::self_approval, "whoever asks for a certificate does not review it");
    }
  }
  return found;
}

Allowed<void> must_not_be_claimed(const Here& here, const Application& application, TaskType type) {
  for (const ReviewTask& task : tasks_of(here.transaction, application.id)) {
    const bool others = task.claimed_by && task.claimed_by != here.actor.person;
    if (task.type == type && !task.closed_at && others) {
      return refuse(FaultCode::state_conflict, "somebody else has claimed this task");
    }
  }
  return {};
}

Allowed<void> must_be_said(std::string_view what, std::string_view text) {
  const auto length = characters_in(text);
  if (length && *length > 0 && *length <= kMaxText) return {};
  return refuse_at("/" + std::string(what), FaultCode::validation,
                   "expected a text of 1 to " + std::to_string(kMaxText) + " characters");
}

Allowed<void> must_be_of_case(const Here& here,
                              const Application& application,
                              const std::optional<DocumentId>& id,
                              std::string pointer) {
  if (!id) return {};
  const auto document = kDocuments.get(here.transaction, id->octets());
  const auto& organization = application.wish.organization;
  const bool is_theirs =
      document && (document->subject == DocumentSubject(application.id) ||
                   (organization && document->subject == DocumentSubject(*organization)));
  if (is_theirs) return {};
  const std::string detail = "the case has no document " + id->text();
  return refuse_at(std::move(pointer), FaultCode::validation, detail);
}

}  // namespace desk

namespace {

using desk::refuse;
using desk::refuse_at;

constexpr std::array kDesk{Role::front_desk, Role::specialist};
constexpr std::array kSpecialist{Role::specialist};

std::span<const Role> roles_for_step(const ChecklistStep& step) {
  const auto type = task_of(step.gate);
  return type ? roles_for(*type) : std::span<const Role>(kSpecialist);
}

Allowed<void> must_be_acceptable(const Here& here,
                                 const ChecklistStep& step,
                                 const StepEntry& entry) {
  const bool passed = entry.outcome == StepOutcome::passed;
  if (passed && step.source == ChecklistStep::Source::needed && entry.source.empty()) {
    return refuse_at("/source", FaultCode::evidence_missing,
                     "this step takes the source where it was found");
  }
  if (entry.outcome == StepOutcome::not_applicable &&
      (step.when == StepWhen::always || entry.note.empty())) {
    return refuse_at(step.when == StepWhen::always ? "/result" : "/note", FaultCode::validation,
                     "only a step under a condition may be not_applicable, with a note");
  }
  if (!entry.collected_at) return {};
  const auto reuse = longest_identity_reuse(here.now);
  if (*entry.collected_at > here.now || *entry.collected_at + reuse <= here.now) {
    return refuse_at(
        "/collectedAt", FaultCode::validation,
        "expected something collected within the last " + std::to_string(reuse.count()) + " days");
  }
  return {};
}

/// ALI-08: a registry that names somebody else is not overruled; it is asked again.
Allowed<void> must_not_be_of_others(const Here& here,
                                    const Application& application,
                                    const StepEntry& entry) {
  if (entry.step != "registrant_match" || entry.outcome == StepOutcome::failed) return {};
  const auto domain = domain_of_others(here.transaction, application);
  if (!domain) return {};
  return refuse(FaultCode::evidence_missing,
                "by the registry, " + *domain + " has another registrant");
}

/// E-3: an organization is looked up at an agency that is disclosed for its jurisdiction.
Allowed<void> must_be_of_an_agency(const Here& here,
                                   const Application& application,
                                   const StepEntry& entry) {
  const bool asks = entry.step == kStepOfAgency && entry.outcome == StepOutcome::passed &&
                    asks_agencies(application.level, application.standard);
  if (!asks || !application.wish.organization) return {};
  auto found = must_be_found_at_an_agency(here.transaction, *application.wish.organization,
                                          entry.source, here.now);
  if (found) return {};
  return refuse_at("/source", found.error().code, found.error().detail);
}

/// Closes the step's gate if nothing is missing any more. pre_review takes a word of its own.
Allowed<void> close_if_complete(const Here& here, Case& current, GateName gate) {
  if (gate == GateName::pre_review) return {};
  if (!steps_missing(here.transaction, current.application(), current.product(), gate).empty()) {
    return {};
  }
  std::vector<std::string> evidence;
  for (const ChecklistStep* const step :
       steps_asked(here.transaction, current.application(), current.product(), gate)) {
    evidence.emplace_back(step->name);
  }
  return current.happen(
      {.kind = EventKind::gate_passed, .gate = gate, .evidence = std::move(evidence)});
}

Allowed<void> must_be_open(const Application& application, GateName name) {
  const Gate* const gate = application.gate(name);
  const bool held = application.state == ApplicationState::awaiting_applicant;
  if (gate != nullptr && gate->is_open() && !held) return {};
  return refuse(FaultCode::state_conflict, "the gate " + std::string(text_of(name)) +
                                               " is not open in an application that is " +
                                               std::string(text_of(application.state)));
}

bool counts(const std::vector<ContactSource>& sources, ContactSource source) {
  return source != ContactSource::applicant &&
         (sources.empty() || std::ranges::find(sources, source) != sources.end());
}

void note_contact(Case& current, ca::Time now) {
  if (!current.application().first_contact_at) current.edit().first_contact_at = now;
  current.edit().deadlines.first_contact.reset();
}

/// ALI-27: who missed a call is reminded until there was another one.
void note_answer(Case& current, CallOutcome outcome, ca::Time now) {
  Gate& gate = *current.edit().gate(GateName::phone_call);
  gate.due_at.reset();
  if (outcome == CallOutcome::no_answer) gate.due_at = reminder_due(now, 0);
}

std::uint32_t calls_on_day(const Here& here, const Case& current) {
  std::uint32_t count = 0;
  for (const CallRecord& call : calls_of(here.transaction, current.application().id)) {
    if (here.surroundings.business_days.same_day(current.product().office, call.at, here.now)) {
      ++count;
    }
  }
  return count;
}

Allowed<void> must_be_acceptable(const Here& here, const Case& current, const CallEntry& entry) {
  const bool confirmed = entry.outcome == CallOutcome::confirmed;
  if (confirmed && !counts(current.product().calls.number_sources, entry.number_source)) {
    return refuse_at("/numberSource", FaultCode::number_source_not_allowed,
                     "a call to a number from " + std::string(text_of(entry.number_source)) +
                         " confirms nothing under this product");
  }
  // TWT-14: where a call comes from is what the applicant was told, and what makes it believable.
  const std::string& office = current.product().calls.office;
  if (confirmed && !office.empty() && !entry.office.empty() && entry.office != office) {
    return refuse_at("/office", FaultCode::validation,
                     "under this product calls come from the office \"" + office + "\"");
  }
  if (confirmed && (entry.source_reference.empty() || entry.person_reached.empty())) {
    return refuse_at(entry.source_reference.empty() ? "/sourceReference" : "/personReached",
                     FaultCode::evidence_missing,
                     "a call that counts says where the number was found and who answered");
  }
  const bool is_number =
      entry.number.size() >= 8 && entry.number.front() == '+' &&
      std::ranges::all_of(entry.number.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || entry.number.size() > 16) {
    return refuse_at("/number", FaultCode::validation, "expected a number as +8613800138000");
  }
  const Application& application = current.application();
  const auto revision =
      kRevisions.get(here.transaction, revision_key(application.id, application.revision));
  if (entry.started_at > here.now || (revision && entry.started_at < revision->at)) {
    const std::string detail = "expected a call since this was submitted, and until now";
    return refuse_at("/startedAt", FaultCode::validation, detail);
  }
  if (auto right = desk::must_be_of_case(here, application, entry.attachment, "/attachmentId");
      !right) {
    return right;
  }
  if (calls_on_day(here, current) >= kCallsPerDay) {
    return refuse(FaultCode::rate_limited,
                  "there were " + std::to_string(kCallsPerDay) + " calls today already");
  }
  return {};
}

}  // namespace

Allowed<Application> record_step(const Here& here, const Target& target, StepEntry entry) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  const ChecklistStep* const step = checklist_step(application.level, entry.step);
  if (step == nullptr) {
    return refuse(FaultCode::not_found, "\"" + entry.step + "\" is no step of this checklist");
  }
  if (auto may = may_review(here, roles_for_step(*step)); !may) return Refused(may.error());
  if (auto open = must_be_open(application, step->gate); !open) return Refused(open.error());
  if (const auto type = task_of(step->gate)) {
    if (auto free = desk::must_not_be_claimed(here, application, *type); !free) {
      return Refused(free.error());
    }
  }
  if (auto right = must_be_acceptable(here, *step, entry); !right) return Refused(right.error());
  if (auto right = must_not_be_of_others(here, application, entry); !right) {
    return Refused(right.error());
  }
  if (auto right = must_be_of_an_agency(here, application, entry); !right) {
    return Refused(right.error());
  }
  if (auto right = desk::must_be_of_case(here, application, entry.snapshot, "/snapshotId");
      !right) {
    return Refused(right.error());
  }
  StepResult result;
  result.step = entry.step;
  result.revision = application.revision;
  result.outcome = entry.outcome;
  result.source = entry.source;
  result.url = std::move(entry.url);
  result.snapshot = entry.snapshot;
  result.note = std::move(entry.note);
  result.collected_at = entry.collected_at;
  result.papers = newest_papers(application);
  result.by = here.actor.person;
  result.at = here.now;
  kStepResults.put(here.transaction, step_key(application.id, application.revision, entry.step),
                   result);
  current->involve(Part::collected);
  if (auto closed = close_if_complete(here, *current, step->gate); !closed) {
    return Refused(closed.error());
  }
  return current->finish("step_recorded", {{"step", std::move(entry.step)},
                                           {"outcome", std::string(text_of(entry.outcome))},
                                           {"source", std::move(entry.source)}});
}

Allowed<Application> record_call(const Here& here,
                                 const Target& target,
                                 const CallId& id,
                                 CallEntry entry) {
  auto current = desk::open_for_review(here, target, kSpecialist);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto open = must_be_open(application, GateName::phone_call); !open) {
    return Refused(open.error());
  }
  if (auto free = desk::must_not_be_claimed(here, application, TaskType::phone_call); !free) {
    return Refused(free.error());
  }
  if (auto right = must_be_acceptable(here, *current, entry); !right) {
    return Refused(right.error());
  }
  CallRecord call;
  call.revision = application.revision;
  call.number = std::move(entry.number);
  call.number_source = entry.number_source;
  call.source_reference = std::move(entry.source_reference);
  call.office = entry.office.empty() ? current->product().calls.office : std::move(entry.office);
  call.outcome = entry.outcome;
  call.person_reached = std::move(entry.person_reached);
  call.answers = std::move(entry.answers);
  call.attachment = entry.attachment;
  call.by = here.actor.person;
  call.started_at = entry.started_at;
  call.at = here.now;
  kCalls.put(here.transaction, application.id.octets() + id.octets(), call);
  current->involve(Part::collected);
  note_contact(*current, here.now);
  note_answer(*current, call.outcome, here.now);
  if (call.outcome == CallOutcome::confirmed) {
    const Event event{
        .kind = EventKind::gate_passed, .gate = GateName::phone_call, .evidence = {id.text()}};
    if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  }
  return current->finish("call_recorded",
                         {{"call", id.text()},
                          {"outcome", std::string(text_of(call.outcome))},
                          {"number_source", std::string(text_of(call.number_source))}});
}

Allowed<Application> record_mail_confirmation(const Here& here,
                                              const Target& target,
                                              MailAnswer answer) {
  const bool server = here.actor.has(Role::system);
  auto current =
      server ? Case::open(here, target) : desk::open_for_review(here, target, kSpecialist);
  if (!current) return Refused(current.error());
  if (auto open = must_be_open(current->application(), GateName::email_confirm); !open) {
    return Refused(open.error());
  }
  if (auto free = desk::must_not_be_claimed(here, current->application(), TaskType::email_confirm);
      !server && !free) {
    return Refused(free.error());
  }
  if (auto said = desk::must_be_said("reference", answer.reference); !said) {
    return Refused(said.error());
  }
  if (auto fault = fault_of_mail(answer.to)) {
    return refuse_at("/to", FaultCode::validation, *std::move(fault));
  }
  const auto& sources = current->product().mails.address_sources;
  const bool confirmed = answer.says == MailAnswer::Says::confirmed;
  if (confirmed && !sources.empty() &&
      std::ranges::find(sources, answer.to_source) == sources.end()) {
    return refuse_at("/toSource", FaultCode::number_source_not_allowed,
                     "a mail to an address from " + std::string(text_of(answer.to_source)) +
                         " confirms nothing under this product");
  }
  if (!server) current->involve(Part::collected);
  note_contact(*current, here.now);
  if (confirmed) {
    const Event event{.kind = EventKind::gate_passed,
                      .gate = GateName::email_confirm,
                      .evidence = {answer.reference}};
    if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  }
  return current->finish("mail_answered", {{"reference", std::move(answer.reference)},
                                           {"to", std::move(answer.to)},
                                           {"to_source", std::string(text_of(answer.to_source))},
                                           {"answer", confirmed ? "confirmed" : "refused"}});
}

}  // namespace policy
