#include "policy/applications/transition_guards.h"

#include <algorithm>
#include <array>
#include <string>

#include "policy/applications/gate_course.h"
#include "policy/applications/validation_case.h"

namespace policy::transition_guards {

namespace {

using enum GateName;
using Answer = std::optional<Fault>;

constexpr std::array kSystem{Role::system};
constexpr std::array kPapers{Role::applicant, Role::org_admin, Role::front_desk, Role::specialist,
                             Role::system};
constexpr std::array kDesk{Role::front_desk, Role::specialist};
constexpr std::array kSpecialist{Role::specialist};
constexpr std::array kSpecialistOrServer{Role::specialist, Role::system};
constexpr std::array kApprover{Role::certificate_approver, Role::system};
constexpr std::array kSigner{Role::contract_signer, Role::system};

/// Who may close a gate by evidence; nobody where a decision or the signing act does it.
std::span<const Role> closers(GateName gate) {
  switch (gate) {
    case letter:
    case documents:
      return kPapers;
    case dcv:
      return kSystem;
    case platform_check:
      return kDesk;
    case org_vetting:
      return kSpecialist;
    case phone_call:
      return kSpecialist;
    case email_confirm:
    case risk_clear:
      return kSpecialistOrServer;
    case applicant_approval:
      return kApprover;
    case agreement_signed:
      return kSigner;
    case info:
    case method:
    case pre_review:
    case second_approval:
    case issue_checks:
      return {};
  }
  return {};
}

constexpr bool is_paper(GateName gate) {
  return gate == letter || gate == documents;
}

Fault fault(FaultCode code, std::string detail) {
  return Fault{code, std::move(detail)};
}

const Gate* gate_of(const Application& application, const Event& event) {
  return event.gate ? application.gate(*event.gate) : nullptr;
}

std::string name_of(const Event& event) {
  return event.gate ? std::string(text_of(*event.gate)) : "(none)";
}

Answer may_pass(const Application& application, const Event& event, const Circumstances& c) {
  const Gate* const gate = gate_of(application, event);
  if (gate == nullptr || gate->requirement == GateRequirement::not_required) {
    return fault(FaultCode::state_conflict, "the application has no gate " + name_of(event));
  }
  const auto roles = closers(gate->name);
  if (!std::ranges::any_of(roles, [&](Role role) { return c.actor.has(role); })) {
    return fault(FaultCode::forbidden, "the gate " + name_of(event) + " is closed by others");
  }
  const bool replaces = is_paper(gate->name) && gate->state == GateState::passed;
  if (!gate->is_open() && !replaces) {
    return fault(FaultCode::state_conflict, "the gate " + name_of(event) + " is " +
                                                std::string(text_of(gate->state)) +
                                                ", expected an open one");
  }
  return std::nullopt;
}

Answer may_reopen(const Application& application, const Event& event, const Circumstances& /*c*/) {
  const Gate* const gate = gate_of(application, event);
  if (gate == nullptr || !is_paper(gate->name) ||
      gate->requirement == GateRequirement::not_required || gate->state == GateState::blocked) {
    return fault(FaultCode::state_conflict,
                 "there is no paper to refuse behind the gate " + name_of(event));
  }
  return std::nullopt;
}

Answer may_be_waived(const Application& application,
                     const Event& event,
                     const Circumstances& /*c*/) {
  const Gate* const gate = gate_of(application, event);
  if (gate == nullptr || gate->requirement == GateRequirement::not_required) {
    return fault(FaultCode::state_conflict, "the application has no gate " + name_of(event));
  }
  const bool never =
      gate->name == dcv || gate->name == org_vetting || gate_course::comes_last(gate->name);
  if (never || gate->requirement != GateRequirement::optional) {
    return fault(FaultCode::forbidden, "the gate " + name_of(event) + " is never left out");
  }
  if (!gate->is_open()) {
    return fault(FaultCode::state_conflict,
                 "the gate " + name_of(event) + " is " + std::string(text_of(gate->state)));
  }
  if (event.reason.empty()) {
    return fault(FaultCode::validation, "leaving a gate out takes a reason");
  }
  return std::nullopt;
}

bool control_is_open(const Application& application) {
  const Gate* const gate = application.gate(dcv);
  return gate != nullptr && gate->is_open();
}

Answer must_be_in_control(const Application& application,
                          const Event& /*event*/,
                          const Circumstances& /*c*/) {
  if (control_is_open(application)) return std::nullopt;
  return fault(FaultCode::state_conflict, "domain control is not being looked for");
}

Answer ran_out(const Application& application, const Event& /*event*/, const Circumstances& c) {
  const auto& deadline = application.deadlines.dcv;
  if (control_is_open(application) && deadline && c.now >= *deadline) return std::nullopt;
  return fault(FaultCode::state_conflict, "the time to prove domain control is not over");
}

Answer is_late(const Application& application, const Event& /*event*/, const Circumstances& c) {
  const auto& deadline = application.deadlines.answer;
  if (deadline && c.now >= *deadline) return std::nullopt;
  return fault(FaultCode::state_conflict, "the time to answer is not over");
}

Answer all_closed(const Application& application, const Event& /*event*/, const Circumstances& c) {
  std::string missing;
  for (const Gate& gate : application.gates) {
    if (!gate.blocks() || gate_course::comes_last(gate.name)) continue;
    if (!missing.empty()) missing += ", ";
    missing += text_of(gate.name);
  }
  if (!missing.empty()) return fault(FaultCode::evidence_missing, "still open: " + missing);
  // For a certificate that is asked when it is signed; nothing comes behind this one.
  const auto& until = c.organization_valid_until;
  if (is_validation_case(application) && until && c.now >= *until) {
    return fault(FaultCode::evidence_missing,
                 "what was found out about the organization counted until " + ca::rfc3339(*until) +
                     "; it has to be found out again");
  }
  return std::nullopt;
}

bool is_old(const Application& application, ca::Time now) {
  return application.deadlines.approval && now >= *application.deadlines.approval;
}

Answer must_be_young(const Application& application,
                     const Event& /*event*/,
                     const Circumstances& c) {
  if (is_validation_case(application)) {
    return fault(FaultCode::state_conflict,
                 "no certificate comes of the validation of an organization");
  }
  if (!is_old(application, c.now)) return std::nullopt;
  return fault(FaultCode::org_validation_expired,
               "the approval counted until " + ca::rfc3339(*application.deadlines.approval));
}

Answer must_be_old(const Application& application, const Event& /*event*/, const Circumstances& c) {
  if (is_old(application, c.now)) return std::nullopt;
  return fault(FaultCode::state_conflict, "the approval still counts");
}

Answer must_go_on(const Application& application,
                  const Event& /*event*/,
                  const Circumstances& /*c*/) {
  if (!is_at_rest(application)) return std::nullopt;
  return fault(FaultCode::state_conflict,
               "the organization is validated; there is nothing left to cancel");
}

Answer nothing(const Application& /*application*/,
               const Event& /*event*/,
               const Circumstances& /*c*/) {
  return std::nullopt;
}

}  // namespace

const TransitionGuard kNone{"", nothing};
const TransitionGuard kGateMayPass{"the gate is open, for this role to close", may_pass};
const TransitionGuard kGateMayReopen{"a paper is there or asked for", may_reopen};
const TransitionGuard kGateMayBeWaived{"the gate is optional, and may be left out", may_be_waived};
const TransitionGuard kControlRanOut{"the time to prove domain control is over", ran_out};
const TransitionGuard kControlIsOpen{"domain control is being looked for", must_be_in_control};
const TransitionGuard kAnswerIsLate{"the time to answer is over", is_late};
const TransitionGuard kAllGatesClosed{"all required gates are passed or waived", all_closed};
const TransitionGuard kApprovalIsYoung{"the approval still counts", must_be_young};
const TransitionGuard kApprovalIsOld{"the approval is too old", must_be_old};
const TransitionGuard kIsNotOver{"it is no validation that was approved", must_go_on};

}  // namespace policy::transition_guards
