#include "policy/applications/schedule.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policy/applications/case.h"
#include "policy/applications/clock_work.h"
#include "policy/applications/gate_course.h"
#include "policy/applications/validation_case.h"
#include "policy/calendars/service_clock.h"
#include "policy/reviews/case_tasks.h"

namespace policy {

namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

constexpr std::chrono::days kReminded{30};

bool is_due(const std::optional<ca::Time>& deadline, ca::Time now) {
  return deadline && now >= *deadline;
}

/// A date of the desk that makes a task urgent once it has passed. While the applicant is waited
/// for it stands still.
struct DeskDate {
  std::optional<ca::Time> Deadlines::* date;
  std::string_view says;
};
constexpr DeskDate kDeskDates[] = {
    {&Deadlines::pre_review, "the first look is late"},
    {&Deadlines::first_contact, "the applicant was not contacted in time"},
    {&Deadlines::review, "the review is late"},
    {&Deadlines::issue, "the certificate is late"},
};

bool waits(const Application& application) {
  return application.state == ApplicationState::awaiting_applicant;
}

/// When the applicant is asked again for the answer to a mail or a missed call; while people look,
/// and for a month, in which the link is good.
std::optional<ca::Time> reminder_of(const Application& application) {
  std::optional<ca::Time> earliest;
  if (application.state != ApplicationState::in_review) return earliest;
  for (const Gate& gate : application.gates) {
    if (!gate_course::asks_for_answer(gate) || *gate.due_at > *gate.opened_at + kReminded) continue;
    if (!earliest || *gate.due_at < *earliest) earliest = gate.due_at;
  }
  return earliest;
}

/// One message a day, whatever is waited for.
void note_reminder(Application& application, ca::Time now) {
  for (Gate& gate : application.gates) {
    if (gate_course::asks_for_answer(gate)) gate.due_at = reminder_due(now, 0);
  }
}

/// What ends or stops an application by itself, at most one at a time.
std::optional<EventKind> ending(const Application& application, ca::Time now) {
  const Deadlines& dates = application.deadlines;
  if (waits(application) && is_due(dates.answer, now)) return EventKind::answer_deadline;
  if (application.state == ApplicationState::approved && is_due(dates.approval, now)) {
    return EventKind::approval_deadline;
  }
  const Gate* const control = application.gate(GateName::dcv);
  if (control != nullptr && control->is_open() && is_due(dates.dcv, now)) {
    return EventKind::dcv_deadline;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ca::Time> next_due(const Application& application) {
  const Deadlines& dates = application.deadlines;
  std::optional<ca::Time> earliest;
  const auto consider = [&](const std::optional<ca::Time>& date) {
    if (date && (!earliest || *date < *earliest)) earliest = date;
  };
  if (is_at_rest(application)) return dates.replaced;
  const Gate* const control = application.gate(GateName::dcv);
  if (control != nullptr && control->is_open()) consider(dates.dcv);
  if (waits(application)) {
    consider(dates.answer);
    return earliest;
  }
  if (application.state == ApplicationState::approved) consider(dates.approval);
  for (const DeskDate& each : kDeskDates) consider(dates.*each.date);
  consider(reminder_of(application));
  consider(dates.stuck);
  return earliest;
}

Allowed<Application> tick(const Here& here, const ApplicationId& id) {
  if (!here.actor.has(Role::system)) {
    return refuse(FaultCode::forbidden, "only the server's clock does this");
  }
  auto current = Case::open(here, {id});
  if (!current) return Refused(current.error());
  const auto due = next_due(current->application());
  if (!due || here.now < *due) return current->application();
  if (const auto kind = ending(current->application(), here.now)) {
    if (auto moved = current->happen({.kind = *kind}); !moved) return Refused(moved.error());
    return current->finish(text_of(*kind));
  }
  if (current->application().deadlines.replaced) {
    current->edit().deadlines.replaced.reset();
    const Application after = current->finish("replaced");
    here.surroundings.followers.certificate_replaced(here.transaction, after, here.now);
    return after;
  }
  std::string late;
  for (const DeskDate& each : kDeskDates) {
    if (!is_due(current->application().deadlines.*each.date, here.now)) continue;
    (current->edit().deadlines.*each.date).reset();
    if (!late.empty()) late += "; ";
    late += each.says;
  }
  const bool stuck = is_due(current->application().deadlines.stuck, here.now);
  if (stuck) current->edit().deadlines.stuck.reset();
  const bool reminds = is_due(reminder_of(current->application()), here.now);
  if (reminds) note_reminder(current->edit(), here.now);
  Application after = current->finish("date_passed", {{"late", late}});
  if (reminds) {
    here.surroundings.followers.notice(here.transaction, after, Notice::reminder, here.now);
  }
  if (!late.empty()) {
    raise_urgency(here.transaction, id);
    open_extra_task(here, after, current->product(), TaskType::escalation, late);
  }
  if (stuck) {
    open_extra_task(here, after, current->product(), TaskType::stuck,
                    "nothing has happened for days");
  }
  return after;
}

}  // namespace policy
