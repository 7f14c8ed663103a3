#include "policy/reviews/case_tasks.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ca/crypto/hash.h"
#include "policy/applications/gate_course.h"
#include "policy/applications/validation_case.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

constexpr std::chrono::hours kWithoutDate{24};  // due when nothing says when
constexpr std::size_t kTimeOctets = 6;          // policy/ids.h

bool is_under_way(const Application& application) {
  return is_live(application.state) && !is_at_rest(application);
}

/// Sorts by time, as ids do.
TaskId id_for(const Application& application, TaskType type, ca::Time now) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::string time =
      storage::KeyWriter().number(static_cast<std::uint64_t>(milliseconds)).take().substr(2);
  const std::string rest = ca::sha256(application.id.octets() + std::string(text_of(type)) +
                                      std::to_string(application.version));
  return TaskId::from_octets(time + rest.substr(0, kIdOctets - kTimeOctets));
}

std::set<TaskType> wanted(const Application& application) {
  std::set<TaskType> types;
  if (!is_under_way(application)) return types;
  for (const Gate& gate : application.gates) {
    const auto type = task_of(gate.name);
    if (type && gate.state == GateState::waiting_ca) types.insert(*type);
  }
  const bool decidable = application.state == ApplicationState::in_review &&
                         !gate_course::place_by_gates(application).has_value();
  if (decidable) types.insert(TaskType::approval);
  return types;
}

ca::Time due_of(const Application& application, TaskType type, ca::Time now) {
  const Deadlines& dates = application.deadlines;
  if (type == TaskType::pre_review && dates.pre_review) return *dates.pre_review;
  const bool contact = type == TaskType::phone_call || type == TaskType::email_confirm;
  if (contact && dates.first_contact) return *dates.first_contact;
  if (dates.review) return *dates.review;
  return dates.issue.value_or(now + kWithoutDate);
}

ReviewTask task_for(const Here& here,
                    const Application& application,
                    const Product& product,
                    TaskType type) {
  ReviewTask task;
  task.id = id_for(application, type, here.now);
  task.type = type;
  task.application = application.id;
  task.organization = application.wish.organization;
  task.tenant = application.tenant;
  const bool call = type == TaskType::phone_call && !product.calls.office.empty();
  task.office = call ? product.calls.office : product.office;
  task.due_at = due_of(application, type, here.now);
  if (type == TaskType::document_request && product.document_request) {
    task.due_at = here.surroundings.business_days.after(
        product.office, here.now, product.document_request->business_days.most);
  }
  task.opened_at = here.now;
  return task;
}

void close(storage::Transaction& transaction, ReviewTask task, ca::Time now) {
  task.closed_at = now;
  store_task(transaction, task);
}

/// The types that end with the gate or the decision they stand for.
bool follows_gates(TaskType type) {
  return gate_of(type).has_value() || type == TaskType::approval;
}

}  // namespace

void bring_tasks_in_line(const Here& here,
                         const Application& before,
                         const Application& after,
                         const Product& product) {
  storage::Transaction& transaction = here.transaction;
  std::set<TaskType> missing = wanted(after);
  const bool over = !is_under_way(after) || after.revision != before.revision;
  for (ReviewTask& task : tasks_of(transaction, after.id)) {
    if (task.closed_at) continue;
    if (!over && (!follows_gates(task.type) || missing.contains(task.type))) {
      missing.erase(task.type);
      continue;
    }
    close(transaction, std::move(task), here.now);
  }
  const bool submitted_now = after.revision != before.revision && is_under_way(after);
  if (submitted_now && product.document_request) missing.insert(TaskType::document_request);
  for (const TaskType type : missing) {
    store_task(transaction, task_for(here, after, product, type));
  }
}

void open_extra_task(const Here& here,
                     const Application& application,
                     const Product& product,
                     TaskType type,
                     std::string reason) {
  ReviewTask task = task_for(here, application, product, type);
  for (const ReviewTask& each : tasks_of(here.transaction, application.id)) {
    if (each.type == type && !each.closed_at) task = each;
  }
  ++task.urgency;
  task.reason = std::move(reason);
  task.end_deferral();
  store_task(here.transaction, task);
}

void close_extra_tasks(storage::Transaction& transaction,
                       const ApplicationId& application,
                       TaskType type,
                       ca::Time now) {
  for (ReviewTask& task : tasks_of(transaction, application)) {
    if (task.type == type && !task.closed_at) close(transaction, std::move(task), now);
  }
}

void raise_urgency(storage::Transaction& transaction, const ApplicationId& application) {
  for (ReviewTask& task : tasks_of(transaction, application)) {
    if (task.closed_at) continue;
    ++task.urgency;
    task.end_deferral();
    store_task(transaction, task);
  }
}

}  // namespace policy
