// Routes of applications, for those who ask for certificates.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "ca/audit_log.h"
#include "policy/applications/applications.h"
#include "policy/applications/commands.h"
#include "policy/applications/validation_case.h"
#include "server/api/operations/application_history.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/domain_control_shapes.h"
#include "server/api/operations/filters.h"
#include "server/api/operations/new_application.h"
#include "server/api/operations/wish.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using policy::Here;
using policy::Target;

Allowed<Answer> shown(const Context& context,
                      const storage::Snapshot& snapshot,
                      const Allowed<Application>& outcome,
                      const Call& call) {
  if (!outcome) return policy::Refused(outcome.error());
  return json_answer(json_of(*outcome, {context, snapshot, call.now(), call.actor}),
                     outcome->version);
}

constexpr QueryParameter kState{"filter[state]", "Applications in this state",
                                words_of<policy::application_states>};
constexpr QueryParameter kOrganization{"filter[organization]", "For this organization"};
constexpr QueryParameter kName{"filter[name]", "That ask for this name, among others"};
constexpr QueryParameter kProduct{"filter[product]", "For this product"};
constexpr QueryParameter kPurpose{"filter[purpose]",
                                  "What comes of them; certificate if absent, and no validations",
                                  words_in<policy::ApplicationPurpose>};
constexpr std::array kListQuery{kLimit, kCursor, kState, kOrganization, kName, kProduct, kPurpose};

/// Also one that is on offer no more: there are applications under it.
bool is_product(const Context& context, const std::string& name) {
  const auto& versions = context.surroundings.catalog.versions();
  return std::ranges::find(versions, name, &policy::Product::name) != versions.end();
}

Allowed<policy::ApplicationFilter> filter_of(const Context& context, const Call& call) {
  policy::ApplicationFilter filter;
  filter.tenant = call.actor.tenant;
  if (const auto text = call.query.find(kState.name)) {
    filter.state = policy::application_state(*text);
  }
  const auto organization = id_filter<policy::OrganizationId>(call, kOrganization);
  if (!organization) return policy::Refused(organization.error());
  filter.organization = *organization;
  const auto name = name_filter(call, kName);
  if (!name) return policy::Refused(name.error());
  filter.name = *name;
  filter.product = call.query.find(kProduct.name);
  if (filter.product && !is_product(context, *filter.product)) {
    return no_such_thing(kProduct, *filter.product);
  }
  return filter;
}

Allowed<Answer> list_applications(const Context& context,
                                  const storage::Snapshot& snapshot,
                                  const Call& call) {
  const auto filter = filter_of(context, call);
  if (!filter) return policy::Refused(filter.error());
  const auto found =
      policy::application_page(snapshot, *filter, call.query.cursor(), call.query.limit());
  if (!found) return policy::Refused(found.error());
  const auto purpose = policy::spelled<policy::ApplicationPurpose>(call.query.text(kPurpose.name))
                           .value_or(policy::ApplicationPurpose::certificate);
  Page page(call);
  for (const Application& each : found->applications) {
    if (policy::purpose_of(each) != purpose) continue;
    if (!call.access->allows(call.actor, owner_of(each))) continue;
    page.add(json_of(each, {context, snapshot, call.now(), call.actor}), each.id.octets());
  }
  if (found->next) page.stop_at(*found->next);
  return page.answer();
}

Allowed<Answer> read_application(const Context& context,
                                 const storage::Snapshot& snapshot,
                                 const Call& call) {
  return shown(
      context, snapshot,
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application")),
      call);
}

/// Puts a part of the application into an answer.
template <auto part>
Allowed<Answer> read_part(const Context& context,
                          const storage::Snapshot& snapshot,
                          const Call& call) {
  const auto found =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!found) return policy::Refused(found.error());
  return json_answer(part(*found, {context, snapshot, call.now(), call.actor}), found->version);
}

