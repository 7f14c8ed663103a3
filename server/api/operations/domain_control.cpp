// Routes of domain control: what an application asks its applicant to place, what was seen of it,
// and the domains that an organization has proven.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/applications/applications.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/control.h"
#include "policy/organizations/organization.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/wish.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using policy::ControlItem;
using policy::ControlMethod;
using policy::DomainControl;
using policy::FaultCode;
using policy::Refused;

std::vector<std::string_view> control_code_words() {
  std::vector<std::string_view> words;
  for (const auto& facts : policy::control_codes()) words.push_back(facts.text);
  return words;
}

constexpr std::array kRecordFields{
    text("zone", "The domain whose zone it usually goes into", 253).required(),
    text("host", "Relative to the zone", 253).required(),
    text("fqdn", "The full name", 253).required(),
    text("type", "TXT or CNAME").required(),
    text("value", "", 1'000).required(),
};
constexpr Shape kRecord{"DcvRecord", "A DNS record to add.", kRecordFields};
constexpr std::array kFileFields{
    text("path", "Where, on every server behind the name", 1'000).required(),
    text("content", "This and nothing else", 1'000).required(),
};
constexpr Shape kFile{"DcvFile", "A file to serve over HTTP on port 80.", kFileFields};
constexpr std::array kItemFields{
    object("identifier", "", kIdentifier).required(),
    word("method", "How control is proven", words_in<ControlMethod>).required(),
    text("authorizationDomain", "Where it is looked for", 253).required(),
    object("record", "To add, for methods of the DNS", kRecord),
    object("files", "To serve one of, for methods of the web", kFile).list(),
    boolean("proven", "").required(),
    boolean("removable", "Whether what was placed is needed no more").required(),
    text("claimId", "The evidence, clm_…"),
    time("lookedAt", "When it was looked for last"),
    word("code", "What was wrong then", control_code_words),
    text("detail", "The same in words", kLongText),
    text("hint", "What can be done about it", kLongText),
    text("seen", "The values found", kLongText).list(),
    text("trace", "Every step of the last look", kLongText).list(),
};
constexpr Shape kItem{"DcvItem", "Domain control of one name.", kItemFields};
constexpr std::array kControlFields{
    boolean("open", "Whether it is being looked for").required(),
    boolean("frequently", "Whether a check was asked for too soon after the last one").required(),
    time("openedAt", "").required(),
    time("deadline", "Until when everything has to be proven").required(),
    time("nextLookAt", "When the server looks by itself"),
    object("items", "One for each name of the certificate", kItem).list().required(),
};
constexpr Shape kControl{"DomainControl", "Domain control of an application.", kControlFields};

constexpr std::array kOfferFields{
    object("identifier", "", kIdentifier).required(),
    word("methods", "In the order of recommendation", words_in<ControlMethod>).list().required(),
};
constexpr Shape kOffer{"DcvMethods", "How control of a name can be proven.", kOfferFields};
constexpr std::array kChoiceFields{word("method", "", words_in<ControlMethod>).required()};
constexpr Shape kChoice{"DcvChoice", "How control of one name is to be proven.", kChoiceFields};

constexpr std::array kClaimFields{
    text("id", "clm_…").required(),
    text("domain", "", 253).required(),
    word("method", "How it was proven", words_in<ControlMethod>).required(),
    text("family", "The products it counts for").required(),
    time("validatedAt", "").required(),
    text("applicationId", "For which it was proven, app_…"),
    time("revokedAt", ""),
    text("revokedBecause", "", kLongText),
    text("evidence", "Every step of the look", kLongText).list().required(),
};
constexpr Shape kClaim{"DomainClaim", "Evidence of domain control that counts again.",
                       kClaimFields};
constexpr std::array kRevocationFields{
    text("claimId", "clm_…", 26).required(),
    text("reason", "", 1'000).required(),
};
constexpr Shape kRevocation{"DomainClaimRevocation", "Evidence that is to count no more.",
                            kRevocationFields};

json json_of(const ca::Identifier& identifier) {
  return {{"type", ca::type_of(identifier)}, {"value", ca::value_of(identifier)}};
}

json json_of(const ControlItem& item, const Application& application) {
  json out{{"identifier", json_of(item.name)},
           {"method", policy::text_of(item.method)},
           {"authorizationDomain", item.domain},
           {"proven", item.is_proven()},
           // TCG-38: until it is issued somebody may have to look again.
           {"removable", application.state == policy::ApplicationState::issued}};
  if (const auto record = policy::record_of(item)) {
    out["record"] = {{"zone", record->zone},
                     {"host", record->host},
                     {"fqdn", record->fqdn},
                     {"type", record->type},
                     {"value", record->value}};
  }
  for (const std::string& path : policy::paths_of(item)) {
    out["files"].push_back({{"path", path}, {"content", item.value}});
  }
  if (item.claim) out["claimId"] = item.claim->text();
  if (!item.looked_at) return out;
  out["lookedAt"] = ca::rfc3339(*item.looked_at);
  if (item.last.code) {
    out["code"] = policy::text_of(*item.last.code);
    out["hint"] = policy::facts_of(*item.last.code).hint;
  }
  if (!item.last.detail.empty()) out["detail"] = item.last.detail;
  out["seen"] = item.last.seen;
  out["trace"] = item.last.trace;
  return out;
}

enum class Asked { soberly, too_often };

json json_of(const DomainControl& control, const Application& application, Asked asked) {
  json items = json::array();
  for (const ControlItem& item : control.items) items.push_back(json_of(item, application));
  json out{{"open", control.is_open()},
           {"frequently", asked == Asked::too_often},
           {"openedAt", ca::rfc3339(control.opened_at)},
           {"deadline", ca::rfc3339(control.deadline)},
           {"items", std::move(items)}};
  // What is due at once has no time of day.
  if (control.next_look && *control.next_look != storage::kAtOnce) {
    out["nextLookAt"] = ca::rfc3339(*control.next_look);
  }
  return out;
}

/// The application, and its domain control once that was opened: not before the gate is (TWT-04).
struct Found {
  Application application;
  DomainControl control;
};
Allowed<Found> find(const storage::Snapshot& snapshot, const Call& call) {
  const auto id = call.id<ApplicationId>("application");
  auto application = policy::visible_application(snapshot, call.actor, id);
  if (!application) return Refused(application.error());
  auto control = policy::kDomainControls.get(snapshot, id.octets());
  if (!control) {
    return Refused({FaultCode::state_conflict,
                    "Domain control of this application has not been asked for yet."});
  }
  return Found{*std::move(application), *std::move(control)};
}

Allowed<Answer> read_control(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found = find(snapshot, call);
  if (!found) return Refused(found.error());
  return json_answer(json_of(found->control, found->application, Asked::soberly));
}

Allowed<Answer> list_methods(const Context& context,
                             const storage::Snapshot& snapshot,
                             const Call& call) {
  const auto application =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!application) return Refused(application.error());
  const policy::Product* product =
      context.surroundings.catalog.version(application->product, application->product_version);
  json items = json::array();
  if (product != nullptr) {
    for (const auto& name : policy::certified_names(*product, application->wish.identifiers)) {
      json methods = json::array();
      for (const ControlMethod each : policy::methods_for(*product, name, context.control_house)) {
        methods.push_back(policy::text_of(each));
      }
      items.push_back({{"identifier", json_of(name)}, {"methods", std::move(methods)}});
    }
  }
  return json_answer({{"items", std::move(items)}});
}

/// The name in the path, as the application has it.
Allowed<ca::Identifier> name_in(const Call& call) {
  const std::string& text = call.argument("name");
  if (auto name = ca::DnsName::parse(text)) return *std::move(name);
  if (auto address = ca::IpAddress::parse(text)) return *std::move(address);
  return Refused({FaultCode::not_found, "There is no such name."});
}

Allowed<Answer> choose(const Context& context,
                       storage::Transaction& transaction,
                       const Call& call) {
  const auto found = find(transaction, call);
  if (!found) return Refused(found.error());
  const auto name = name_in(call);
  if (!name) return Refused(name.error());
  const policy::Product* product =
      context.surroundings.catalog.version(found->control.product, found->control.product_version);
  if (product == nullptr) {
    return Refused({FaultCode::state_conflict, "The product is not offered any more."});
  }
  const auto method = policy::spelled<ControlMethod>(call.body.text("method")).value();
  const auto chosen =
      policy::choose_method(transaction, context.control_house, *product, found->application.id,
                            *name, method, call.actor.audit_name(), context.random, call.now());
  if (!chosen) return Refused(chosen.error());
  return json_answer(json_of(*chosen, found->application, Asked::soberly));
}

/// TCD-07: too often is no fault of the request, and what is known is shown all the same.
Allowed<Answer> check_now(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto found = find(transaction, call);
  if (!found) return Refused(found.error());
  const auto asked =
      policy::ask_for_look(transaction, found->application.id, call.actor.audit_name(), call.now());
  if (!asked && asked.error().code == FaultCode::dcv_frequently) {
    return json_answer(json_of(found->control, found->application, Asked::too_often));
  }
  if (!asked) return Refused(asked.error());
  const auto after = policy::kDomainControls.get(transaction, found->application.id.octets());
  return json_answer(json_of(after.value(), found->application, Asked::soberly));
}

json json_of(const policy::DomainClaim& claim) {
  json out{{"id", claim.id.text()},
           {"domain", claim.domain},
           {"method", policy::text_of(claim.method)},
           {"family", claim.family},
           {"validatedAt", ca::rfc3339(claim.validated_at)},
           {"evidence", claim.evidence}};
  if (claim.application) out["applicationId"] = claim.application->text();
  if (claim.revoked_at) out["revokedAt"] = ca::rfc3339(*claim.revoked_at);
  if (!claim.revoked_because.empty()) out["revokedBecause"] = claim.revoked_because;
  return out;
}

Allowed<Answer> list_domains(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto id = call.id<policy::OrganizationId>("organization");
  const auto organization = policy::find_organization(snapshot, call.actor, id);
  if (!organization) return Refused(organization.error());
  json items = json::array();
  for (const auto& claim : policy::claims_of(snapshot, id)) items.push_back(json_of(claim));
  return json_answer({{"items", std::move(items)}});
}

Allowed<Answer> revoke_domain(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto id = call.id<policy::OrganizationId>("organization");
  const auto organization = policy::find_organization(transaction, call.actor, id);
  if (!organization) return Refused(organization.error());
  const auto claim_id = policy::ClaimId::parse(call.body.text("claimId"));
  const auto claim =
      claim_id ? policy::kDomainClaims.get(transaction, claim_id->octets()) : std::nullopt;
  if (!claim || claim->organization != id) {
    return Refused({FaultCode::not_found, "The organization has no such domain claim."});
  }
  const auto revoked = policy::revoke_claim(transaction, call.actor, *claim_id,
                                            call.body.text("reason"), call.now());
  if (!revoked) return Refused(revoked.error());
  return json_answer(json_of(policy::kDomainClaims.get(transaction, claim_id->octets()).value()));
}

constexpr Access kDomainReaders(
    {{Over::tenant,
      {policy::Role::applicant, policy::Role::org_admin, policy::Role::certificate_approver,
       policy::Role::contract_signer}},
     {Over::all,
      {policy::Role::front_desk, policy::Role::specialist, policy::Role::second_approver,
       policy::Role::supervisor, policy::Role::auditor}}});
constexpr Access kDomainRevokers({{Over::tenant, {policy::Role::org_admin}},
                                  {Over::all,
                                   {policy::Role::specialist, policy::Role::supervisor}}});

using enum policy::FaultCode;
constexpr std::array kReadFaults{state_conflict};
constexpr std::array kChoiceFaults{state_conflict, dcv_method_not_available};

constexpr std::array kRoutes{
    reading("/applications/{application}/dcv",
            "readDomainControl",
            "What to place for each name, and what was seen of it",
            kCaseReaders,
            read_control)
        .gives(kControl)
        .may_refuse(kReadFaults),
    reading("/applications/{application}/dcv-methods",
            "listDomainControlMethods",
            "How control of each name can be proven",
            kCaseReaders,
            list_methods)
        .gives_pages_of(kOffer),
    changing(Method::put,
             "/applications/{application}/dcv/{name}",
             "chooseDomainControlMethod",
             "Another method for one name",
             kCaseOwners,
             choose)
        .takes(kChoice)
        .gives(kControl)
        .may_refuse(kChoiceFaults),
    changing(Method::post,
             "/applications/{application}/dcv:check",
             "checkDomainControl",
             "Looks at once; read the outcome a little later",
             kCaseOwners,
             check_now)
        .gives(kControl)
        .may_refuse(kReadFaults),
    reading("/organizations/{organization}/domains",
            "listDomainClaims",
            "Domains that were proven, also long ago",
            kDomainReaders,
            list_domains)
        .gives_pages_of(kClaim),
    changing(Method::post,
             "/organizations/{organization}/domains:revoke",
             "revokeDomainClaim",
             "Lets a proven domain count no more",
             kDomainRevokers,
             revoke_domain)
        .takes(kRevocation)
        .gives(kClaim)
        .may_refuse(kReadFaults),
};

}  // namespace

Routes domain_control_routes() {
  return kRoutes;
}

}  // namespace server::api
