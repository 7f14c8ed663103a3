// Routes of the desk: people of the authority who look at applications. Who may decide because of
// who they are is judged behind these, by person (policy/reviews/dual_control.h).
#include <array>
#include <nlohmann/json.hpp>

#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/desk.h"
#include "policy/stored_values.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/operations/filters.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/shapes.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using policy::ReviewTask;
using policy::Role;
using policy::TaskId;

constexpr QueryParameter kQueue{"queue", "A type of task; org_vetting if absent",
                                words_in<policy::TaskType>};
constexpr QueryParameter kOffice{"office", "Of this office only"};
constexpr QueryParameter kLanguage{"language", "In this language only", languages};
constexpr QueryParameter kDeferred{
    "deferred", "true: only what was put off to a later time, which is left out otherwise",
    yes_or_no};
constexpr QueryParameter kMine{"mine", "true: what you have claimed, of every queue", yes_or_no};
constexpr std::array kTaskQuery{kLimit, kCursor, kQueue, kOffice, kLanguage, kDeferred, kMine};

Allowed<Answer> list_tasks(const Context& context,
                           const storage::Snapshot& snapshot,
                           const Call& call) {
  const auto office = call.query.find(kOffice.name);
  if (office && context.calendars != nullptr && context.calendars->office(*office) == nullptr) {
    return no_such_thing(kOffice, *office);
  }
  if (call.query.text(kMine.name) == "true") {
    // As many as one person has in hand; no list that goes on.
    Page own(call, Page::Length::unlimited);
    for (const ReviewTask& each : policy::tasks_claimed_by(snapshot, call.actor.person)) {
      own.add(json_of(each, snapshot), each.id.octets());
    }
    return own.answer();
  }
  Page page(call);
  policy::QueueFilter filter{.type = policy::TaskType::org_vetting,
                             .office = office.value_or(std::string()),
                             .language = call.query.text(kLanguage.name),
                             .deferred = call.query.text(kDeferred.name) == "true"
                                             ? policy::QueueFilter::Deferred::alone
                                             : policy::QueueFilter::Deferred::left_out,
                             .now = call.now()};
  if (const auto queue = call.query.find(kQueue.name)) {
    filter.type = policy::spelled<policy::TaskType>(*queue).value();
  }
  const auto found = policy::queue_page(snapshot, filter, call.query.cursor(), call.query.limit());
  if (!found) return policy::Refused(found.error());
  for (const ReviewTask& each : found->tasks) page.add(json_of(each, snapshot), each.id.octets());
  if (found->next) page.stop_at(*found->next);
  return page.answer();
}

Allowed<Answer> read_task(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found = policy::kTasks.get(snapshot, call.id<TaskId>("task").octets());
  policy::require_field(found.has_value(), "task");
  return json_answer(json_of(*found, snapshot));
}

Allowed<Answer> shown(const storage::Snapshot& snapshot, const Allowed<ReviewTask>& outcome) {
  if (!outcome) return policy::Refused(outcome.error());
  return json_answer(json_of(*outcome, snapshot));
}
Allowed<Answer> claim_task(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  return shown(transaction,
               policy::claim_task(here(context, transaction, call), call.id<TaskId>("task")));
}
Allowed<Answer> release_task(const Context& context,
                             storage::Transaction& transaction,
                             const Call& call) {
  return shown(transaction,
               policy::release_task(here(context, transaction, call), call.id<TaskId>("task")));
}
Allowed<Answer> assign_task(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  const auto person = policy::PersonId::parse(call.body.text("personId"));
  if (!person) {
    return policy::Refused(
        policy::Fault{policy::FaultCode::validation,
                      "The body is not what is taken here.",
                      {{"/personId", policy::FaultCode::validation, "expected a person, per_…"}}});
  }
  return shown(transaction, policy::assign_task(here(context, transaction, call),
                                                call.id<TaskId>("task"), *person));
}
Allowed<Answer> defer_task(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  return shown(transaction,
               policy::defer_task(here(context, transaction, call), call.id<TaskId>("task"),
                                  call.body.time("until").value(), call.body.text("reason")));
}
Allowed<Answer> finish_task(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  return shown(transaction, policy::finish_task(here(context, transaction, call),
                                                call.id<TaskId>("task"), call.body.text("note")));
}

constexpr std::array kChecklistFields{
    text("step", "Stands in the URL of its result").required(),
    text("gate", "That passes with all its steps").required(),
    told("gateTitle", "gate", Vocabulary::gate),
    text("rule", "Which asks for it").required(),
    told("says", "step", Vocabulary::review_step).required(),
    boolean("needsSource", "The result says where it was found").required(),
    boolean("asked", "In this case").required(),
    boolean("missing", "Asked for, and without a good result for this revision").required(),
};
constexpr Shape kChecklistShape{"ChecklistStep", "What a reviewer looks at.", kChecklistFields};
constexpr std::array kCaseFields{
    object("application", "", kApplication).required(),
    object("checklist", "", kChecklistShape).list().required(),
    object("steps", "Results for this revision", kStepShape).list().required(),
    object("changes", "Of this revision, against the one before", kChangedShape).list().required(),
    object("calls", "", kCallShape).list().required(),
    object("decisions", "Oldest first", kDecisionShape).list().required(),
    object("tasks", "", kTask).list().required(),
    object("documentRequests", "Oldest first", kRequestedDocumentShape).list().required(),
};
constexpr Shape kCase{"Case", "Everything the desk knows of an application.", kCaseFields};