/// ALI-22: who waits for longer than was promised looks into the DNS first.
Allowed<Answer> read_progress(const Context& context,
                              const storage::Snapshot& snapshot,
                              const Call& call) {
  const auto found =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!found) return policy::Refused(found.error());
  json out = progress_json(*found, {context, snapshot, call.now(), call.actor});
  const policy::Gate* const gate = found->gate(policy::GateName::dcv);
  const bool is_late = found->expected_at && call.now() > *found->expected_at;
  if (is_late && gate != nullptr && gate->is_open()) {
    const auto control = policy::kDomainControls.get(snapshot, found->id.octets());
    if (control) out["late"] = late_json(*control);
  }
  return json_answer(out, found->version);
}

json actions_page(const Application& application, const Sight& sight) {
  return {{"items", required_actions_json(application, sight)}};
}

Allowed<Answer> create_application(const Context& context,
                                   storage::Transaction& transaction,
                                   const Call& call) {
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  policy::NewApplication wanted{.product = call.body.text("product"),
                                .source = policy::ApplicationSource::api,
                                .tenant = call.actor.tenant.value(),
                                .wish = change.applied_to({}, call.body),
                                .labels = labels_with({}, call.body)};
  const auto id = ApplicationId::fresh(context.random, call.time);
  const auto made =
      policy::create_application(here(context, transaction, call), id, std::move(wanted));
  return begun_answer(context, transaction, made, call);
}

Allowed<Answer> edit_application(const Context& context,
                                 storage::Transaction& transaction,
                                 const Call& call) {
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  const auto id = call.id<ApplicationId>("application");
  const Here place = here(context, transaction, call);
  auto now = policy::visible_application(transaction, call.actor, id);
  if (!now) return policy::Refused(now.error());
  Target target{id, call.version};
  if (change.has_wish) {
    now = policy::edit_application(place, target, change.applied_to(now->wish, call.body));
    now = signable(context, std::move(now), call);
    if (!now) return policy::Refused(now.error());
    target.if_version = now->version;
  }
  if (change.has_labels || !change.has_wish) {
    now = policy::label_application(place, target, labels_with(now->labels, call.body));
  }
  return shown(context, transaction, now, call);
}

Allowed<Answer> delete_application(const Context& context,
                                   storage::Transaction& transaction,
                                   const Call& call) {
  const auto gone = policy::delete_application(
      here(context, transaction, call), {call.id<ApplicationId>("application"), call.version});
  if (!gone) return policy::Refused(gone.error());
  return empty_answer();
}

/// A command that takes nothing but the application.
template <auto command>
Allowed<Answer> act(const Context& context, storage::Transaction& transaction, const Call& call) {
  return shown(context, transaction, command(here(context, transaction, call), target_of(call)),
               call);
}
/// A command that takes a text.
template <auto command>
Allowed<Answer> act_saying(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  return shown(context, transaction,
               command(here(context, transaction, call), target_of(call), call.body.text("text")),
               call);
}

Allowed<Answer> sign_agreement(const Context& context,
                               storage::Transaction& transaction,
                               const Call& call) {
  return shown(context, transaction,
               policy::sign_agreement(here(context, transaction, call), target_of(call),
                                      call.body.text("agreement")),
               call);
}

Allowed<Answer> read_timeline(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!found) return policy::Refused(found.error());
  return timeline_page(snapshot, *found, call);
}

constexpr std::array kSayFields{text("text", "", kLongText).required()};
constexpr Shape kSay{"Text", "Something said to people.", kSayFields};
constexpr std::array kAgreementFields{text("agreement", "Which version is signed").required()};
constexpr Shape kAgreement{"Agreement", "What is signed.", kAgreementFields};
constexpr std::array kTimelineQuery{kLimit, kCursor};

using enum policy::FaultCode;
constexpr std::array kEditFaults{csr_invalid,      csr_names_mismatch, key_rejected,
                                 name_not_allowed, too_many_names,     names_locked,
                                 state_conflict};
constexpr std::array kStateFaults{state_conflict, already_issued};
constexpr std::array kAskFaults{state_conflict, rate_limited};
constexpr std::array kSignerFaults{state_conflict, self_approval, evidence_missing};

