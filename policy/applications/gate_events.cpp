#include "policy/applications/gate_events.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/agencies/disclosure.h"
#include "policy/applications/case.h"
#include "policy/applications/succession.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/suspension.h"
#include "policy/reviews/desk_case.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/dual_control.h"

namespace policy {

namespace {

constexpr std::array kDesk{Role::front_desk, Role::specialist};
/// While papers are looked at.
constexpr std::array kJudging{ApplicationState::submitted, ApplicationState::pre_review,
                              ApplicationState::domain_validation, ApplicationState::in_review,
                              ApplicationState::awaiting_applicant};

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

AuditFacts told(const SignedCertificate& certificate) {
  return {{"certificate", certificate.name},
          {"certificate_sha256", ca::hex(ca::sha256(certificate.der))}};
}

bool is_paper(GateName gate) {
  return gate == GateName::letter || gate == GateName::documents;
}

bool is_desk(const Actor& actor) {
  return actor.has(Role::front_desk) || actor.has(Role::specialist);
}

/// For people of the authority what is stored of them counts.
Allowed<void> may_hand_in(const Here& here) {
  if (here.actor.has(Role::system)) return {};
  if (here.actor.tenant) {
    if (here.actor.has(Role::applicant) || here.actor.has(Role::org_admin)) return {};
    return refuse(FaultCode::forbidden, "documents are handed in by applicants");
  }
  return may_review(here, kDesk);
}

Allowed<void> may_replace(const Application& application, const Product& product, GateName name) {
  const Gate* const gate = application.gate(name);
  if (gate == nullptr || gate->state != GateState::passed) return {};
  if (name == GateName::letter && product.letter && product.letter->reupload == Reupload::never) {
    return refuse(FaultCode::reupload_not_allowed,
                  "under this product the letter cannot be replaced");
  }
  const Gate* const vetting = application.gate(GateName::org_vetting);
  if (vetting != nullptr && is_closed_well(vetting->state)) {
    return refuse(FaultCode::reupload_not_allowed, "the review it belongs to is over");
  }
  return {};
}

Allowed<Application> happened(const Here& here,
                              const Target& target,
                              const Event& event,
                              std::string_view what,
                              AuditFacts facts = {}) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  return current->finish(what, std::move(facts));
}

Allowed<void> must_be_server(const Here& here) {
  if (here.actor.has(Role::system)) return {};
  return refuse(FaultCode::forbidden, "only the server does this");
}

/// The case, with the hand in it of whoever brings a paper now.
Allowed<Case> open_for_papers(const Here& here, const Target& target, GateName gate) {
  if (auto may = may_hand_in(here); !may) return Refused(may.error());
  auto current = Case::open(here, target);
  if (!current) return current;
  if (auto may = may_upload(here.transaction, here.surroundings, current->application(), gate);
      !may) {
    return Refused(may.error());
  }
  current->involve(is_desk(here.actor) ? Part::collected : Part::edited);
  return current;
}

/// Rule A-9, the part of it that is known in here.
Allowed<void> must_still_count(const storage::Snapshot& snapshot,
                               const Application& application,
                               ca::Time now) {
  if (auto consent = is_consented(snapshot, application); !consent) return consent;
  if (auto counts = reissue_counts(snapshot, application); !counts) return counts;
  if (auto same = says_the_same(snapshot, application, "/organization"); !same) {
    return same;
  }
  const auto& organization = application.wish.organization;
  if (!names_organization(application.level) || !organization) return {};
  const auto validation = kOrgValidations.get(
      snapshot, org_validation_key(*organization, application.level, application.standard));
  const Gate* const vetting = application.gate(GateName::org_vetting);
  const bool waived_by_other = vetting != nullptr && vetting->reason == "same_information";
  if (auto standing = must_not_be_suspended(snapshot, organization); !standing) return standing;
  if (!waived_by_other && (!validation || !validation->counts_at(now))) {
    return refuse(FaultCode::org_validation_expired,
                  "the validation of the organization is too old");
  }
  if (!asks_agencies(application.level, application.standard)) return {};
  return must_be_registered_at_an_agency(snapshot, *organization, now);
}

}  // namespace

