#include "policy/reviews/review_task.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "storage/key_codec.h"

namespace policy {

namespace {

constexpr auto kTypes = [] {
  std::array<TaskType, kWords<TaskType>.size()> types{};
  for (std::size_t place = 0; place < types.size(); ++place) {
    types[place] = static_cast<TaskType>(place);
  }
  return types;
}();

struct GateTask {
  TaskType type;
  GateName gate;
};
constexpr std::array kGateTasks{
    GateTask{TaskType::pre_review, GateName::pre_review},
    GateTask{TaskType::platform_check, GateName::platform_check},
    GateTask{TaskType::org_vetting, GateName::org_vetting},
    GateTask{TaskType::email_confirm, GateName::email_confirm},
    GateTask{TaskType::phone_call, GateName::phone_call},
    GateTask{TaskType::risk_review, GateName::risk_clear},
    GateTask{TaskType::second_approval, GateName::second_approval},
};

constexpr std::array kDesk{Role::front_desk, Role::specialist};
constexpr std::array kSpecialist{Role::specialist};
constexpr std::array kSecondPerson{Role::second_approver};
constexpr std::array kSupervisor{Role::supervisor};

std::string filter_key(TaskType type, std::string_view office, std::string_view language) {
  return storage::KeyWriter()
      .number(static_cast<std::uint64_t>(type))
      .text(office)
      .text(language)
      .take();
}

std::optional<std::string> claimed_row(const ReviewTask& task) {
  if (task.closed_at || !task.claimed_by) return std::nullopt;
  return task.claimed_by->octets() + task.id.octets();
}

ReviewTask task_named(const storage::Snapshot& snapshot, std::string_view octets) {
  auto task = kTasks.get(snapshot, octets);
  require_field(task.has_value(), "review_tasks");
  return *std::move(task);
}

/// Keys of an index under `prefix`, at most `limit`. Copied: nobody promises that other tables can
/// be looked at from inside a scan.
std::vector<std::string> rows_from(const storage::Snapshot& snapshot,
                                   storage::TableName table,
                                   const std::string& prefix,
                                   const std::string& from,
                                   std::size_t limit) {
  std::vector<std::string> rows;
  snapshot.scan(table, from, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix) || rows.size() == limit) return storage::Scan::stop;
    rows.emplace_back(key);
    return storage::Scan::proceed;
  });
  return rows;
}

bool is_shown(const ReviewTask& task, const QueueFilter& filter) {
  using enum QueueFilter::Deferred;
  if (filter.deferred == shown) return true;
  return task.is_deferred(filter.now) == (filter.deferred == alone);
}

std::vector<ReviewTask> tasks_under(const storage::Snapshot& snapshot,
                                    storage::TableName table,
                                    const std::string& prefix) {
  std::vector<ReviewTask> tasks;
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  for (const auto& row : rows_from(snapshot, table, prefix, prefix, kAll)) {
    tasks.push_back(task_named(snapshot, std::string_view(row).substr(prefix.size())));
  }
  return tasks;
}

}  // namespace

std::span<const TaskType> task_types() {
  return kTypes;
}

std::optional<GateName> gate_of(TaskType type) {
  const auto* const found = std::ranges::find(kGateTasks, type, &GateTask::type);
  if (found == kGateTasks.end()) return std::nullopt;
  return found->gate;
}

std::optional<TaskType> task_of(GateName gate) {
  const auto* const found = std::ranges::find(kGateTasks, gate, &GateTask::gate);
  if (found == kGateTasks.end()) return std::nullopt;
  return found->type;
}

std::span<const Role> roles_for(TaskType type) {
  switch (type) {
    case TaskType::pre_review:
    case TaskType::platform_check:
    case TaskType::document_request:
    case TaskType::escalation:
    case TaskType::message:
      return kDesk;
    case TaskType::org_vetting:
    case TaskType::email_confirm:
    case TaskType::phone_call:
    case TaskType::risk_review:
    case TaskType::approval:
    case TaskType::revalidation:
      return kSpecialist;
    case TaskType::second_approval:
      return kSecondPerson;
    case TaskType::stuck:
      return kSupervisor;
  }
  std::unreachable();
}

std::set<std::string> queue_rows(const ReviewTask& task) {
  std::set<std::string> rows;
  if (task.closed_at) return rows;
  const std::string place = storage::KeyWriter()
                                .number(std::numeric_limits<std::uint64_t>::max() - task.urgency)
                                .time(task.due_at)
                                .tail(task.id.octets())
                                .take();
  for (const std::string_view office : {std::string_view(), std::string_view(task.office)}) {
    for (const std::string_view language : {std::string_view(), std::string_view(task.language)}) {
      rows.insert(filter_key(task.type, office, language) + place);
    }
  }
  return rows;
}

void store_task(storage::Transaction& transaction, const ReviewTask& task) {
  const auto before = kTasks.get(transaction, task.id.octets());
  const auto old_rows = before ? queue_rows(*before) : std::set<std::string>{};
  const auto new_rows = queue_rows(task);
  for (const auto& row : old_rows) {
    if (!new_rows.contains(row)) transaction.erase(kTaskQueue, row);
  }
  for (const auto& row : new_rows) {
    if (!old_rows.contains(row)) transaction.put(kTaskQueue, row, "");
  }
  if (const auto row = before ? claimed_row(*before) : std::nullopt) {
    transaction.erase(kTasksClaimed, *row);
  }
  if (const auto row = claimed_row(task)) transaction.put(kTasksClaimed, *row, "");
  if (task.application) {
    transaction.put(kApplicationTasks, task.application->octets() + task.id.octets(), "");
  }
  kTasks.put(transaction, task.id.octets(), task);
}

Allowed<TaskPage> queue_page(const storage::Snapshot& snapshot,
                             const QueueFilter& filter,
                             const std::optional<std::string>& after,
                             std::size_t limit) {
  const std::string prefix = filter_key(filter.type, filter.office, filter.language);
  if (after && !after->starts_with(prefix)) {
    return Refused(Fault{FaultCode::validation, "the cursor is not of this queue"});
  }
  TaskPage page;
  std::string from = after ? *after + '\0' : prefix;
  for (std::size_t looked_at = 0; looked_at < kMostQueueRows;) {
    const auto rows = rows_from(snapshot, kTaskQueue, prefix, from, limit + 1);
    for (const std::string& row : rows) {
      if (page.tasks.size() == limit) return page;
      page.next = row;
      auto task = task_named(snapshot, std::string_view(row).substr(row.size() - kIdOctets));
      if (is_shown(task, filter)) page.tasks.push_back(std::move(task));
    }
    if (rows.size() <= limit) {
      page.next.reset();
      return page;
    }
    looked_at += rows.size();
    from = rows.back() + '\0';
  }
  return page;
}

std::vector<ReviewTask> tasks_claimed_by(const storage::Snapshot& snapshot,
                                         const PersonId& person) {
  return tasks_under(snapshot, kTasksClaimed, person.octets());
}

std::vector<ReviewTask> tasks_of(const storage::Snapshot& snapshot, const ApplicationId& id) {
  return tasks_under(snapshot, kApplicationTasks, id.octets());
}

}  // namespace policy
