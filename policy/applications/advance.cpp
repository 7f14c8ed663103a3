#include "policy/applications/advance.h"

#include <algorithm>
#include <utility>

#include "policy/applications/gate_course.h"
#include "policy/applications/validation_case.h"

namespace policy {

namespace {

using enum ApplicationState;
using std::chrono::seconds;

/// Without a word from the applicant for so long, an application ends (III.4.3 row 15).
constexpr std::chrono::days kAnswerTime{30};
/// How long an approval counts that rests on no organization.
constexpr std::chrono::days kApprovalTime{30};
constexpr std::uint32_t kStuckBusinessDays = 3;

bool has_any(const Actor& actor, std::span<const Role> roles) {
  return std::ranges::any_of(roles, [&](Role role) { return actor.has(role); });
}

Refused no_way(const Application& application, EventKind kind) {
  const bool late =
      application.state == issued && (kind == EventKind::cancel || kind == EventKind::submit);
  return Refused(Fault{late ? FaultCode::already_issued : FaultCode::state_conflict,
                       std::string(text_of(kind)) + " is not possible for an application that is " +
                           std::string(text_of(application.state))});
}

/// The row for this event; of several from one state, the one whose roles fit.
Allowed<const Transition*> way(const Application& application, EventKind kind, const Actor& actor) {
  bool known = false;
  for (const Transition& row : transitions()) {
    if (row.event != kind || std::ranges::find(row.from, application.state) == row.from.end()) {
      continue;
    }
    known = true;
    if (has_any(actor, row.roles)) return &row;
  }
  if (!known) return no_way(application, kind);
  return Refused(Fault{FaultCode::forbidden,
                       "no role of the caller's may do this: " + std::string(text_of(kind))});
}

/// One event on its way through one application.
class Course {
 public:
  Course(const Application& before, const Event& event, const Circumstances& circumstances)
      : after_(before),
        event_(event),
        c_(circumstances),
        now_(std::max(circumstances.now, before.updated_at)) {}

  void happen();
  void settle(const std::optional<ApplicationState>& to);
  Step take(const Transition& row) &&;

 private:
  void submit();
  void close(GateName name, GateState as);
  void pass_gate();
  void look_again(GateName name);
  void reopen_gate();
  void refuse_name();
  void ask_for_second_person();
  void sign();
  void pause();
  void resume();
  void approve();
  void become_approved();
  void end(ApplicationState state);
  void go_on();
  void shift(std::optional<ca::Time>& deadline, seconds by) const;
  Gate& gate_of_event() { return *after_.gate(*event_.gate); }

