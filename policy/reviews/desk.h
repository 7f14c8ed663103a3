// What people of the authority do: take tasks, record what they found, decide. The same contract as
// policy/applications/commands.h. Who may not because of who they are is dual_control.h's; every
// command here asks it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/applications/commands.h"
#include "policy/reviews/decision.h"
#include "policy/reviews/evidence.h"
#include "policy/reviews/review_task.h"

namespace policy {

/// Makes the task the caller's; it is nobody else's then (state_conflict).
Allowed<ReviewTask> claim_task(const Here& here, const TaskId& id);
/// Gives it back; the caller's own, or anybody's for a supervisor.
Allowed<ReviewTask> release_task(const Here& here, const TaskId& id);
/// A supervisor gives it to `person`, who must be able to take it.
Allowed<ReviewTask> assign_task(const Here& here, const TaskId& id, const PersonId& person);

/// How far ahead a task is deferred at most.
inline constexpr std::chrono::days kLongestDeferral{14};
/// Takes the task out of its queue until `until`, for `reason`; its dates and every clock go on.
/// Whoever claims it, and an applicant who asks to be looked at, puts it back before. The caller's
/// own or nobody's; anybody's for a supervisor. Refuses with validation a time that is not ahead,
/// is further off than kLongestDeferral, or behind the date of the task: nothing is hidden that is
/// due; with state_conflict what somebody else has claimed.
Allowed<ReviewTask> defer_task(const Here& here,
                               const TaskId& id,
                               ca::Time until,
                               std::string reason);

/// Ends one of a type that follows no gate (document_request, escalation, stuck, revalidation,
/// message).
Allowed<ReviewTask> finish_task(const Here& here, const TaskId& id, std::string note);

/// What a reviewer writes about one step.
struct StepEntry {
  std::string step = {};
  StepOutcome outcome = StepOutcome::passed;
  std::string source = {};
  std::string url = {};
  std::optional<DocumentId> snapshot = {};
  std::string note = {};
  std::optional<ca::Time> collected_at = {};
};
/// Records it and closes the step's gate when it was the last one missing. A failed step closes
/// nothing: it takes a decision.
Allowed<Application> record_step(const Here& here, const Target& target, StepEntry entry);

struct CallEntry {
  std::string number = {};
  ContactSource number_source = ContactSource::applicant;
  std::string source_reference = {};
  std::string office = {};
  CallOutcome outcome = CallOutcome::no_answer;
  std::string person_reached = {};
  std::vector<std::string> answers = {};
  std::optional<DocumentId> attachment = {};
  ca::Time started_at{};
};
inline constexpr std::uint32_t kCallsPerDay = 3;
/// A confirmed call closes phone_call. Refuses with number_source_not_allowed a number from a
/// source that does not count for the product, with rate_limited the fourth call of a day.
Allowed<Application> record_call(const Here& here,
                                 const Target& target,
                                 const CallId& id,
                                 CallEntry entry);

/// The answer to a mail (policy/mail, elsewhere): closes email_confirm. The caller is the server,
/// or whoever of the desk received it.
struct MailAnswer {
  std::string to;
  ContactSource to_source = ContactSource::applicant;  // where the address was found
  std::string reference;                               // of the mail or its link; no secret
  enum class Says { confirmed, refused } says = Says::confirmed;
};
Allowed<Application> record_mail_confirmation(const Here& here,
                                              const Target& target,
                                              MailAnswer answer);

/// Marks a first look as passed or not (WoTrus' pre-review; steps of the gate pre_review).
Allowed<Application> pass_pre_review(const Here& here, const Target& target);
Allowed<Application> fail_pre_review(const Here& here,
                                     const Target& target,
                                     std::string code,
                                     std::string text);

/// Asks the applicant; the clock stands. A letter that may not be replaced any more may be, once
/// (TGM-12): its gate is open until it is (may_be_replaced), or closed as it was unless another one
/// comes (is_asked_for: as one of the documents of policy/reviews/document_request.h).
struct InfoRequest {
  std::string text = {};
  std::vector<std::string> fields = {};
  enum class Letter { stays, may_be_replaced, is_asked_for } letter = Letter::stays;
};
Allowed<Application> request_info(const Here& here, const Target& target, InfoRequest request);

/// A supervisor leaves out a gate that is optional, with a reason. Never dcv, org_vetting,
/// second_approval, issue_checks (forbidden).
Allowed<Application> waive_gate(const Here& here,
                                const Target& target,
                                GateName gate,
                                std::string reason);

/// Everything required is closed and somebody who is neither the applicant says yes. For EV and
/// high risk it goes on to a second person.
Allowed<Application> approve(const Here& here, const Target& target, std::string text);

struct Rejection {
  std::string code = {};
  std::string text = {};
  std::vector<std::string> fields = {};
  std::vector<DocumentId> documents = {};
};
Allowed<Application> reject(const Here& here, const Target& target, Rejection rejection);

/// The second person agrees; has collected nothing, asked for nothing and decided nothing in this
/// case (EVG 3.2.2.13).
Allowed<Application> countersign(const Here& here, const Target& target, std::string text);
Allowed<Application> send_back(const Here& here, const Target& target, std::string text);

}  // namespace policy
