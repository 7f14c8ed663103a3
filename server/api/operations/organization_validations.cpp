// Routes of what is known of organizations: how far they are validated, and bad news about them.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/organizations/organization.h"
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
using policy::OrganizationId;
using policy::OrgValidation;
using policy::Role;

constexpr std::array kValidationFields{
    text("level", "ov, ev, gm-ov or gm-ev").required(),
    word("state", "Now", words_in<policy::OrgValidationState>).required(),
    time("validatedAt", "").required(),
    time("validUntil", "When the oldest fact about it is too old").required(),
    text("applicationId", "What it rests on; app_…"),
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
  if (validation.application) out["applicationId"] = validation.application->text();
  put_stated(out, "reason", validation.reason);
  return out;
}

Answer shown(const std::vector<OrgValidation>& validations, const Call& call) {
  Page page(call, Page::Length::unlimited);
  for (const OrgValidation& each : validations) page.add(json_of(each, call.now()), "");
  return page.answer();
}

Allowed<Answer> list_validations(const Context&,
                                 const storage::Snapshot& snapshot,
                                 const Call& call) {
  const auto id = call.id<OrganizationId>("organization");
  if (const auto found = policy::find_organization(snapshot, call.actor, id); !found) {
    return policy::Refused(found.error());
  }
  return shown(policy::validations_of(snapshot, id), call);
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
};

}  // namespace

Routes organization_validation_routes() {
  return kRoutes;
}

}  // namespace server::api
