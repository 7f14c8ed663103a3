#include "policy/applications/projection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/applications/gate_course.h"
#include "policy/applications/validation_case.h"

namespace policy {

namespace {

using enum ApplicationState;

// clang-format off
/// III.4.4 of the specification, for keys that hold orders in `processing`.
constexpr std::array kProjections{
    Projection{draft,              "pending_application", 5, "",             "draft",          ""},
    Projection{submitted,          "verifying",           0, "PRE-REVIEWING", "pending",       "processing"},
    Projection{pre_review,         "verifying",           0, "PRE-REVIEWING", "pending",       "processing"},
    Projection{domain_validation,  "verifying",           0, "PENDING-DCV",  "pending",        "pending"},
    Projection{in_review,          "verifying",           0, "CA-REVIEWING", "pending",        "processing"},
    Projection{awaiting_applicant, "verifying",           0, "CA-REVIEWING", "pending",        "processing"},
    Projection{second_approval,    "verifying",           0, "CA-REVIEWING", "needs_approval", "processing"},
    Projection{approved,           "verifying",           0, "WAIT-ISSUE",   "processing",     "processing"},
    Projection{issuing,            "verifying",           0, "WAIT-ISSUE",   "processing",     "processing"},
    Projection{issued,             "issued",              1, "",             "issued",         "valid"},
    Projection{rejected,           "validation_failed",   2, "",             "rejected",       "invalid"},
    Projection{dcv_timeout,        "validation_failed",   2, "",             "canceled",       "invalid"},
    Projection{expired,            "validation_failed",   2, "",             "canceled",       "invalid"},
};
// clang-format on
/// Labels that no state has by itself.
constexpr std::string_view kExpiredLabel = "expired";
constexpr std::string_view kRevokedLabel = "revoked";
constexpr std::string_view kVerifiedLabel = "verified";
constexpr std::uint32_t kVerified = 1;  // an organization
constexpr std::uint32_t kLetterWanted = 8;
constexpr std::uint32_t kCancelled = 7;
constexpr std::uint32_t kExpired = 3;
constexpr std::uint32_t kRevoked = 10;

bool is_wanted(const Application& application, GateName name) {
  const Gate* const gate = application.gate(name);
  return gate != nullptr && gate->state == GateState::waiting_applicant;
}

bool is_open(const Application& application, GateName name) {
  const Gate* const gate = application.gate(name);
  return gate != nullptr && gate->is_open();
}

/// What an open gate asks of the applicant.
struct GateAction {
  GateName gate;
  std::string_view code;
};
constexpr std::array kGateActions{
    GateAction{GateName::letter, "upload_letter"},
    GateAction{GateName::documents, "upload_documents"},
    GateAction{GateName::dcv, "prove_domains"},
    GateAction{GateName::email_confirm, "confirm_mail"},
    GateAction{GateName::phone_call, "answer_call"},
    GateAction{GateName::applicant_approval, "approve_request"},
    GateAction{GateName::agreement_signed, "sign_agreement"},
};

std::optional<ca::Time> deadline_of(const Application& application, GateName gate) {
  return gate == GateName::dcv ? application.deadlines.dcv : std::nullopt;
}

}  // namespace

std::span<const Projection> projections() {
  return kProjections;
}

std::vector<std::string_view> labels() {
  std::vector<std::string_view> all{kExpiredLabel, kRevokedLabel, kVerifiedLabel};
  for (const Projection& each : kProjections) {
    if (std::ranges::find(all, each.label) == all.end()) all.push_back(each.label);
  }
  return all;
}

Projection projection_of(const Application& application, CertificateFate fate) {
  const auto* const row = std::ranges::find(kProjections, application.state, &Projection::state);
  Projection projection = *row;
  if (application.state == draft && application.revision > 0) {
    projection.code = kCancelled;
    projection.list_word = "canceled";
    projection.acme = "invalid";
  }
  if (application.state == issued && fate != CertificateFate::good) {
    const bool is_expired = fate == CertificateFate::expired;
    projection.label = projection.list_word = is_expired ? kExpiredLabel : kRevokedLabel;
    projection.code = is_expired ? kExpired : kRevoked;
  }
  if (application.state == approved && is_validation_case(application)) {
    return {approved, kVerifiedLabel, kVerified, "", "validated", ""};
  }
  const bool under_way = application.state == submitted || application.state == in_review ||
                         application.state == awaiting_applicant;
  if (under_way && is_wanted(application, GateName::letter)) projection.code = kLetterWanted;
  return projection;
}

std::vector<RequiredAction> required_actions(const Application& application) {
  switch (application.state) {
    case draft:
      return {{"submit", std::nullopt}};
    case rejected:
    case dcv_timeout:
      return {{"resubmit", std::nullopt}};
    case approved:
    case issuing:
    case second_approval:
    case expired:
      return {};
    case issued:
      return {};
    case submitted:
    case pre_review:
    case domain_validation:
    case in_review:
    case awaiting_applicant:
      break;
  }
  std::vector<RequiredAction> actions;
  if (application.state == awaiting_applicant) {
    actions.push_back({"answer_info", application.deadlines.answer});
  }
  if (application.sub_state == SubState::domain_rejected) {
    actions.push_back({"retry_dcv", application.deadlines.dcv});
  }
  for (const GateAction& each : kGateActions) {
    if (is_open(application, each.gate)) {
      actions.push_back({each.code, deadline_of(application, each.gate)});
    }
  }
  return actions;
}

std::string_view acts_for(GateName gate) {
  switch (gate) {
    case GateName::info:
    case GateName::method:
    case GateName::letter:
    case GateName::documents:
    case GateName::dcv:
    case GateName::applicant_approval:
    case GateName::agreement_signed:
      return "applicant";
    case GateName::pre_review:
    case GateName::platform_check:
    case GateName::org_vetting:
    case GateName::email_confirm:
    case GateName::phone_call:
    case GateName::risk_clear:
    case GateName::second_approval:
      return "authority";
    case GateName::issue_checks:
      return "server";
  }
  std::unreachable();
}

std::vector<ProgressLine> progress_of(const Application& application) {
  std::vector<ProgressLine> lines;
  for (const Gate& gate : application.gates) {
    if (gate.requirement == GateRequirement::not_required) continue;
    lines.push_back({gate.name, gate.requirement, gate.state, acts_for(gate.name), gate.reason,
                     gate.opened_at, gate.due_at, gate.closed_at});
  }
  return lines;
}

bool has_ended(const Application& application, CertificateFate fate) {
  if (application.state == expired) return true;
  return application.state == issued && fate != CertificateFate::good;
}

namespace {

/// ALI-43, less what the product forbids (ALO-26, TFR-26) and what the certificate is past.
std::vector<std::string_view> actions_of_issued(const Application& application,
                                                const Product* made_under,
                                                const Product* on_offer,
                                                CertificateFate fate) {
  std::vector<std::string_view> actions{"download"};
  if (fate == CertificateFate::good) actions.emplace_back("revoke");
  if (has_ended(application, fate) && on_offer != nullptr) actions.emplace_back("reapply");
  if (fate == CertificateFate::withdrawn) return actions;
  const bool can_reissue = made_under != nullptr && made_under->lost_key == LostKey::reissue;
  if (can_reissue && fate != CertificateFate::expired) actions.emplace_back("reissue");
  if (on_offer != nullptr && on_offer->renewable) actions.emplace_back("renew");
  return actions;
}

}  // namespace

std::vector<std::string_view> possible_actions(const Application& application,
                                               const Product* made_under,
                                               const Product* on_offer,
                                               CertificateFate fate) {
  switch (application.state) {
    case draft:
      return {"edit", "submit", "delete"};
    case submitted:
    case pre_review:
    case domain_validation:
    case in_review:
    case second_approval:
      return {"cancel", "remind", "escalate"};
    case awaiting_applicant:
      return {"answer-info", "cancel", "remind", "escalate"};
    case approved:
      if (is_validation_case(application)) return {};
      return {"cancel"};
    case issuing:
      return {};
    case issued:
      return actions_of_issued(application, made_under, on_offer, fate);
    case rejected:
    case dcv_timeout:
      return {"resubmit"};
    case expired:
      if (on_offer == nullptr) return {};
      return {"reapply"};
  }
  std::unreachable();
}

}  // namespace policy