  Application after_;
  const Event& event_;
  const Circumstances& c_;
  ca::Time now_;
  std::vector<Effect> effects_;
};

void Course::submit() {
  gate_course::reset(after_, c_.product);
  after_.clock = ReviewClock{.started_at = now_};
  ++after_.revision;
  const ServiceLevel& service = c_.product.service;
  const std::string& office = c_.product.office;
  if (service.first_contact_business_days) {
    after_.deadlines.first_contact =
        c_.business_days.after(office, now_, *service.first_contact_business_days);
  }
  if (service.review_business_days) {
    after_.deadlines.review =
        c_.business_days.after(office, now_, service.review_business_days->most);
    after_.expected_at = after_.deadlines.review;
  }
}

void Course::look_again(GateName name) {
  Gate* const gate = after_.gate(name);
  if (gate == nullptr || gate->state != GateState::passed) return;
  gate->state = GateState::waiting_ca;
  gate->closed_at.reset();
  gate->closed_by.reset();
}

void Course::pass_gate() {
  Gate& gate = gate_of_event();
  const bool replaces = !gate.evidence.empty();
  for (const std::string& each : event_.evidence) gate.evidence.push_back(each);
  // A paper that replaces another one has to be looked at again.
  const bool paper = gate.name == GateName::letter || gate.name == GateName::documents;
  if (paper && replaces) {
    look_again(GateName::platform_check);
    look_again(GateName::org_vetting);
  }
  gate_course::close(gate, GateState::passed, c_, now_);
  if (gate.name != GateName::dcv) return;
  after_.sub_state = SubState::none;
  after_.deadlines.dcv.reset();
  gate.reason.clear();
  effects_.push_back(Effect::close_dcv);
  effects_.push_back(Effect::notify_dcv_valid);
  if (c_.product.service.issue_hours) {
    after_.deadlines.issue = now_ + std::chrono::hours(*c_.product.service.issue_hours);
    if (!after_.expected_at) after_.expected_at = after_.deadlines.issue;
  }
}

void Course::pause() {
  after_.clock.paused_since = now_;
  after_.deadlines.answer = now_ + kAnswerTime;
}

void Course::shift(std::optional<ca::Time>& deadline, seconds by) const {
  if (deadline) *deadline += by;
}

void Course::resume() {
  const seconds pause = std::max(seconds{0}, now_ - after_.clock.paused_since.value_or(now_));
  after_.clock.paused += pause;
  after_.clock.paused_since.reset();
  after_.deadlines.answer.reset();
  shift(after_.deadlines.review, pause);
  shift(after_.deadlines.first_contact, pause);
  for (Gate& gate : after_.gates) {
    if (gate_course::asks_for_answer(gate)) *gate.due_at += pause;
  }
  shift(after_.expected_at, pause);
}

void Course::approve() {
  Gate* const second = after_.gate(GateName::second_approval);
  if (second != nullptr && second->blocks()) {
    second->state = GateState::waiting_ca;
    second->opened_at = now_;
    after_.state = ApplicationState::second_approval;
    return;
  }
  become_approved();
}

void Course::become_approved() {
  bool vetted = false;
  for (Gate& gate : after_.gates) {
    if (gate.name == GateName::org_vetting) vetted = gate.state == GateState::passed;
    if (gate.is_open() && gate.requirement == GateRequirement::optional) {
      gate.reason = "optional, and not needed";
      gate_course::close(gate, GateState::waived, c_, now_);
    }
  }
  after_.state = approved;
  after_.sub_state = SubState::none;
  after_.deadlines.pre_review.reset();
  after_.deadlines.first_contact.reset();
  after_.deadlines.review.reset();
  after_.deadlines.approval = now_ + kApprovalTime;
  if (c_.organization_valid_until) after_.deadlines.approval = c_.organization_valid_until;
  if (vetted) effects_.push_back(Effect::validate_organization);
  if (Gate* const checks = after_.gate(GateName::issue_checks)) {
    checks->state = GateState::open;
    checks->opened_at = now_;
    effects_.push_back(Effect::hand_to_issuing);
  } else {
    // A validation: what was to be found out is known, and later reviews may rest on it as they do
    // on that of a certificate that was issued.
    effects_.push_back(Effect::note_information);
    end(approved);
  }
  effects_.push_back(Effect::notify_approved);
}

void Course::end(ApplicationState state) {
  after_.state = state;
  // An approval outlives the certificate: later orders for the same may rest on it (rule A-7).
  const std::optional<ca::Time> approval = after_.deadlines.approval;
  after_.deadlines = {};
  if (state == issued) after_.deadlines.approval = approval;
  after_.expected_at.reset();
  if (after_.clock.paused_since) {
    after_.clock.paused += std::max(seconds{0}, now_ - *after_.clock.paused_since);
    after_.clock.paused_since.reset();
  }
  after_.clock.stopped_at = now_;
}

void Course::close(GateName name, GateState as) {
  Gate& gate = *after_.gate(name);
  if (!event_.reason.empty()) gate.reason = event_.reason;
  gate_course::close(gate, as, c_, now_);
}

void Course::reopen_gate() {
  Gate& gate = gate_of_event();
  gate.state = GateState::waiting_applicant;
  gate.reason = event_.reason;
  gate.closed_at.reset();
  gate.closed_by.reset();
}

void Course::refuse_name() {
  after_.sub_state = SubState::domain_rejected;
  after_.gate(GateName::dcv)->reason = event_.reason;
}

void Course::ask_for_second_person() {
  Gate& second = *after_.gate(GateName::second_approval);
  second.requirement = GateRequirement::required;
  second.state = GateState::blocked;
  second.reason = event_.reason.empty() ? "high risk" : event_.reason;
}

void Course::sign() {
  after_.certificates.push_back(event_.certificate);
  if (after_.state != issued) close(GateName::issue_checks, GateState::passed);
}

void Course::happen() {
  switch (event_.kind) {
    case EventKind::submit:
    case EventKind::resubmit:
      return submit();
    case EventKind::pre_review_pass:
      after_.deadlines.pre_review.reset();
      return close(GateName::pre_review, GateState::passed);
    case EventKind::pre_review_fail:
      return close(GateName::pre_review, GateState::failed);
    case EventKind::gate_passed:
      return pass_gate();
    case EventKind::gate_reopened:
      return reopen_gate();
    case EventKind::gate_waived:
      return close(*event_.gate, GateState::waived);
    case EventKind::name_refused:
      return refuse_name();
    case EventKind::dcv_deadline:
      return close(GateName::dcv, GateState::failed);
    case EventKind::high_risk:
      return ask_for_second_person();
    case EventKind::request_info:
      return pause();
    case EventKind::answer_info:
      after_.state = in_review;
      return resume();
    case EventKind::approve:
      return approve();
    case EventKind::countersign:
      close(GateName::second_approval, GateState::passed);
      return become_approved();
    case EventKind::send_back:
      after_.gate(GateName::second_approval)->state = GateState::blocked;
      return;
    case EventKind::issued:
      return sign();
    case EventKind::issue_failed:
      after_.sub_state = SubState::issue_failed;
      after_.gate(GateName::issue_checks)->reason = event_.reason;
      return;
    case EventKind::issue_refused:
      return close(GateName::issue_checks, GateState::failed);
    case EventKind::cancel:
      return gate_course::reset(after_, c_.product);
    case EventKind::answer_deadline:
    case EventKind::reject:
    case EventKind::begin_issuing:
    case EventKind::approval_deadline:
      return;
  }
}

/// The open gates decide, unless the applicant is waited for.
void Course::go_on() {
  if (after_.state == awaiting_applicant || after_.state == approved ||
      after_.state == ApplicationState::second_approval) {
    return;
  }
  gate_course::open_what_may(after_, c_, now_, effects_);
  if (const auto place = gate_course::place_by_gates(after_)) {
    after_.state = *place;
    return;
  }
  after_.state = in_review;
  gate_course::waive_second_person(after_, c_, now_);
  if (c_.organization == Circumstances::Standing::suspended) return;
  if (!is_approved_by_itself(after_, c_.product)) return;
  effects_.push_back(Effect::decided_by_server);
  become_approved();
}

void Course::settle(const std::optional<ApplicationState>& to) {
  if (!to) {
    go_on();
  } else if (*to == rejected || *to == dcv_timeout || *to == expired || *to == draft ||
             *to == issued) {
    if (after_.state != *to) end(*to);
  } else if (after_.state != *to) {
    after_.state = *to;
  }
  const bool is_to_be_signed =
      after_.state == approved && after_.source != ApplicationSource::acme && !is_at_rest(after_);
  const bool watched = after_.state == submitted || after_.state == ApplicationState::pre_review ||
                       after_.state == in_review || after_.state == issuing ||
                       after_.state == ApplicationState::second_approval || is_to_be_signed;
  after_.deadlines.stuck.reset();
  if (watched) {
    after_.deadlines.stuck = c_.business_days.after(c_.product.office, now_, kStuckBusinessDays);
  }
  after_.updated_at = now_;
  ++after_.version;
}

Step Course::take(const Transition& row) && {
  std::vector<Effect> effects(row.effects.begin(), row.effects.end());
  effects.insert(effects.end(), effects_.begin(), effects_.end());
  return Step{std::move(after_), std::move(effects)};
}

/// Whether the authority has nobody to ask about this gate any more.
bool closed_by_rule(const Gate& gate) {
  return !gate_course::is_review(gate.name) || !gate.closed_by.has_value();
}

}  // namespace

bool is_approved_by_itself(const Application& application, const Product& product) {
  // Where an organization is named, the gates of its review say whether somebody has to.
  const bool by_hand = product.review == Review::manual && !names_organization(product.level);
  if (by_hand) return false;
  return std::ranges::all_of(application.gates, [](const Gate& gate) {
    return gate.name == GateName::second_approval ? !gate.blocks() : closed_by_rule(gate);
  });
}

Allowed<Step> advance(const Application& application,
                      const Event& event,
                      const Circumstances& circumstances) {
  const auto row = way(application, event.kind, circumstances.actor);
  if (!row) return Refused(row.error());
  if (auto fault = (*row)->fault(application, event, circumstances)) {
    return Refused(*std::move(fault));
  }
  Course course(application, event, circumstances);
  course.happen();
  course.settle((*row)->to);
  return std::move(course).take(**row);
}

}  // namespace policy
