// Routes with which applicants hand in what they have written.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/commands.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/new_application.h"
#include "server/api/operations/wish.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ApplicationId;

Allowed<Answer> submit_application(const Context& context,
                                   storage::Transaction& transaction,
                                   const Call& call) {
  const auto submitted = signable(
      context, policy::submit_application(here(context, transaction, call), target_of(call)), call);
  if (!submitted) return policy::Refused(submitted.error());
  return submitted_answer(context, transaction, *submitted, call);
}
constexpr std::array kResubmittedFields{
    object("application", "", kApplication).required(),
    object("changes", "Against the revision before", kChangedShape).list().required(),
    text("untouched", "Fields that were at fault and are as they were").list().required(),
};
constexpr Shape kResubmitted{"Resubmitted", "An application that was submitted again.",
                             kResubmittedFields};

Allowed<Answer> resubmit_application(const Context& context,
                                     storage::Transaction& transaction,
                                     const Call& call) {
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  const auto id = call.id<ApplicationId>("application");
  const auto before = policy::visible_application(transaction, call.actor, id);
  if (!before) return policy::Refused(before.error());
  std::optional<policy::Wish> wish;
  if (change.has_wish) wish = change.applied_to(before->wish, call.body);
  const auto again = policy::resubmit_application(here(context, transaction, call),
                                                  {id, call.version}, std::move(wish));
  if (!again) return policy::Refused(again.error());
  json changes = json::array();
  for (const policy::Change& each : again->changes) changes.push_back(json_of(each));
  const auto possible = signable(context, again->application, call);
  if (!possible) return policy::Refused(possible.error());
  json shown = json_of(*possible, {context, transaction, call.now(), call.actor});
  shown["notice"] = kKeepReachable;
  return json_answer({{"application", std::move(shown)},
                      {"changes", std::move(changes)},
                      {"untouched", again->untouched}},
                     again->application.version);
}

using enum policy::FaultCode;
/// Whatever is asked for is judged as a whole now, in the state it is in.
constexpr std::array kSubmitFaults{csr_invalid,
                                   csr_names_mismatch,
                                   key_rejected,
                                   ip_not_allowed,
                                   wildcard_not_allowed,
                                   suffix_not_allowed,
                                   name_not_allowed,
                                   too_many_names,
                                   combine_required,
                                   entitlement_required,
                                   dcv_method_not_available,
                                   validation,
                                   state_conflict,
                                   already_issued,
                                   not_resubmittable,
                                   org_validation_expired,
                                   validity_not_allowed};

constexpr std::array kRoutes{
    changing(Method::post,
             "/applications/{application}:submit",
             "submitApplication",
             "Freezes a revision and starts the clock",
             kCaseOwners,
             submit_application)
        .if_match()
        .gives(kApplication)
        .may_refuse(kSubmitFaults),
    changing(Method::post,
             "/applications/{application}:resubmit",
             "resubmitApplication",
             "Submits it again after a rejection or a time-out",
             kCaseOwners,
             resubmit_application)
        .takes(kResubmission)
        .prepared_by(prepare_wish)
        .if_match()
        .gives(kResubmitted)
        .may_refuse(kSubmitFaults),
};

}  // namespace

Routes submission_routes() {
  return kRoutes;
}

}  // namespace server::api
