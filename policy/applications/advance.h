// The engine: which way an application goes when something happens (III.4.3 of the specification).
// Pure: no store, no clock, no people but the one who acts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/applications/ports.h"
#include "policy/fault.h"
#include "policy/people/actor.h"
#include "policy/product.h"

namespace policy {

enum class EventKind : std::uint8_t {
  submit = 0,
  pre_review_pass,
  pre_review_fail,
  gate_passed,    // any gate but pre_review, second_approval and issue_checks
  gate_reopened,  // a letter or another document was refused, a name failed again
  gate_waived,
  name_refused,
  dcv_deadline,
  high_risk,  // a second person has to look, whatever the product says
  request_info,
  answer_info,
  answer_deadline,
  approve,
  countersign,
  send_back,
  reject,
  begin_issuing,
  issued,
  issue_failed,   // for a passing cause
  issue_refused,  // for good (CAA, blocked)
  approval_deadline,
  cancel,
  resubmit,
};
template <>
inline constexpr std::array<std::string_view, 23> kWords<EventKind>{
    "submit",       "pre_review_pass", "pre_review_fail",
    "gate_passed",  "gate_reopened",   "gate_waived",
    "name_refused", "dcv_deadline",    "high_risk",
    "request_info", "answer_info",     "answer_deadline",
    "approve",      "countersign",     "send_back",
    "reject",       "begin_issuing",   "issued",
    "issue_failed", "issue_refused",   "approval_deadline",
    "cancel",       "resubmit"};

/// Something that happened. Which fields are looked at depends on its kind.
struct Event {
  EventKind kind = EventKind::submit;
  std::optional<GateName> gate = {};       // gate_passed, gate_reopened, gate_waived
  std::string reason = {};                 // for people
  std::vector<std::string> evidence = {};  // gate_passed, gate_waived
  std::string certificate = {};            // issued
};

/// What has to be done beside storing the application.
enum class Effect : std::uint8_t {
  freeze_revision = 0,
  open_dcv,
  close_dcv,
  ask_by_mail,
  notify_submitted,
  notify_pre_review_passed,
  notify_action_required,
  notify_dcv_valid,
  notify_dcv_timeout,
  notify_approved,
  notify_rejected,
  notify_cancelled,
  notify_expired,
  notify_issued,
  validate_organization,  // OrgValidation is written
  hand_to_issuing,
  end_orders,
  note_information,   // for later use of the review
  decided_by_server,  // approve, without a person
};

/// Gates that are fulfilled already when an application is submitted
/// (policy/applications/waivers.h).
struct Waiver {
  GateName gate;
  std::string reason;                 // "reviewed_profile"
  std::vector<std::string> evidence;  // what it rests on
  GateState as = GateState::waived;   // passed, for what is proven (domain claims)
  bool operator==(const Waiver&) const = default;
};

/// What judging an event takes beside the application.
struct Circumstances {
  const Product& product;
  const BusinessDays& business_days;
  const Actor& actor;
  ca::Time now;
  std::span<const Waiver> waivers = {};                   // submit, resubmit
  std::optional<ca::Time> organization_valid_until = {};  // approve, countersign
  enum class Standing { good, suspended } organization = Standing::good;
};

struct Step {
  Application application;  // as it is to be stored
  std::vector<Effect> effects;
};

/// What becomes of `application`. Refuses with forbidden for a role that may not, already_issued or
/// state_conflict for an event that has no way from this state, evidence_missing and others for a
/// guard; nothing is changed then. Dual control is judged elsewhere
/// (policy/reviews/dual_control.h): it needs more than the application. While the organization is
/// suspended nothing is approved by itself.
Allowed<Step> advance(const Application& application,
                      const Event& event,
                      const Circumstances& circumstances);

/// One row of the table of transitions.
struct Transition {
  std::uint32_t number;  // of the specification's table
  std::span<const ApplicationState> from;
  EventKind event;
  std::span<const Role> roles;
  std::string_view guard;  // in words; empty: none
  std::optional<Fault> (*fault)(const Application&, const Event&, const Circumstances&);
  std::optional<ApplicationState> to;  // none: as the gates say
  std::span<const Effect> effects;
};
std::span<const Transition> transitions();

/// The gates of `product`, all blocked. What no product leaves out is added: domain control and the
/// checks at the signing act, the vetting of organizations wherever one is named, and for EV the
/// applicant's approver, the agreement and a second person (EVG 3.2.2.9, .10, .13). second_approval
/// and issue_checks come last, each in a stage of its own.
std::vector<Gate> gates_of(const Product& product);
/// Required gates that are not passed or waived, in order, without those that can only be closed
/// behind the approval (second_approval, issue_checks). What `need` of the ACME mapping is, less
/// dcv (issue 6).
std::vector<GateName> open_gates(const Application& application);
/// Whether everything was closed without a person of the authority who has to approve it still.
bool is_approved_by_itself(const Application& application, const Product& product);

}  // namespace policy