json checklist_json(const storage::Snapshot& snapshot,
                    const Application& application,
                    const policy::Product* product) {
  json out = json::array();
  for (const policy::ChecklistStep* step : policy::checklist(application.level)) {
    bool asked = false;
    bool missing = false;
    if (product != nullptr) {
      for (const policy::ChecklistStep* each :
           policy::steps_asked(snapshot, application, *product, step->gate)) {
        asked |= each->name == step->name;
      }
      for (const std::string_view each :
           policy::steps_missing(snapshot, application, *product, step->gate)) {
        missing |= each == step->name;
      }
    }
    out.push_back({{"step", step->name},
                   {"gate", policy::text_of(step->gate)},
                   {"rule", step->rule},
                   {"needsSource", step->source == policy::ChecklistStep::Source::needed},
                   {"asked", asked},
                   {"missing", asked && missing}});
  }
  return out;
}

template <class List, class... Sight>
json list_json(const List& list, const Sight&... sight) {
  json out = json::array();
  for (const auto& each : list) out.push_back(json_of(each, sight...));
  return out;
}

Allowed<Answer> read_case(const Context& context,
                          const storage::Snapshot& snapshot,
                          const Call& call) {
  const auto id = call.id<ApplicationId>("application");
  const auto found = policy::visible_application(snapshot, call.actor, id);
  if (!found) return policy::Refused(found.error());
  const policy::Product* product =
      context.surroundings.catalog.version(found->product, found->product_version);
  return json_answer(
      {{"application", json_of(*found, {context, snapshot, call.now(), call.actor})},
       {"checklist", checklist_json(snapshot, *found, product)},
       {"steps", list_json(policy::steps_of(snapshot, id, found->revision))},
       {"changes", list_json(policy::changes_by_revision(snapshot, id, found->revision))},
       {"calls", list_json(policy::calls_of(snapshot, id))},
       {"decisions", list_json(policy::decisions_of(snapshot, id), call.actor)},
       {"tasks", list_json(policy::tasks_of(snapshot, id), snapshot)},
       {"documentRequests", list_json(policy::document_requests(snapshot, id))}},
      found->version);
}

constexpr std::array kAssignFields{text("personId", "Whose it is to be", 26).required()};
constexpr Shape kAssign{"Assignment", "Who is to do it.", kAssignFields};
constexpr std::array kDeferralFields{
    time("until", "At most 14 days ahead, and not behind the task's date").required(),
    text("reason", "", kLongText).required(),
};
constexpr Shape kDeferral{"Deferral", "Until when a task is put off, and why.", kDeferralFields};
constexpr std::array kNoteFields{text("note", "What came of it", kLongText).required()};
constexpr Shape kNote{"Note", "What came of a task.", kNoteFields};

using enum policy::FaultCode;
constexpr std::array kTaskFaults{state_conflict, self_approval};

constexpr std::array kRoutes{
    reading("/desk/tasks",
            "listTasks",
            "Open tasks of a queue, the most urgent first",
            kDeskReaders,
            list_tasks)
        .with_query(kTaskQuery)
        .gives_pages_of(kTask),
    reading("/desk/tasks/{task}", "readTask", "One task, open or closed", kDeskReaders, read_task)
        .gives(kTask),
    changing(Method::post,
             "/desk/tasks/{task}:claim",
             "claimTask",
             "Makes the task yours",
             kReviewers,
             claim_task)
        .gives(kTask)
        .may_refuse(kTaskFaults),
    changing(Method::post,
             "/desk/tasks/{task}:release",
             "releaseTask",
             "Gives it back",
             kReviewers,
             release_task)
        .gives(kTask)
        .may_refuse(kTaskFaults),
    changing(Method::post,
             "/desk/tasks/{task}:assign",
             "assignTask",
             "Gives it to somebody",
             kSupervisors,
             assign_task)
        .takes(kAssign)
        .gives(kTask)
        .may_refuse(kTaskFaults),
    changing(Method::post,
             "/desk/tasks/{task}:defer",
             "deferTask",
             "Leaves it out of its queue until then; its date and the clock go on",
             kReviewers,
             defer_task)
        .takes(kDeferral)
        .gives(kTask)
        .may_refuse(kTaskFaults),
    changing(Method::post,
             "/desk/tasks/{task}:finish",
             "finishTask",
             "Ends a task that follows no gate",
             kReviewers,
             finish_task)
        .takes(kNote)
        .gives(kTask)
        .may_refuse(kTaskFaults),
    reading("/desk/applications/{application}",
            "readCase",
            "Everything the desk knows of it",
            kDeskReaders,
            read_case)
        .gives(kCase),
};

}  // namespace

Routes desk_routes() {
  return kRoutes;
}

}  // namespace server::api
