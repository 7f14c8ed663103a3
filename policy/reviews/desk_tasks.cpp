#include <algorithm>
#include <array>
#include <utility>

#include "ca/audit_log.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/desk_case.h"
#include "policy/reviews/dual_control.h"

namespace policy {

namespace {

constexpr std::array kSupervisor{Role::supervisor};

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

Allowed<ReviewTask> open_task(const Here& here, const TaskId& id) {
  auto task = kTasks.get(here.transaction, id.octets());
  if (!task || here.actor.tenant) {
    return refuse(FaultCode::not_found, "there is no task " + id.text());
  }
  if (task->closed_at) {
    return refuse(FaultCode::state_conflict, "the task is finished");
  }
  return *std::move(task);
}

ReviewTask keep(const Here& here, ReviewTask task, std::string_view event, std::string note = {}) {
  store_task(here.transaction, task);
  std::vector<std::pair<std::string_view, std::string>> facts{
      {"type", std::string(text_of(task.type))}, {"through", here.actor.through}};
  if (task.application) facts.emplace_back("application", task.application->text());
  if (task.claimed_by) facts.emplace_back("claimed_by", task.claimed_by->text());
  if (!note.empty()) facts.emplace_back("note", std::move(note));
  ca::append_audit(here.transaction,
                   {here.now, event, here.actor.audit_name(), task.id.text(), std::move(facts)});
  return task;
}

}  // namespace

Allowed<ReviewTask> claim_task(const Here& here, const TaskId& id) {
  auto task = open_task(here, id);
  if (!task) return task;
  if (auto may = may_review(here, roles_for(task->type)); !may) return Refused(may.error());
  if (task->claimed_by == here.actor.person) return task;
  if (task->claimed_by) {
    return refuse(FaultCode::state_conflict, "somebody else has claimed the task");
  }
  task->claimed_by = here.actor.person;
  task->claimed_at = here.now;
  task->end_deferral();
  return keep(here, *std::move(task), "review.task_claimed");
}

Allowed<ReviewTask> release_task(const Here& here, const TaskId& id) {
  auto task = open_task(here, id);
  if (!task) return task;
  const bool own = task->claimed_by == here.actor.person;
  if (auto may = own ? may_review(here, roles_for(task->type)) : may_review(here, kSupervisor);
      !may) {
    return Refused(may.error());
  }
  if (!task->claimed_by) return task;
  task->claimed_by.reset();
  task->claimed_at.reset();
  return keep(here, *std::move(task), "review.task_released");
}

Allowed<ReviewTask> assign_task(const Here& here, const TaskId& id, const PersonId& person) {
  auto task = open_task(here, id);
  if (!task) return task;
  if (auto may = may_review(here, kSupervisor); !may) return Refused(may.error());
  if (!is_reviewer(here.transaction, person, roles_for(task->type))) {
    const std::string detail = "this person may not take the task";
    return Refused(
        Fault{FaultCode::validation, detail, {{"/personId", FaultCode::validation, detail}}});
  }
  task->claimed_by = person;
  task->claimed_at = here.now;
  task->end_deferral();
  return keep(here, *std::move(task), "review.task_assigned");
}

Allowed<ReviewTask> defer_task(const Here& here,
                               const TaskId& id,
                               ca::Time until,
                               std::string reason) {
  auto task = open_task(here, id);
  if (!task) return task;
  const bool supervises = may_review(here, kSupervisor).has_value();
  if (auto may = may_review(here, roles_for(task->type)); !may && !supervises) {
    return Refused(may.error());
  }
  if (task->claimed_by && task->claimed_by != here.actor.person && !supervises) {
    return refuse(FaultCode::state_conflict, "somebody else has claimed the task");
  }
  if (auto said = desk::must_be_said("reason", reason); !said) return Refused(said.error());
  const ca::Time last = std::min<ca::Time>(here.now + kLongestDeferral, task->due_at);
  if (last <= here.now) {
    return desk::refuse_at(
        "/until", FaultCode::validation,
        "the task was due " + ca::rfc3339(task->due_at) + ": what is due stays in the queue");
  }
  if (until <= here.now || until > last) {
    return desk::refuse_at("/until", FaultCode::validation,
                           "expected a time from now on, until " + ca::rfc3339(last) +
                               " at the latest, found " + ca::rfc3339(until));
  }
  task->deferred_until = until;
  task->deferral_reason = std::move(reason);
  const std::string note = ca::rfc3339(until) + ": " + task->deferral_reason;
  return keep(here, *std::move(task), "review.task_deferred", note);
}

Allowed<ReviewTask> finish_task(const Here& here, const TaskId& id, std::string note) {
  auto task = open_task(here, id);
  if (!task) return task;
  if (auto may = may_review(here, roles_for(task->type)); !may) return Refused(may.error());
  if (gate_of(task->type) || task->type == TaskType::approval) {
    return refuse(FaultCode::state_conflict, "the task ends with its gate or the decision");
  }
  if (task->claimed_by && task->claimed_by != here.actor.person) {
    return refuse(FaultCode::state_conflict, "somebody else has claimed the task");
  }
  task->closed_at = here.now;
  return keep(here, *std::move(task), "review.task_finished", std::move(note));
}

}  // namespace policy
