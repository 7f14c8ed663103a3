#include "policy/applications/verify.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/gate_course.h"
#include "policy/applications/revision.h"
#include "policy/applications/schedule.h"
#include "policy/applications/succession.h"
#include "policy/applications/validation_case.h"
#include "policy/applications/verify_history.h"
#include "policy/organizations/org_validation.h"
#include "policy/people/person.h"
#include "policy/reviews/correspondence.h"
#include "policy/reviews/dual_control.h"
#include "policy/reviews/review_task.h"
#include "storage/due_work.h"
#include "storage/storage_error.h"

namespace policy {

namespace {

using enum ApplicationState;
using Faults = std::vector<std::string>;

/// All rows of a table. Copied, because looking at other tables from inside a scan is nobody's
/// promise.
std::vector<std::pair<std::string, std::string>> rows_of(const storage::Snapshot& snapshot,
                                                         storage::TableName table) {
  std::vector<std::pair<std::string, std::string>> rows;
  snapshot.scan(table, "", [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return storage::Scan::proceed;
  });
  return rows;
}

bool is_consented_to(ApplicationState state) {
  return state == approved || state == issuing || state == issued;
}

/// The faults of one application.
class Examination {
 public:
  Examination(const storage::Snapshot& snapshot, const Application& application, Faults& faults)
      : snapshot_(snapshot), application_(application), faults_(faults) {}

  void gates();
  void decisions();
  void revisions();
  void clock();

 private:
  void complain(const std::string& what) {
    faults_.push_back("application " + application_.id.text() + " " + what);
  }
  void people(const Decision& decision);
  void row_of(const Decision& decision, std::uint32_t number);