Allowed<void> may_upload(const storage::Snapshot& /*snapshot*/,
                         const Surroundings& surroundings,
                         const Application& application,
                         GateName gate) {
  if (!is_paper(gate)) {
    return refuse(FaultCode::validation, "papers are for the gates letter and documents");
  }
  const Product* const product =
      surroundings.catalog.version(application.product, application.product_version);
  const Gate* const asked = application.gate(gate);
  if (product == nullptr || asked == nullptr ||
      asked->requirement == GateRequirement::not_required) {
    return refuse(FaultCode::state_conflict, "the product asks for no such paper");
  }
  switch (application.state) {
    case ApplicationState::draft:
    case ApplicationState::rejected:
    case ApplicationState::dcv_timeout:
      return {};
    case ApplicationState::submitted:
    case ApplicationState::pre_review:
    case ApplicationState::domain_validation:
    case ApplicationState::in_review:
    case ApplicationState::awaiting_applicant:
      return may_replace(application, *product, gate);
    case ApplicationState::second_approval:
    case ApplicationState::approved:
    case ApplicationState::issuing:
    case ApplicationState::issued:
    case ApplicationState::expired:
      return refuse(FaultCode::state_conflict, "nothing is handed in for an application that is " +
                                                   std::string(text_of(application.state)));
  }
  std::unreachable();
}

Allowed<Application> documents_complete(const Here& here,
                                        const Target& target,
                                        GateName gate,
                                        const DocumentId& newest) {
  auto current = open_for_papers(here, target, gate);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  const Gate* const there = application.gate(gate);
  // Row 14: what a reviewer has opened the letter for is the answer to the asking.
  const bool answers = gate == GateName::letter && there->is_open() &&
                       application.state == ApplicationState::awaiting_applicant &&
                       is_letter_reopened(here.transaction, application) &&
                       open_document_requests(here.transaction, application).empty();
  // Before its gate opens a paper is at hand and no more (PapersAtHand).
  if (there->state != GateState::blocked) {
    const Event event{.kind = EventKind::gate_passed, .gate = gate, .evidence = {newest.text()}};
    if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  }
  if (answers) {
    auto moved = current->happen({.kind = EventKind::answer_info}, server_itself());
    if (!moved) return Refused(moved.error());
  }
  return current->finish("documents_complete",
                         {{"gate", std::string(text_of(gate))}, {"document", newest.text()}});
}

Allowed<Application> document_added(const Here& here,
                                    const Target& target,
                                    GateName gate,
                                    const DocumentId& newest) {
  auto current = open_for_papers(here, target, gate);
  if (!current) return Refused(current.error());
  return current->finish("document_added",
                         {{"gate", std::string(text_of(gate))}, {"document", newest.text()}});
}

Allowed<Application> requested_document_added(const Here& here,
                                              const Target& target,
                                              DocumentKind kind,
                                              std::optional<GateName> complete,
                                              const DocumentId& newest) {
  if (auto may = may_hand_in(here); !may) return Refused(may.error());
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  current->involve(is_desk(here.actor) ? Part::collected : Part::edited);
  const Gate* const gate = complete ? current->application().gate(*complete) : nullptr;
  if (gate != nullptr && (gate->is_open() || gate->state == GateState::passed)) {
    const Event event{
        .kind = EventKind::gate_passed, .gate = complete, .evidence = {newest.text()}};
    if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  }
  const std::size_t missing =
      settle_document_request(here.transaction, current->application(), kind, newest, here.now);
  if (missing == 0) {
    // Whoever hands it in, it is the answer that the applicant was waited for.
    auto moved = current->happen({.kind = EventKind::answer_info}, server_itself());
    if (!moved) return Refused(moved.error());
  }
  return current->finish("requested_document_added", {{"kind", std::string(text_of(kind))},
                                                      {"document", newest.text()},
                                                      {"missing", std::to_string(missing)}});
}

Allowed<Application> document_accepted(const Here& here,
                                       const Target& target,
                                       const DocumentId& document) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  const ApplicationState state = current->application().state;
  if (std::ranges::find(kJudging, state) == kJudging.end()) {
    return refuse(FaultCode::state_conflict, "the papers of an application that is " +
                                                 std::string(text_of(state)) + " are not judged");
  }
  current->involve(Part::collected);
  return current->finish("document_accepted", {{"document", document.text()}});
}

Allowed<Application> document_refused(const Here& here,
                                      const Target& target,
                                      GateName gate,
                                      const DocumentId& document,
                                      std::string reason) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  if (auto moved =
          current->happen({.kind = EventKind::gate_reopened, .gate = gate, .reason = reason});
      !moved) {
    return Refused(moved.error());
  }
  current->involve(Part::collected);
  Application after = current->finish("document_refused", {{"gate", std::string(text_of(gate))},
                                                           {"document", document.text()},
                                                           {"reason", std::move(reason)}});
  here.surroundings.followers.notice(here.transaction, after, Notice::document_refused, here.now);
  return after;
}

Allowed<Application> dcv_passed(const Here& here,
                                const Target& target,
                                std::vector<std::string> claims) {
  return happened(
      here, target,
      {.kind = EventKind::gate_passed, .gate = GateName::dcv, .evidence = std::move(claims)},
      "dcv_passed");
}