constexpr std::string_view kOne = "/applications/{application}";

constexpr std::array kRoutes{
    reading("/applications",
            "listApplications",
            "Applications, newest first",
            kCaseReaders,
            list_applications)
        .with_query(kListQuery)
        .gives_pages_of(kApplication),
    changing(Method::post,
             "/applications",
             "createApplication",
             "Starts a draft; whatever is missing can follow",
             kCaseOwners,
             create_application)
        .takes(kNewApplication)
        .prepared_by(prepare_wish)
        .gives(kApplication, 201)
        .may_refuse(kWishFaults),
    reading(kOne, "readApplication", "One application", kCaseReaders, read_application)
        .gives(kApplication),
    changing(Method::patch,
             kOne,
             "editApplication",
             "Changes a draft, or the labels of any",
             kCaseOwners,
             edit_application)
        .takes(kApplicationChange)
        .prepared_by(prepare_wish)
        .if_match()
        .gives(kApplication)
        .may_refuse(kEditFaults),
    changing(Method::remove,
             kOne,
             "deleteApplication",
             "Removes a draft",
             kCaseOwners,
             delete_application)
        .if_match()
        .gives_nothing()
        .may_refuse(kStateFaults),
    reading("/applications/{application}/progress",
            "readProgress",
            "How far it has come",
            kProgressReaders,
            read_progress)
        .gives(kProgress),
    reading("/applications/{application}/required-actions",
            "listRequiredActions",
            "What the applicant has to do",
            kProgressReaders,
            read_part<actions_page>)
        .gives_pages_of(kRequiredAction),
    reading("/applications/{application}/timeline",
            "readTimeline",
            "What happened, oldest first",
            kCaseReaders,
            read_timeline)
        .with_query(kTimelineQuery)
        .gives_pages_of(kTimelineEntry),
    changing(Method::post,
             "/applications/{application}:cancel",
             "cancelApplication",
             "Back to draft, before it is issued",
             kCaseOwners,
             act<policy::cancel_application>)
        .may_match()
        .gives(kApplication)
        .may_refuse(kStateFaults),
    changing(Method::post,
             "/applications/{application}:withdraw",
             "withdrawApplication",
             "The same under another name",
             kCaseOwners,
             act<policy::cancel_application>)
        .may_match()
        .gives(kApplication)
        .may_refuse(kStateFaults),
    changing(Method::post,
             "/applications/{application}:remind",
             "remindReviewers",
             "Asks to be looked at, once a business day",
             kCaseOwners,
             act<policy::remind_reviewers>)
        .may_match()
        .gives(kApplication)
        .may_refuse(kAskFaults),
    changing(Method::post,
             "/applications/{application}:escalate",
             "escalateApplication",
             "Says that nobody made contact; a supervisor looks",
             kCaseOwners,
             act_saying<policy::escalate_application>)
        .takes(kSay)
        .may_match()
        .gives(kApplication)
        .may_refuse(kAskFaults),
    changing(Method::post,
             "/applications/{application}:answer-info",
             "answerInfo",
             "Answers what a reviewer asked; the clock goes on",
             kCaseOwners,
             act_saying<policy::answer_info>)
        .takes(kSay)
        .may_match()
        .gives(kApplication)
        .may_refuse(kStateFaults),
    changing(Method::post,
             "/applications/{application}:approve-as-approver",
             "approveAsApprover",
             "The Certificate Approver approves the request (EVG 3.2.2.10)",
             kApprovers,
             act<policy::approve_as_approver>)
        .if_match()
        .gives(kApplication)
        .may_refuse(kSignerFaults),
    changing(Method::post,
             "/applications/{application}:sign-agreement",
             "signAgreement",
             "The Contract Signer signs (EVG 3.2.2.9)",
             kSigners,
             sign_agreement)
        .takes(kAgreement)
        .if_match()
        .gives(kApplication)
        .may_refuse(kSignerFaults),
};

}  // namespace

Routes application_routes() {
  return kRoutes;
}

}  // namespace server::api
