// Routes of what is known of organizations: how far they are validated, bad news about them, and
// what their approvers have said ahead of time (rule A-14).
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "policy/applications/validation_case.h"
#include "policy/organizations/organization.h"
#include "policy/organizations/standing_approval.h"
#include "policy/organizations/suspension.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ContactId;
using policy::FaultCode;
using policy::OrganizationId;
using policy::OrgValidation;
using policy::Refused;
using policy::Role;
using policy::StandingApproval;

constexpr std::array kFactFields{
    text("step", "Of the checklist that found it").required(),
    told("says", "step", Vocabulary::review_step),
    time("collectedAt", "When the data is from; it counts from then on").required(),
};
constexpr Shape kFact{"OrganizationFact", "A fact about an organization that ages by itself.",
                      kFactFields};
constexpr std::array kValidationFields{
    text("level", "ov, ev, gm-ov or gm-ev").required(),
    word("state", "Now", words_in<policy::OrgValidationState>).required(),
    time("validatedAt", "Last; there in every state but pending and in_review"),
    time("validUntil", "When the oldest fact about it is too old; there with validatedAt"),
    object("facts", "What it rests on, each with its age", kFact).list(),
    text("approvedDomains", "The names that it was looked at with, if any", 253).list(),
    text("verifiedContactIds", "The people that it was looked at with, con_…").list(),
    text("applicationId",
         "What it rests on: an application or a validation, app_…; there with validatedAt"),
    text("underWayId",
         "The validation that was begun and is not decided, app_…; there in pending and in_review, "
         "and beside whatever is known already"),
    text("reason", "Of a suspension"),
};
constexpr Shape kValidation{"OrganizationValidation",
                            "For which kind of certificate an organization was looked at.",
                            kValidationFields};
constexpr std::array kReasonFields{
    text("reason", "One line; ACME clients of the organization are shown it", 400).required()};
constexpr Shape kReason{"OrganizationReason", "Why.", kReasonFields};

constexpr Access kSuspenders({{Over::all, {Role::specialist, Role::supervisor}}});
using enum policy::FaultCode;
constexpr std::array kFaults{state_conflict};

json json_of(const OrgValidation& validation, ca::Time now) {
  json out{{"level", policy::level_word(validation.level, validation.standard)},
           {"state", policy::text_of(validation.state_at(now))},
           {"validatedAt", ca::rfc3339(validation.validated_at)},
           {"validUntil", ca::rfc3339(validation.valid_until)}};
  json facts = json::array();
  for (const policy::CollectedItem& each : validation.items) {
    facts.push_back({{"step", each.step}, {"collectedAt", ca::rfc3339(each.collected_at)}});
  }
  out["facts"] = std::move(facts);
  out["approvedDomains"] = validation.approved_domains;
  json contacts = json::array();
  for (const ContactId& each : validation.verified_contacts) contacts.push_back(each.text());
  out["verifiedContactIds"] = std::move(contacts);
  if (validation.application) out["applicationId"] = validation.application->text();
  put_stated(out, "reason", validation.reason);
  return out;
}

Answer shown(const std::vector<OrgValidation>& validations, const Call& call) {
  Page page(call, Page::Length::unlimited);
  for (const OrgValidation& each : validations) page.add(json_of(each, call.now()), "");
  return page.answer();
}

/// Of one that was never validated for this.
json json_of(const policy::ValidationKind& kind, const policy::Application& under_way) {
  const bool is_looked_at = under_way.state == policy::ApplicationState::in_review ||
                            under_way.state == policy::ApplicationState::second_approval;
  const auto state =
      is_looked_at ? policy::OrgValidationState::in_review : policy::OrgValidationState::pending;
  return {{"level", kind.word}, {"state", policy::text_of(state)}};
}

Allowed<Answer> list_validations(const Context&,
                                 const storage::Snapshot& snapshot,
                                 const Call& call) {
  const auto id = call.id<OrganizationId>("organization");
  if (const auto found = policy::find_organization(snapshot, call.actor, id); !found) {
    return policy::Refused(found.error());
  }
  Page page(call, Page::Length::unlimited);
  for (const policy::ValidationKind& kind : policy::kValidationKinds) {
    const auto known = policy::kOrgValidations.get(
        snapshot, policy::org_validation_key(id, kind.level, kind.standard));
    const auto under_way = policy::validation_under_way(snapshot, id, kind.level, kind.standard);
    if (!known && !under_way) continue;
    json one = known ? json_of(*known, call.now()) : json_of(kind, *under_way);
    if (under_way) one["underWayId"] = under_way->id.text();
    page.add(std::move(one), "");
  }
  return page.answer();
}

using Change = Allowed<std::vector<OrgValidation>> (*)(const policy::Here&,
                                                       const OrganizationId&,
                                                       const std::string& reason);

template <Change change>
Allowed<Answer> change_standing(const Context& context,
                                storage::Transaction& transaction,
                                const Call& call) {
  const auto changed = change(here(context, transaction, call),
                              call.id<OrganizationId>("organization"), call.body.text("reason"));
  if (!changed) return policy::Refused(changed.error());
  return shown(*changed, call);
}

constexpr std::array kApprovalFields{
    text("id", "Its number, within the organization").required(),
    text("domains", "And every name under them", 253).list().required(),
    text("approverId", "The contact who approves, con_…").required(),
    text("by", "The person behind it, per_…").required(),
    time("from", "").required(),
    time("until", "").required(),
    time("withdrawnAt", ""),
    boolean("counts",
            "Whether orders rest on it now: it is neither withdrawn nor over, and people have "
            "looked at the organization and the approver for EV")
        .required(),
};
constexpr Shape kApproval{
    "StandingApproval", "An approver's word ahead of time for EV certificates of an organization.",
    kApprovalFields};