  const storage::Snapshot& snapshot_;
  const Application& application_;
  Faults& faults_;
};

void Examination::gates() {
  const ApplicationState state = application_.state;
  for (const Gate& gate : application_.gates) {
    const bool may_be_open = gate.name == GateName::issue_checks && state != issued;
    if (is_consented_to(state) && gate.blocks() && !may_be_open) {
      complain("is " + std::string(text_of(state)) + " although the gate " +
               std::string(text_of(gate.name)) + " is " + std::string(text_of(gate.state)));
    }
  }
  const bool by_gates =
      state == submitted || state == ApplicationState::pre_review || state == domain_validation;
  if (by_gates && gate_course::place_by_gates(application_) != state) {
    complain("is " + std::string(text_of(state)) + ", which is not what its gates say");
  }
  const bool rests = std::ranges::any_of(application_.gates, [](const Gate& gate) {
    return gate.state == GateState::waived && gate.reason == kReissueWaiver;
  });
  if (rests && !application_.is_reissue()) {
    complain("has gates that were left out for a reissue, and is none");
  }
  const Gate* const second = application_.gate(GateName::second_approval);
  const bool asked = second != nullptr && second->state == GateState::waiting_ca;
  const bool ended = state == rejected || state == expired;
  if (!ended && asked != (state == ApplicationState::second_approval)) {
    complain("waits for a second person in another state than second_approval");
  }
  if (is_validation_case(application_) && !is_of_its_organization(snapshot_, application_)) {
    complain("has no gate at the signing act, and was not begun as a validation");
  }
  if (application_.level == ValidationLevel::ev &&
      (second == nullptr || second->requirement != GateRequirement::required)) {
    complain("is for EV and asks for no second person");
  }
}

void Examination::people(const Decision& decision) {
  if (!decision.by) return;
  const auto person = kPeople.get(snapshot_, decision.by->octets());
  if (!person || person->tenant) {
    complain("was decided on by " + decision.by->text() + ", who is nobody of the authority");
  }
  for (const Part part : {Part::created, Part::edited, Part::submitted}) {
    if (application_.is_involved(*decision.by, part)) {
      complain("was decided on by " + decision.by->text() + ", who asked for it");
    }
  }
}

void Examination::row_of(const Decision& decision, std::uint32_t number) {
  if (!gives_consent(decision.kind) || !decision.by) return;
  bool found = false;
  snapshot_.scan(
      kDecisionPeople, application_.id.octets(), [&](std::string_view key, std::string_view value) {
        if (!key.starts_with(application_.id.octets())) return storage::Scan::stop;
        found = found || (key.ends_with(decision.by->octets()) &&
                          value == decision_key(application_.id, number).substr(kIdOctets));
        return storage::Scan::proceed;
      });
  if (!found) complain("has decision " + std::to_string(number) + " that nobody is noted for");
}

void Examination::decisions() {
  const std::vector<Decision> all = decisions_of(snapshot_, application_.id);
  if (all.size() != application_.decisions) {
    complain("counts " + std::to_string(application_.decisions) + " decisions, stored are " +
             std::to_string(all.size()));
  }
  if (!all.empty() && application_.decision != all.back()) {
    complain("shows another decision than the last one");
  }
  std::uint32_t number = 0;
  for (const Decision& decision : all) {
    ++number;
    const bool by_authority =
        decision.kind == DecisionKind::approve || decision.kind == DecisionKind::countersign;
    if (by_authority) people(decision);
    row_of(decision, number);
  }
  if (!is_consented_to(application_.state)) return;
  if (const auto consent = is_consented(snapshot_, application_); !consent) {
    complain("is " + std::string(text_of(application_.state)) + ": " + consent.error().detail);
  }
}

void Examination::revisions() {
  const auto all = revisions_of(snapshot_, application_.id);
  if (all.size() != application_.revision) {
    complain("counts " + std::to_string(application_.revision) + " revisions, stored are " +
             std::to_string(all.size()));
  }
  std::uint32_t expected = 0;
  for (const Revision& each : all) {
    if (each.number != ++expected) complain("has revisions with a gap");
  }
}

void Examination::clock() {
  const bool waits = application_.state == awaiting_applicant;
  if (application_.clock.paused_since.has_value() != waits) {
    complain("has a clock that stands in the wrong state");
  }
}

void check_application(const storage::Snapshot& snapshot,
                       const std::string& key,
                       const Application& application,
                       Faults& faults) {
  if (application.id.octets() != key) {
    faults.push_back("application " + application.id.text() + " stands under another id");
  }
  Examination examination(snapshot, application, faults);
  examination.gates();
  examination.decisions();
  examination.revisions();
  examination.clock();
}

void check_lists(const storage::Snapshot& snapshot, Faults& faults) {
  std::set<std::string> expected;
  for (const auto& [key, value] : rows_of(snapshot, kApplications.name())) {
    expected.merge(list_rows(Application::decode(value)));
  }
  for (const auto& [key, value] : rows_of(snapshot, kApplicationLists)) {
    if (expected.erase(key) == 0) {
      faults.emplace_back("application_lists has a row that belongs to no application");
    }
  }
  if (!expected.empty()) {
    faults.push_back(std::to_string(expected.size()) + " rows are missing in application_lists");
  }
}

void check_due_work(const storage::Snapshot& snapshot, Faults& faults) {
  std::set<std::string> subjects;
  for (const auto& [key, value] : rows_of(snapshot, storage::kDueWork.name())) {
    const auto row = storage::WorkKey::decode(key);
    if (row.kind == storage::WorkKind::application_clock) subjects.insert(row.subject);
  }
  for (const auto& [key, value] : rows_of(snapshot, kApplications.name())) {
    const auto application = Application::decode(value);
    if (next_due(application) && !subjects.contains(key)) {
      faults.push_back("application " + application.id.text() +
                       " waits for a time that nobody wakes it at");
    }
  }
}

void check_tasks(const storage::Snapshot& snapshot, Faults& faults) {
  std::set<std::string> expected;
  for (const auto& [key, value] : rows_of(snapshot, kTasks.name())) {
    const auto task = ReviewTask::decode(value);
    expected.merge(queue_rows(task));
    if (!task.application || task.closed_at) continue;
    const auto application = kApplications.get(snapshot, task.application->octets());
    const bool over = !application || !is_live(application->state) || is_at_rest(*application);
    if (over) faults.push_back("task " + task.id.text() + " is open for nothing");
  }
  for (const auto& [key, value] : rows_of(snapshot, kTaskQueue)) {
    if (expected.erase(key) == 0) faults.emplace_back("review_queue has a row without a task");
  }
  if (!expected.empty()) {
    faults.push_back(std::to_string(expected.size()) + " rows are missing in review_queue");
  }
}

void check_validations(const storage::Snapshot& snapshot, Faults& faults) {
  for (const auto& [key, value] : rows_of(snapshot, kOrgValidations.name())) {
    const auto validation = OrgValidation::decode(value);
    const std::string name = "the validation of " + validation.organization.text();
    if (org_validation_key(validation.organization, validation.level, validation.standard) != key) {
      faults.push_back(name + " stands under another key");
    }
    if (validation.level == ValidationLevel::ev && !validation.is_by_two()) {
      faults.push_back(name + " for EV rests on one person");
    }
  }
}

}  // namespace

std::vector<std::string> verify_applications(const storage::Snapshot& snapshot) {
  Faults faults;
  const auto guarded = [&](auto&& check) {
    try {
      check();
    } catch (const storage::CorruptRecord& damage) {
      faults.emplace_back(damage.what());
    }
  };
  for (const auto& [key, value] : rows_of(snapshot, kApplications.name())) {
    guarded([&] { check_application(snapshot, key, Application::decode(value), faults); });
  }
  guarded([&] { check_lists(snapshot, faults); });
  guarded([&] { check_due_work(snapshot, faults); });
  guarded([&] { check_tasks(snapshot, faults); });
  guarded([&] { check_validations(snapshot, faults); });
  guarded([&] {
    for (std::string& fault : verify_case_messages(snapshot)) faults.push_back(std::move(fault));
  });
  guarded([&] {
    for (std::string& fault : verify_application_history(snapshot)) {
      faults.push_back(std::move(fault));
    }
  });
  return faults;
}

}  // namespace policy
