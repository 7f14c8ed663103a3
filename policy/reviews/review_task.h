// Pieces of work in the review queues, and their indexes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

/// The numbers are stored: new ones go to the end. The first ones stand for an open gate each.
enum class TaskType : std::uint8_t {
  pre_review = 0,
  platform_check,
  org_vetting,
  email_confirm,
  phone_call,
  risk_review,
  second_approval,
  approval,          // every gate is closed; a person has to decide
  document_request,  // the authority asks for documents by mail (TGS-02)
  revalidation,
  escalation,  // the applicant was not contacted (ALI-28), or a date has passed
  stuck,       // nothing has happened for days (ALO-41)
  message,     // the applicant has written, and nobody has answered
};
template <>
inline constexpr std::array<std::string_view, 13> kWords<TaskType>{
    "pre_review",  "platform_check",  "org_vetting", "email_confirm",    "phone_call",
    "risk_review", "second_approval", "approval",    "document_request", "revalidation",
    "escalation",  "stuck",           "message"};
/// The gate whose closing ends the task, and back.
std::optional<GateName> gate_of(TaskType type);
std::optional<TaskType> task_of(GateName gate);
/// Who may take it up.
std::span<const Role> roles_for(TaskType type);

struct ReviewTask {
  TaskId id = TaskId::from_octets({});
  TaskType type = TaskType::pre_review;
  std::optional<ApplicationId> application;
  std::optional<OrganizationId> organization;  // for revalidation
  TenantId tenant = TenantId::from_octets({});
  std::string office;
  std::string language;
  std::uint32_t urgency = 0;  // greater ones come first
  ca::Time due_at{};
  ca::Time opened_at{};
  std::optional<PersonId> claimed_by;
  std::optional<ca::Time> claimed_at;
  std::optional<ca::Time> closed_at;
  std::string reason;
  std::optional<ca::Time> deferred_until;  // out of the queue until then; due_at stays
  std::string deferral_reason;

  /// Whether its queue leaves it out at `now`.
  [[nodiscard]] bool is_deferred(ca::Time now) const {
    return deferred_until && now < *deferred_until;
  }
  /// Puts it back into its queue.
  void end_deferral() {
    deferred_until.reset();
    deferral_reason.clear();
  }

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.id);
    walk(2, self.type);
    walk(3, self.application);
    walk(4, self.organization);
    walk(5, self.tenant);
    walk(6, self.office);
    walk(7, self.language);
    walk(8, self.urgency);
    walk(9, self.due_at);
    walk(10, self.opened_at);
    walk(11, self.claimed_by);
    walk(12, self.claimed_at);
    walk(13, self.closed_at);
    walk(14, self.reason);
    walk(15, self.deferred_until);
    walk(16, self.deferral_reason);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static ReviewTask decode(std::string_view bytes) {
    return decode_record<ReviewTask>("review task", bytes);
  }
  bool operator==(const ReviewTask&) const = default;
};

/// TaskId octets -> task, open and closed.
inline constexpr storage::Table<ReviewTask> kTasks{"review_tasks"};
/// Open tasks only: type, office, language, urgency (greatest first), due time, TaskId octets ->
/// nothing. Each stands there four times, with and without office and language, so that every
/// filter of a queue is one scan.
inline constexpr storage::TableName kTaskQueue{"review_queue"};
/// Open tasks only: PersonId octets, TaskId octets -> nothing, for claimed ones.
inline constexpr storage::TableName kTasksClaimed{"review_tasks_claimed"};
/// ApplicationId octets, TaskId octets -> nothing. All tasks of an application.
inline constexpr storage::TableName kApplicationTasks{"application_tasks"};

/// Stores `task` and brings its indexes in line. The one way to write a task.
void store_task(storage::Transaction& transaction, const ReviewTask& task);

/// The rows of kTaskQueue that a task has.
std::set<std::string> queue_rows(const ReviewTask& task);

/// Which tasks a page shows. Empty office or language: any.
struct QueueFilter {
  TaskType type = TaskType::org_vetting;
  std::string office;
  std::string language;
  /// Tasks that are deferred at `now`: among the others, left out, or nothing else.
  enum class Deferred : std::uint8_t { shown, left_out, alone } deferred = Deferred::shown;
  ca::Time now{};  // not needed for Deferred::shown
};
/// Rows of a queue that are looked at for one page, at least: where many are deferred, a page may
/// be short, even empty, and still have a next one.
inline constexpr std::size_t kMostQueueRows = 1000;
struct TaskPage {
  std::vector<ReviewTask> tasks;
  std::optional<std::string> next;  // hand it back as `after`; opaque octets
};
/// The most urgent tasks first, at most `limit`, from behind `after` on. Costs what the page
/// holds, however long the queue is. Refuses with validation an `after` that no page gave out.
Allowed<TaskPage> queue_page(const storage::Snapshot& snapshot,
                             const QueueFilter& filter,
                             const std::optional<std::string>& after,
                             std::size_t limit);
/// What somebody has claimed and not finished.
std::vector<ReviewTask> tasks_claimed_by(const storage::Snapshot& snapshot, const PersonId& person);
/// The tasks of an application, oldest first.
std::vector<ReviewTask> tasks_of(const storage::Snapshot& snapshot, const ApplicationId& id);

}  // namespace policy
