#include <array>
#include <initializer_list>
#include <vector>

#include "policy/applications/advance.h"
#include "policy/applications/transition_guards.h"

namespace policy {

namespace {

using enum ApplicationState;
using enum Effect;
using namespace transition_guards;
using Kind = EventKind;

constexpr std::array kDraft{draft};
constexpr std::array kPreReview{pre_review};
constexpr std::array kInReview{in_review};
constexpr std::array kAwaiting{awaiting_applicant};
constexpr std::array kSecond{second_approval};
constexpr std::array kApproved{approved};
constexpr std::array kIssuing{issuing};
constexpr std::array kIssued{issued};
constexpr std::array kEnded{rejected, dcv_timeout};
constexpr std::array kUnderWay{submitted, pre_review, domain_validation, in_review};
constexpr std::array kOpen{submitted, pre_review, domain_validation, in_review, awaiting_applicant};
constexpr std::array kInControl{domain_validation, in_review, awaiting_applicant};
constexpr std::array kBeforeIssuing{submitted, pre_review,         domain_validation,
                                    in_review, awaiting_applicant, second_approval,
                                    approved};

constexpr std::array kApplicants{Role::applicant, Role::org_admin, Role::system};
constexpr std::array kDesk{Role::front_desk, Role::specialist};
constexpr std::array kDeskOrServer{Role::front_desk, Role::specialist, Role::system};
constexpr std::array kSpecialist{Role::specialist};
constexpr std::array kSecondPerson{Role::second_approver};
constexpr std::array kSupervisor{Role::supervisor};
constexpr std::array kServer{Role::system};
/// Who may close the very gate is the guard's to say.
constexpr std::array kClosers{Role::applicant,       Role::org_admin,  Role::certificate_approver,
                              Role::contract_signer, Role::front_desk, Role::specialist,
                              Role::system};

constexpr std::array<Effect, 0> kNothing{};
constexpr std::array kSubmitted{freeze_revision, notify_submitted};
constexpr std::array kPreReviewPassed{notify_pre_review_passed};
constexpr std::array kRejected{close_dcv, end_orders, notify_rejected};
constexpr std::array kControlLost{close_dcv, end_orders, notify_dcv_timeout};
constexpr std::array kAsked{notify_action_required};
constexpr std::array kExpired{close_dcv, end_orders, notify_expired};
constexpr std::array kIssuedEffects{notify_issued, note_information};
constexpr std::array kCancelled{close_dcv, end_orders, notify_cancelled};

Transition shown(std::uint32_t number,
                 std::span<const ApplicationState> from,
                 EventKind event,
                 std::span<const Role> roles,
                 const TransitionGuard& guard,
                 std::optional<ApplicationState> to,
                 std::span<const Effect> effects) {
  return Transition{number, from, event, roles, guard.words, guard.fault, to, effects};
}

/// Without `to` the open gates say where it goes, and what is approved by itself goes on at once.
const std::vector<Transition>& table() {
  constexpr std::nullopt_t kByGates = std::nullopt;
  static const std::vector<Transition> rows{
      shown(2, kDraft, Kind::submit, kApplicants, kNone, kByGates, kSubmitted),
      shown(5, kPreReview, Kind::pre_review_pass, kDesk, kNone, kByGates, kPreReviewPassed),
      shown(6, kPreReview, Kind::pre_review_fail, kDesk, kNone, rejected, kRejected),
      shown(8, kOpen, Kind::gate_passed, kClosers, kGateMayPass, kByGates, kNothing),
      shown(7, kOpen, Kind::gate_reopened, kDeskOrServer, kGateMayReopen, kByGates, kNothing),
      shown(12, kUnderWay, Kind::gate_waived, kSupervisor, kGateMayBeWaived, kByGates, kNothing),
      shown(10, kInControl, Kind::name_refused, kServer, kControlIsOpen, kByGates, kNothing),
      shown(9, kInControl, Kind::dcv_deadline, kServer, kControlRanOut, dcv_timeout, kControlLost),
      shown(16, kOpen, Kind::high_risk, kDeskOrServer, kNone, kByGates, kNothing),
      shown(13, kInReview, Kind::request_info, kDesk, kNone, awaiting_applicant, kAsked),
      shown(14, kAwaiting, Kind::answer_info, kApplicants, kNone, kByGates, kNothing),
      shown(15, kAwaiting, Kind::answer_deadline, kServer, kAnswerIsLate, expired, kExpired),
      shown(16, kInReview, Kind::approve, kSpecialist, kAllGatesClosed, kByGates, kNothing),
      shown(17, kSecond, Kind::countersign, kSecondPerson, kAllGatesClosed, approved, kNothing),
      shown(18, kSecond, Kind::send_back, kSecondPerson, kNone, in_review, kNothing),
      shown(19, kInReview, Kind::reject, kSpecialist, kNone, rejected, kRejected),
      shown(19, kSecond, Kind::reject, kSecondPerson, kNone, rejected, kRejected),
      shown(20, kApproved, Kind::begin_issuing, kServer, kApprovalIsYoung, issuing, kNothing),
      shown(21, kIssuing, Kind::issued, kServer, kNone, issued, kIssuedEffects),
      shown(22, kIssuing, Kind::issue_failed, kServer, kNone, approved, kNothing),
      shown(23, kIssuing, Kind::issue_refused, kServer, kNone, rejected, kRejected),
      shown(20, kApproved, Kind::approval_deadline, kServer, kApprovalIsOld, expired, kExpired),
      shown(24, kBeforeIssuing, Kind::cancel, kApplicants, kIsNotOver, draft, kCancelled),
      shown(25, kEnded, Kind::resubmit, kApplicants, kNone, kByGates, kSubmitted),
      shown(29, kIssued, Kind::issued, kServer, kNone, issued, kNothing),
  };
  return rows;
}

}  // namespace

std::span<const Transition> transitions() {
  return table();
}

}  // namespace policy
