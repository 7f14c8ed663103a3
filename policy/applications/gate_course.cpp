#include "policy/applications/gate_course.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/applications/validation_case.h"
#include "policy/calendars/service_clock.h"

namespace policy {

namespace {

using enum GateName;

constexpr GateState opened_for(GateName gate) {
  switch (gate) {
    case letter:
    case documents:
    case applicant_approval:
    case agreement_signed:
      return GateState::waiting_applicant;
    case pre_review:
    case platform_check:
    case org_vetting:
    case email_confirm:
    case phone_call:
    case risk_clear:
    case second_approval:
      return GateState::waiting_ca;
    case info:
    case method:
      return GateState::passed;  // looked at when it was submitted
    case dcv:
    case issue_checks:
      return GateState::open;
  }
  std::unreachable();
}

/// The gates of a product while what is never left out is being added.
class Plan {
 public:
  explicit Plan(const Product& product) {
    for (const Stage& stage : product.stages) {
      bool any = false;
      for (const ProductGate& each : stage.gates) {
        if (gate_course::comes_last(each.name) || find(each.name) != nullptr) continue;
        add(each.name, each.requirement);
        any = true;
      }
      if (any) ++stage_;
    }
  }
  /// In a stage of its own, behind all others, unless it stands somewhere.
  void require(GateName name) {
    if (Gate* const there = find(name)) {
      there->requirement = GateRequirement::required;
      return;
    }
    add(name, GateRequirement::required);
    ++stage_;
  }
  /// Beside `neighbour`.
  void require_beside(GateName neighbour, GateName name) {
    if (find(name) == nullptr) {
      const auto beside = std::ranges::find(gates_, neighbour, &Gate::name);
      Gate gate{.name = name};
      gate.stage = beside->stage;
      gates_.insert(beside + 1, std::move(gate));
    }
    find(name)->requirement = GateRequirement::required;
  }
  void append(GateName name, GateRequirement requirement) {
    add(name, requirement);
    ++stage_;
  }
  [[nodiscard]] std::vector<Gate> take() && { return std::move(gates_); }

 private:
  Gate* find(GateName name) {
    const auto found = std::ranges::find(gates_, name, &Gate::name);
    return found == gates_.end() ? nullptr : &*found;
  }
  void add(GateName name, GateRequirement requirement) {
    Gate gate{.name = name};
    gate.requirement = requirement;
    gate.stage = stage_;
    gates_.push_back(std::move(gate));
  }