Allowed<Application> dcv_name_refused(const Here& here, const Target& target, std::string reason) {
  return happened(here, target, {.kind = EventKind::name_refused, .reason = reason},
                  "dcv_name_refused", {{"reason", reason}});
}

Allowed<Application> risk_cleared(const Here& here, const Target& target, std::string evidence) {
  if (auto server = must_be_server(here); !server) return Refused(server.error());
  return happened(here, target,
                  {.kind = EventKind::gate_passed,
                   .gate = GateName::risk_clear,
                   .evidence = {std::move(evidence)}},
                  "risk_cleared");
}

Allowed<Application> risk_found(const Here& here, const Target& target, std::string reason) {
  if (!here.actor.has(Role::system)) {
    if (auto may = may_review(here, kDesk); !may) return Refused(may.error());
  }
  return happened(here, target, {.kind = EventKind::high_risk, .reason = reason}, "risk_found",
                  {{"reason", reason}});
}

Allowed<Application> applicant_contacted(const Here& here, const Target& target) {
  if (auto server = must_be_server(here); !server) return Refused(server.error());
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  if (current->application().first_contact_at) return current->application();
  current->edit().first_contact_at = here.now;
  current->edit().deadlines.first_contact.reset();
  return current->finish("contacted");
}

Allowed<Application> begin_issuing(const Here& here, const Target& target) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  if (auto server = must_be_server(here); !server) return Refused(server.error());
  if (current->application().state == ApplicationState::approved) {
    auto counts = must_still_count(here.transaction, current->application(), here.now);
    if (!counts) return Refused(counts.error());
  }
  if (auto moved = current->happen({.kind = EventKind::begin_issuing}); !moved) {
    return Refused(moved.error());
  }
  current->edit().gate(GateName::issue_checks)->reason.clear();  // why it waited
  return current->finish("issuing");
}

Allowed<void> approval_counts(const Here& here, const Target& target) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  return approval_counts(here.transaction, current->application(), here.now);
}

Allowed<void> approval_counts(const storage::Snapshot& snapshot,
                              const Application& application,
                              ca::Time now) {
  const bool is_approved = application.state == ApplicationState::approved ||
                           application.state == ApplicationState::issuing ||
                           application.state == ApplicationState::issued;
  if (!is_approved) {
    return refuse(FaultCode::state_conflict,
                  "the application is " + std::string(text_of(application.state)));
  }
  const auto& until = application.deadlines.approval;
  if (until && now >= *until) {
    return refuse(FaultCode::org_validation_expired,
                  "the approval counted until " + ca::rfc3339(*until));
  }
  return must_still_count(snapshot, application, now);
}

Allowed<Application> certificate_issued(const Here& here,
                                        const Target& target,
                                        const SignedCertificate& certificate) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  if (auto moved = current->happen({.kind = EventKind::issued, .certificate = certificate.name});
      !moved) {
    return Refused(moved.error());
  }
  const auto& follows = current->application().follows;
  if (follows && follows->replaced == Replaced::is_revoked) {
    current->edit().deadlines.replaced = here.now + kReplacedStays;
  }
  return current->finish("issued", told(certificate));
}

Allowed<Application> issue_failed(const Here& here, const Target& target, std::string reason) {
  return happened(here, target, {.kind = EventKind::issue_failed, .reason = reason}, "issue_failed",
                  {{"reason", reason}});
}

Allowed<Application> issue_refused(const Here& here,
                                   const Target& target,
                                   std::string code,
                                   std::string reason) {
  if (auto server = must_be_server(here); !server) return Refused(server.error());
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  Decision decision{.kind = DecisionKind::reject, .code = code, .text = reason};
  decision.at = here.now;
  if (auto put = put_decision(here.transaction, current->edit(), std::move(decision)); !put) {
    return Refused(put.error());
  }
  if (auto moved = current->happen({.kind = EventKind::issue_refused, .reason = reason}); !moved) {
    return Refused(moved.error());
  }
  return current->finish("issue_refused",
                         {{"code", std::move(code)}, {"reason", std::move(reason)}});
}

Allowed<Application> another_certificate(const Here& here,
                                         const Target& target,
                                         const SignedCertificate& certificate) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  if (current->application().state != ApplicationState::issued) {
    return refuse(FaultCode::state_conflict, "there is no first certificate yet");
  }
  if (auto counts = must_still_count(here.transaction, current->application(), here.now); !counts) {
    return Refused(counts.error());
  }
  if (auto moved = current->happen({.kind = EventKind::issued, .certificate = certificate.name});
      !moved) {
    return Refused(moved.error());
  }
  return current->finish("issued_again", told(certificate));
}

}  // namespace policy
