#include "acme/review/standing.h"

#include <algorithm>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/standing_approval.h"
#include "policy/reviews/rejection_code.h"
#include "policy/reviews/review_task.h"

namespace acme {

namespace {

using policy::ApplicationState;

ReviewStanding refused(std::string reason) {
  return {.outcome = ReviewOutcome::refused, .reason = std::move(reason)};
}

/// The words of the code and the reviewer's own, where there are any.
std::string words_of(const policy::Application& application) {
  const std::string told = application.decision ? policy::reason_told(*application.decision) : "";
  return told.empty() ? "" : ": " + told;
}

ReviewStanding standing_of_state(const policy::Application& application, const Review& review) {
  switch (application.state) {
    case ApplicationState::approved:
    case ApplicationState::issuing:
    case ApplicationState::issued:
      return {.outcome = ReviewOutcome::passed};
    case ApplicationState::rejected:
      return refused("the application " + application.id.text() + " was rejected" +
                     words_of(application));
    case ApplicationState::dcv_timeout:
      return refused("the time to prove control of the names of application " +
                     application.id.text() + " is over");
    case ApplicationState::expired:
      return refused("the application " + application.id.text() + " has expired");
    case ApplicationState::draft:
      // Never submitted yet, or taken back after the order began to wait for it.
      if (application.revision >= review.revision) {
        return refused("the application " + application.id.text() + " was withdrawn");
      }
      return {.outcome = ReviewOutcome::waiting};
    case ApplicationState::submitted:
    case ApplicationState::pre_review:
    case ApplicationState::domain_validation:
    case ApplicationState::in_review:
    case ApplicationState::awaiting_applicant:
    case ApplicationState::second_approval:
      return {.outcome = ReviewOutcome::waiting};
  }
  std::unreachable();
}

std::optional<policy::OrgValidation> validation_of(const storage::Snapshot& snapshot,
                                                   const Review& review) {
  return policy::kOrgValidations.get(
      snapshot, policy::org_validation_key(review.organization, review.level, review.standard));
}

/// Whether the organization is stated as it was when people validated it: what was changed since
/// nobody has looked at (BR 3.2.2.1).
bool is_as_validated(const storage::Snapshot& snapshot,
                     const Review& review,
                     const policy::OrgValidation& validation) {
  policy::Application stated;
  stated.tenant = review.tenant;
  stated.wish.organization = review.organization;
  return policy::organization_digest(policy::facts_of(snapshot, stated)) ==
         validation.organization_facts;
}

bool is_taken_up(const storage::Snapshot& snapshot, const policy::ApplicationId& id) {
  return std::ranges::any_of(policy::tasks_of(snapshot, id), [](const policy::ReviewTask& task) {
    return task.claimed_by && !task.closed_at;
  });
}

ReviewStanding standing_of_application(const storage::Snapshot& snapshot, const Review& review) {
  const auto application = policy::kApplications.get(snapshot, review.application->octets());
  if (!application) {
    return refused("the application " + review.application->text() + " was withdrawn");
  }
  if (application->revision > review.revision) {
    return refused("the application " + application->id.text() +
                   " was changed since this order began to wait for it");
  }
  ReviewStanding standing = standing_of_state(*application, review);
  standing.is_being_looked_at =
      standing.outcome == ReviewOutcome::waiting && is_taken_up(snapshot, application->id);
  return standing;
}

}  // namespace

bool is_reviewed(const policy::Product& product) {
  return product.level != policy::ValidationLevel::dv;
}

bool is_validated(const storage::Snapshot& snapshot,
                  const Review& review,
                  const std::vector<ca::Identifier>& names,
                  ca::Time now) {
  const auto validation = validation_of(snapshot, review);
  if (!validation || validation->tenant != review.tenant || !validation->counts_at(now) ||
      !is_as_validated(snapshot, review, *validation)) {
    return false;
  }
  if (review.level != policy::ValidationLevel::ev) return true;
  return validation->is_by_two() &&
         policy::standing_approval_for(snapshot, *validation, names, now).has_value();
}

ReviewStanding standing_of(const storage::Snapshot& snapshot,
                           const Review& review,
                           const std::vector<ca::Identifier>& names,
                           ca::Time now) {
  if (policy::is_suspended(snapshot, review.organization)) {
    const std::string reason = policy::suspension_reason(snapshot, review.organization);
    return refused("the organization is suspended" + (reason.empty() ? "" : ": " + reason));
  }
  if (!review.application) {
    return {.outcome = is_validated(snapshot, review, names, now) ? ReviewOutcome::passed
                                                                  : ReviewOutcome::waiting};
  }
  ReviewStanding standing = standing_of_application(snapshot, review);
  if (standing.outcome != ReviewOutcome::passed) return standing;
  // Rule A-9: the approval stays, what it rests on may not.
  const auto validation = validation_of(snapshot, review);
  if (!validation || !validation->counts_at(now)) {
    return refused("the validation of the organization is too old");
  }
  if (!is_as_validated(snapshot, review, *validation)) {
    return refused("the organization was changed after it was validated");
  }
  return standing;
}

ReviewStanding standing_of(const storage::Snapshot& snapshot,
                           const OrderRecord& order,
                           ca::Time now) {
  if (!order.review) return {};
  return standing_of(snapshot, *order.review, order.identifiers, now);
}

}  // namespace acme