  std::vector<Gate> gates_;
  std::uint32_t stage_ = 0;
};

GateRequirement second_person(const Product& product) {
  const bool asked = product.level == ValidationLevel::ev || product.dual_control ||
                     product.requirement(second_approval) == GateRequirement::required;
  return asked ? GateRequirement::required : GateRequirement::not_required;
}

}  // namespace

std::vector<Gate> gates_of(const Product& product) {
  Plan plan(product);
  plan.require(dcv);
  if (names_organization(product.level)) plan.require(org_vetting);
  if (product.level == ValidationLevel::ev) {
    plan.require_beside(org_vetting, agreement_signed);
    plan.require_beside(org_vetting, applicant_approval);
  }
  plan.append(second_approval, second_person(product));
  plan.append(issue_checks, GateRequirement::required);
  return std::move(plan).take();
}

std::vector<GateName> open_gates(const Application& application) {
  std::vector<GateName> open;
  for (const Gate& gate : application.gates) {
    if (gate.blocks() && gate.name != issue_checks) open.push_back(gate.name);
  }
  return open;
}

namespace gate_course {

bool is_review(GateName gate) {
  constexpr std::array kReviews{pre_review,    platform_check, org_vetting,
                                email_confirm, phone_call,     risk_clear};
  return std::ranges::find(kReviews, gate) != kReviews.end();
}

bool asks_for_answer(const Gate& gate) {
  return gate.is_open() && gate.due_at && (gate.name == email_confirm || gate.name == phone_call);
}

void close(Gate& gate, GateState as, const Circumstances& circumstances, ca::Time now) {
  gate.state = as;
  gate.closed_at = now;
  gate.closed_by.reset();
  if (!circumstances.actor.has(Role::system)) gate.closed_by = circumstances.actor.person;
}

namespace {

void open(Gate& gate,
          Application& application,
          const Circumstances& circumstances,
          ca::Time now,
          std::vector<Effect>& effects) {
  gate.opened_at = now;
  gate.reason.clear();
  const auto waiver = std::ranges::find(circumstances.waivers, gate.name, &Waiver::gate);
  if (waiver != circumstances.waivers.end()) {
    gate.state = waiver->as;
    gate.reason = waiver->reason;
    gate.evidence = waiver->evidence;
    gate.closed_at = now;
    return;
  }
  gate.state = opened_for(gate.name);
  if (gate.state == GateState::passed) gate.closed_at = now;
  if (gate.state == GateState::waiting_applicant) {
    effects.push_back(Effect::notify_action_required);
  }
  if (gate.name == email_confirm) {
    effects.push_back(Effect::ask_by_mail);
    gate.due_at = reminder_due(now, 0);
  }
  if (gate.name == dcv) {
    application.deadlines.dcv = now + circumstances.product.control_deadline;
    gate.due_at = application.deadlines.dcv;
    effects.push_back(Effect::open_dcv);
  }
  if (gate.name == pre_review && circumstances.product.pre_review) {
    application.deadlines.pre_review = now + circumstances.product.pre_review->most;
    gate.due_at = application.deadlines.pre_review;
  }
}

}  // namespace

void open_what_may(Application& application,
                   const Circumstances& circumstances,
                   ca::Time now,
                   std::vector<Effect>& effects) {
  std::optional<std::uint32_t> blocking_stage;
  for (Gate& gate : application.gates) {
    if (comes_last(gate.name) || gate.requirement == GateRequirement::not_required) continue;
    if (blocking_stage && gate.stage != *blocking_stage) return;
    if (gate.state == GateState::blocked) open(gate, application, circumstances, now, effects);
    if (gate.blocks()) blocking_stage = gate.stage;
  }
}

std::optional<ApplicationState> place_by_gates(const Application& application) {
  using enum ApplicationState;
  bool in_control = false;
  bool for_applicant = false;
  bool reviewed = false;
  bool all_closed = true;
  for (const Gate& gate : application.gates) {
    if (comes_last(gate.name)) continue;
    if (gate.blocks()) all_closed = false;
    if (!gate.is_open()) continue;
    if (gate.name == GateName::pre_review) return ApplicationState::pre_review;
    if (is_review(gate.name) || gate.name == applicant_approval || gate.name == agreement_signed) {
      reviewed = true;
    } else if (gate.name == dcv) {
      in_control = true;
    } else if (gate.blocks()) {
      for_applicant = true;
    }
  }
  if (all_closed) return std::nullopt;
  if (reviewed) return in_review;
  if (in_control) return domain_validation;
  return for_applicant ? submitted : in_review;
}

void waive_second_person(Application& application,
                         const Circumstances& circumstances,
                         ca::Time now) {
  Gate* const gate = application.gate(second_approval);
  const auto waiver = std::ranges::find(circumstances.waivers, second_approval, &Waiver::gate);
  if (gate == nullptr || !gate->blocks() || waiver == circumstances.waivers.end()) return;
  // A finding is about this very application: nobody looked at it before.
  if (!gate->reason.empty()) return;
  // What one person looked at now was never looked at by two (EVG 3.2.2.13).
  const Gate* const vetting = application.gate(org_vetting);
  if (vetting != nullptr && vetting->state != GateState::waived) return;
  gate->state = waiver->as;
  gate->reason = waiver->reason;
  gate->evidence = waiver->evidence;
  gate->opened_at = now;
  gate->closed_at = now;
}

void reset(Application& application, const Product& product) {
  application.gates =
      is_validation_case(application) ? gates_of_validation(product) : gates_of(product);
  application.deadlines = {};
  application.expected_at.reset();
  application.sub_state = SubState::none;
}

}  // namespace gate_course

}  // namespace policy
