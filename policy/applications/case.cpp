#include "policy/applications/case.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ca/audit_log.h"
#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/applications/waivers.h"
#include "policy/organizations/org_validation.h"
#include "policy/reviews/carried.h"
#include "policy/reviews/case_tasks.h"
#include "policy/reviews/dual_control.h"

namespace policy {

namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

bool has_blocked_gate(const Application& application) {
  return application.gates.empty() || std::ranges::any_of(application.gates, [](const Gate& gate) {
           return gate.state == GateState::blocked &&
                  gate.requirement != GateRequirement::not_required;
         });
}

/// The application as it will be if this very step opens its vetting: whatever waives that has an
/// age already, which the approval must not outlive.
Application with_vetting_waived(Application application, const std::vector<Waiver>& waivers) {
  Gate* const vetting = application.gate(GateName::org_vetting);
  const auto waiver = std::ranges::find(waivers, GateName::org_vetting, &Waiver::gate);
  const bool opens = vetting != nullptr && vetting->state == GateState::blocked;
  if (!opens || waiver == waivers.end()) return application;
  vetting->state = waiver->as;
  vetting->reason = waiver->reason;
  return application;
}

std::optional<Notice> notice_of(Effect effect) {
  switch (effect) {
    case Effect::notify_submitted:
      return Notice::submitted;
    case Effect::notify_pre_review_passed:
      return Notice::pre_review_passed;
    case Effect::notify_action_required:
      return Notice::action_required;
    case Effect::open_dcv:
      return Notice::dcv_pending;
    case Effect::notify_dcv_valid:
      return Notice::dcv_valid;
    case Effect::notify_dcv_timeout:
      return Notice::dcv_timeout;
    case Effect::notify_approved:
      return Notice::approved;
    case Effect::notify_rejected:
      return Notice::rejected;
    case Effect::notify_cancelled:
      return Notice::cancelled;
    case Effect::notify_expired:
      return Notice::expired;
    case Effect::notify_issued:
      return Notice::issued;
    case Effect::freeze_revision:
    case Effect::close_dcv:
    case Effect::ask_by_mail:
    case Effect::validate_organization:
    case Effect::hand_to_issuing:
    case Effect::end_orders:
    case Effect::note_information:
    case Effect::decided_by_server:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Allowed<Case> Case::open(const Here& here, const Target& target) {
  auto application = visible_application(here.transaction, here.actor, target.id);
  if (!application) return Refused(application.error());
  if (target.if_version && *target.if_version != application->version) {
    return refuse(FaultCode::version_conflict,
                  "the application has version " + std::to_string(application->version) +
                      ", expected " + std::to_string(*target.if_version));
  }
  return begin(here, *std::move(application));
}

Allowed<Case> Case::begin(const Here& here, Application application) {
  const Product* const product =
      here.surroundings.catalog.version(application.product, application.product_version);
  if (product == nullptr) {
    return refuse(FaultCode::state_conflict, "the catalog has no version " +
                                                 std::to_string(application.product_version) +
                                                 " of the product " + application.product);
  }
  return Case(here, std::move(application), *product);
}

void Case::involve(Part part) {
  const bool server = here_.actor.has(Role::system);
  if (server || after_.is_involved(here_.actor.person, part)) return;
  after_.involved.push_back(Involvement{here_.actor.person, part, here_.now});
}

Allowed<void> Case::happen(const Event& event, const Actor& actor) {
  if (auto moved = move(event, actor); !moved) return moved;
  return look_for_risks();
}

/// One step of the engine, with what it writes at once: what is decided next rests on it.
Allowed<void> Case::move(const Event& event, const Actor& actor) {
  std::vector<Waiver> waivers;
  if (has_blocked_gate(after_)) {
    waivers = waivers_for(here_.transaction, here_.surroundings, after_, *product_, here_.now);
  }
  Circumstances circumstances{*product_, here_.surroundings.business_days, actor, here_.now};
  circumstances.waivers = waivers;
  circumstances.organization_valid_until = would_be_valid_until(
      here_.transaction, with_vetting_waived(after_, waivers), *product_, here_.now);
  const auto& organization = after_.wish.organization;
  if (organization && is_suspended(here_.transaction, *organization)) {
    circumstances.organization = Circumstances::Standing::suspended;
  }
  auto step = advance(after_, event, circumstances);
  if (!step) return Refused(step.error());
  const Application before_step = std::exchange(after_, std::move(step->application));
  for (const Effect effect : step->effects) {
    if (auto done = carry_out(effect); !done) return done;
  }
  take_over_findings(before_step);
  return {};
}

/// Once the vetting opens, what is known of the organization need not be found out again.
void Case::take_over_findings(const Application& before_step) {
  const Gate* const then = before_step.gate(GateName::org_vetting);
  const Gate* const now = after_.gate(GateName::org_vetting);
  const bool opened =
      now != nullptr && now->is_open() &&
      (then == nullptr || !then->is_open() || before_step.revision != after_.revision);
  if (!opened) return;
  const auto precedent = precedent_for(here_.transaction, after_, *product_, here_.now);
  if (!precedent) return;
  const auto people = carry_findings(here_.transaction, after_, *product_, precedent->application,
                                     precedent->settled, here_.now);
  for (const PersonId& each : people) {
    if (after_.is_involved(each, Part::collected)) continue;
    after_.involved.push_back(Involvement{each, Part::collected, here_.now});
  }
  if (people.empty()) return;
  ca::append_audit(here_.transaction, {here_.now,
                                       "application.findings_taken_over",
                                       "server",
                                       after_.id.text(),
                                       {{"from", precedent->application.id.text()}}});
}

Allowed<void> Case::look_for_risks() {
  const Gate* const gate = after_.gate(GateName::risk_clear);
  if (gate == nullptr || gate->state != GateState::waiting_ca || !gate->reason.empty()) return {};
  const auto finding = here_.surroundings.risks.finding(here_.transaction, after_, *product_);
  if (!finding) {
    return move({.kind = EventKind::gate_passed, .gate = GateName::risk_clear}, server_itself());
  }
  after_.gate(GateName::risk_clear)->reason = *finding;
  return move({.kind = EventKind::high_risk, .reason = *finding}, server_itself());
}

Allowed<void> Case::carry_out(Effect effect) {
  effects_.push_back(effect);
  switch (effect) {
    case Effect::freeze_revision:
      freeze();
      return {};
    case Effect::decided_by_server:
      return put_decision(here_.transaction, after_,
                          Decision{.kind = DecisionKind::approve, .at = here_.now});
    case Effect::open_dcv:
    case Effect::close_dcv:
    case Effect::ask_by_mail:
    case Effect::notify_submitted:
    case Effect::notify_pre_review_passed:
    case Effect::notify_action_required:
    case Effect::notify_dcv_valid:
    case Effect::notify_dcv_timeout:
    case Effect::notify_approved:
    case Effect::notify_rejected:
    case Effect::notify_cancelled:
    case Effect::notify_expired:
    case Effect::notify_issued:
    case Effect::validate_organization:
    case Effect::hand_to_issuing:
    case Effect::end_orders:
    case Effect::note_information:
      return {};
  }
  return {};
}

void Case::freeze() {
  Revision revision;
  revision.number = after_.revision;
  revision.by = here_.actor.person;
  revision.at = here_.now;
  revision.facts = facts_of(here_.transaction, after_);
  revision.information = information_of(revision.facts, *product_);
  kRevisions.put(here_.transaction, revision_key(after_.id, revision.number), revision);
}

Allowed<void> Case::decide(Decision decision) {
  decision.at = here_.now;
  decision.by = here_.actor.person;
  return put_decision(here_.transaction, after_, std::move(decision));
}

void Case::follow(Effect effect) {
  Followers& followers = here_.surroundings.followers;
  storage::Transaction& transaction = here_.transaction;
  if (effect == Effect::open_dcv) followers.dcv_opened(transaction, after_, here_.now);
  if (effect == Effect::close_dcv) followers.dcv_closed(transaction, after_);
  if (effect == Effect::ask_by_mail) {
    followers.email_confirm_opened(transaction, after_, here_.now);
  }
  if (effect == Effect::hand_to_issuing) followers.approved(transaction, after_, here_.now);
  if (effect == Effect::end_orders) followers.ended(transaction, after_, here_.now);
  if (effect == Effect::validate_organization) {
    validate_organization(transaction, after_, *product_, here_.now);
  }
  if (effect == Effect::note_information) {
    note_information(transaction, after_, *product_, here_.now);
  }
  if (const auto notice = notice_of(effect)) {
    followers.notice(transaction, after_, *notice, here_.now);
  }
}

Application Case::finish(std::string_view what, AuditFacts facts) {
  if (after_ != before_ && after_.version == before_.version) ++after_.version;
  after_.updated_at = std::max(after_.updated_at, here_.now);
  store_application(here_.transaction, after_);
  bring_tasks_in_line(here_, before_, after_, *product_);
  const std::string event = "application." + std::string(what);
  AuditFacts all{{"from", std::string(text_of(before_.state))},
                 {"to", std::string(text_of(after_.state))},
                 {"revision", std::to_string(after_.revision)},
                 {"through", here_.actor.through}};
  all.insert(all.end(), facts.begin(), facts.end());
  ca::append_audit(here_.transaction,
                   {here_.now, event, here_.actor.audit_name(), after_.id.text(), std::move(all)});
  for (const Effect effect : effects_) follow(effect);
  return after_;
}

}  // namespace policy
