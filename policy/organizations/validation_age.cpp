#include "policy/organizations/validation_age.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ca/audit_log.h"
#include "ca/crypto/hash.h"
#include "policy/applications/applications.h"
#include "policy/applications/control_notice.h"
#include "policy/mail/application_mails.h"
#include "policy/organizations/organization.h"
#include "policy/reviews/review_task.h"
#include "policy/stored_values.h"
#include "storage/due_work.h"
#include "storage/storage_error.h"

namespace policy {

namespace {

std::string key_of(const OrgValidation& validation) {
  return org_validation_key(validation.organization, validation.level, validation.standard);
}

std::optional<std::string> row_of(const OrgValidation& validation) {
  const auto due = next_age_notice(validation);
  if (!due) return std::nullopt;
  const std::string subject = validation.application->octets() + key_of(validation);
  return storage::WorkKey{*due, storage::WorkKind::application_clock, subject}.encode();
}

/// `read()`, or nothing of what cannot be read: a damaged record is for others to tell of.
template <class Read>
std::optional<std::string> if_readable(Read read) {
  try {
    return read();
  } catch (const storage::CorruptRecord&) {
    return std::nullopt;
  }
}

/// The subject of a row of due work, if it is about the age of a validation.
std::optional<std::string> age_subject(std::string_view row) {
  auto key = storage::WorkKey::decode(row);
  const bool is_clock = key.kind == storage::WorkKind::application_clock;
  if (!is_clock || !validation_in(key.subject)) return std::nullopt;
  return std::move(key.subject);
}

/// One task for each end that a validation has.
TaskId task_id(const OrgValidation& validation) {
  const std::string end = ca::rfc3339(validation.valid_until);
  return TaskId::from_octets(
      ca::sha256("revalidation" + key_of(validation) + end).substr(0, kIdOctets));
}

void open_task(const Here& here, const OrgValidation& validation, const Application& application) {
  const TaskId id = task_id(validation);
  const auto before = kTasks.get(here.transaction, id.octets());
  if (before && before->closed_at) return;  // somebody has seen to it
  ReviewTask task;
  if (before) {
    task = *before;
    ++task.urgency;
    task.end_deferral();
  } else {
    const Product* const product =
        here.surroundings.catalog.version(application.product, application.product_version);
    task.id = id;
    task.type = TaskType::revalidation;
    task.organization = validation.organization;
    task.tenant = validation.tenant;
    if (product != nullptr) task.office = product->office;
    task.due_at = validation.valid_until;
    task.opened_at = here.now;
    task.reason = "its validation for " + level_word(validation.level, validation.standard) +
                  " ends " + ca::rfc3339(validation.valid_until);
  }
  store_task(here.transaction, task);
}

}  // namespace

std::optional<ca::Time> next_age_notice(const OrgValidation& validation) {
  const bool counts = validation.state == OrgValidationState::valid ||
                      validation.state == OrgValidationState::expiring;
  if (!counts || !validation.application) return std::nullopt;
  if (validation.age_notices >= kAgeNotices.size()) return std::nullopt;
  return validation.valid_until - kAgeNotices.at(validation.age_notices);
}

void store_validation(storage::Transaction& transaction, const OrgValidation& validation) {
  const std::string key = key_of(validation);
  const auto before = kOrgValidations.get(transaction, key);
  const auto old_row = before ? row_of(*before) : std::nullopt;
  const auto new_row = row_of(validation);
  if (old_row && old_row != new_row) storage::kDueWork.erase(transaction, *old_row);
  if (new_row && !storage::kDueWork.contains(transaction, *new_row)) {
    storage::kDueWork.put(transaction, *new_row, {});
  }
  kOrgValidations.put(transaction, key, validation);
}

std::optional<std::string_view> validation_in(std::string_view subject) {
  if (subject.size() <= kIdOctets || control_notice_in(subject)) return std::nullopt;
  return subject.substr(kIdOctets);
}

void note_age(const Here& here, std::string_view key, ca::RandomSource& random) {
  auto validation = kOrgValidations.get(here.transaction, key);
  if (!validation) return;
  const std::uint32_t before = validation->age_notices;
  // After a stop of weeks several stages are behind at once: one mail says it.
  for (auto due = next_age_notice(*validation); due && *due <= here.now;
       due = next_age_notice(*validation)) {
    ++validation->age_notices;
  }
  store_validation(here.transaction, *validation);
  const bool is_due = validation->age_notices != before && validation->counts_at(here.now);
  if (!is_due || !kOrganizations.contains(here.transaction, validation->organization.octets())) {
    return;
  }
  const ApplicationId id = *validation->application;
  ca::append_audit(here.transaction,
                   {here.now,
                    "organization.expiring",
                    here.actor.audit_name(),
                    validation->organization.text(),
                    {{"level", level_word(validation->level, validation->standard)},
                     {"until", ca::rfc3339(validation->valid_until)},
                     {"application", id.text()}}});
  const auto application = kApplications.get(here.transaction, id.octets());
  if (!application) return;  // taken back and deleted since: it named whom to tell
  tell_age(here.transaction, here.surroundings.catalog, *application, *validation, random,
           here.now);
  open_task(here, *validation, *application);
}

void close_revalidation(storage::Transaction& transaction,
                        const OrgValidation& replaced,
                        ca::Time now) {
  auto task = kTasks.get(transaction, task_id(replaced).octets());
  if (!task || task->closed_at) return;
  task->closed_at = now;
  store_task(transaction, *task);
}

void complete_age_notices(storage::Store& store) {
  const auto missing = store.read([](const storage::Snapshot& snapshot) {
    std::vector<std::string> rows;
    snapshot.scan(kOrgValidations.name(), "", [&](std::string_view, std::string_view value) {
      auto row = if_readable([&] { return row_of(OrgValidation::decode(value)); });
      if (row) rows.push_back(*std::move(row));
      return storage::Scan::proceed;
    });
    std::erase_if(
        rows, [&](const std::string& row) { return storage::kDueWork.contains(snapshot, row); });
    if (rows.empty()) return rows;
    // One that failed was put off to another time, and is none that is missing.
    std::set<std::string> waiting;
    snapshot.scan(storage::kDueWork.name(), "", [&](std::string_view key, std::string_view) {
      if (auto subject = if_readable([&] { return age_subject(key); })) {
        waiting.insert(*std::move(subject));
      }
      return storage::Scan::proceed;
    });
    std::erase_if(rows, [&](const std::string& row) {
      return waiting.contains(storage::WorkKey::decode(row).subject);
    });
    return rows;
  });
  if (missing.empty()) return;
  store.write_and_wait([&](storage::Transaction& transaction) {
    for (const std::string& row : missing) storage::kDueWork.put(transaction, row, {});
  });
}

}  // namespace policy