constexpr std::array kNewApprovalFields{
    text("approverId", "The contact of the caller's own, con_…", 26).required(),
    text("domains", "In lower case; every name under them is approved too", 253).list().required(),
    time("until", "At most 398 days ahead").required(),
};
constexpr Shape kNewApproval{"NewStandingApproval", "For which domains, and until when.",
                             kNewApprovalFields};

/// For either of the two hierarchies.
bool counts(const storage::Snapshot& snapshot, const StandingApproval& approval, ca::Time now) {
  for (const policy::OrgValidation& each :
       policy::validations_of(snapshot, approval.organization)) {
    const bool is_for_ev =
        each.level == policy::ValidationLevel::ev && each.counts_at(now) && each.is_by_two();
    if (is_for_ev && policy::counts_at(snapshot, approval, each, now)) return true;
  }
  return false;
}

json json_of(const storage::Snapshot& snapshot,
             std::uint64_t number,
             const StandingApproval& approval,
             ca::Time now) {
  json out{{"id", std::to_string(number)},
           {"domains", approval.domains},
           {"approverId", approval.approver.text()},
           {"by", approval.by.text()},
           {"from", ca::rfc3339(approval.from)},
           {"until", ca::rfc3339(approval.until)},
           {"counts", counts(snapshot, approval, now)}};
  put_time(out, "withdrawnAt", approval.withdrawn_at);
  return out;
}

OrganizationId organization_in(const Call& call) {
  return call.id<OrganizationId>("organization");
}

Allowed<Answer> list_approvals(const Context&,
                               const storage::Snapshot& snapshot,
                               const Call& call) {
  const auto found = policy::find_organization(snapshot, call.actor, organization_in(call));
  if (!found) return Refused(found.error());
  Page page(call, Page::Length::unlimited);
  for (const auto& [number, approval] :
       policy::standing_approvals_of(snapshot, organization_in(call))) {
    page.add(json_of(snapshot, number, approval, call.now()), "");
  }
  return page.answer();
}

Allowed<Answer> give(const Context& context, storage::Transaction& transaction, const Call& call) {
  const auto approver = ContactId::parse(call.body.text("approverId"));
  if (!approver) {
    const std::string detail = "expected the id of a contact, con_…";
    return Refused({FaultCode::validation,
                    "The body is not what is taken here.",
                    {{"/approverId", FaultCode::validation, detail}}});
  }
  StandingApproval approval;
  approval.organization = organization_in(call);
  approval.approver = *approver;
  approval.domains = call.body.texts("domains");
  approval.until = call.body.time("until").value();
  const auto number =
      policy::give_standing_approval(here(context, transaction, call), std::move(approval));
  if (!number) return Refused(number.error());
  const auto given = policy::standing_approvals_of(transaction, organization_in(call)).back();
  Answer answer = json_answer(json_of(transaction, *number, given.second, call.now()));
  answer.location = std::string(kPrefix) + "/organizations/" + organization_in(call).text() +
                    "/approvals/" + std::to_string(*number);
  answer.status = 201;
  return answer;
}

Allowed<Answer> withdraw(const Context& context,
                         storage::Transaction& transaction,
                         const Call& call) {
  const std::string& text = call.argument("approval");
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  const auto done = policy::withdraw_standing_approval(here(context, transaction, call),
                                                       organization_in(call), number);
  if (!done) return Refused(done.error());
  return empty_answer();
}

constexpr Access kWithdrawers({{Over::tenant, {Role::certificate_approver, Role::org_admin}}});

constexpr std::array kApprovalFaults{policy::FaultCode::quota_exceeded};

constexpr std::string_view kApprovals = "/organizations/{organization}/approvals";

constexpr std::array kRoutes{
    reading("/organizations/{organization}/validations",
            "listOrganizationValidations",
            "How far an organization is validated",
            kStatementReaders,
            list_validations)
        .gives_pages_of(kValidation),
    changing(Method::post,
             "/desk/organizations/{organization}:suspend",
             "suspendOrganization",
             "Bad news: nothing is signed that names it, and ACME orders that wait end",
             kSuspenders,
             change_standing<policy::suspend_organization>)
        .takes(kReason)
        .gives_pages_of(kValidation)
        .may_refuse(kFaults),
    changing(Method::post,
             "/desk/organizations/{organization}:reinstate",
             "reinstateOrganization",
             "Ends a suspension; orders that were refused stay so",
             kSupervisors,
             change_standing<policy::reinstate_organization>)
        .takes(kReason)
        .gives_pages_of(kValidation)
        .may_refuse(kFaults),
    reading(kApprovals,
            "listStandingApprovals",
            "What approvers have said ahead of time, also what is over",
            kStatementReaders,
            list_approvals)
        .gives_pages_of(kApproval),
    changing(Method::post,
             kApprovals,
             "giveStandingApproval",
             "Approves EV certificates for domains until a day, so that no single request waits "
             "for it",
             kApprovers,
             give)
        .takes(kNewApproval)
        .gives(kApproval, 201)
        .may_refuse(kApprovalFaults),
    changing(Method::remove,
             "/organizations/{organization}/approvals/{approval}",
             "withdrawStandingApproval",
             "Lets it count no more; it stays in the list",
             kWithdrawers,
             withdraw)
        .gives_nothing(),
};

}  // namespace

Routes organization_validation_routes() {
  return kRoutes;
}

}  // namespace server::api
