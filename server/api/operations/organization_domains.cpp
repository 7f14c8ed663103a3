// Routes of the domains of an organization: what it has proven, and what it proves before any
// application.
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "policy/domain_control/beforehand.h"
#include "policy/domain_control/claims.h"
#include "policy/organizations/organization.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/domain_control_shapes.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ControlMethod;
using policy::DomainControl;
using policy::DomainId;
using policy::FaultCode;
using policy::OrganizationId;
using policy::Refused;

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

constexpr std::array kWishFields{
    text("name", "A domain, *.domain for all names under it, or an address", 253).required(),
    text("product", "One of /profiles: what is proven counts for its family").required(),
    word("method", "How; the first that the product offers if absent", words_in<ControlMethod>),
};
constexpr Shape kWish{"DomainWish", "A domain to be proven before any application.", kWishFields};
constexpr std::array kPendingFields{
    text("id", "dom_…").required(),
    text("product", "").required(),
    boolean("open", "Whether it is being looked for").required(),
    boolean("frequently", "Whether a check was asked for too soon after the last one").required(),
    time("openedAt", "").required(),
    time("deadline", "Until when it has to be proven").required(),
    time("nextLookAt", "When the server looks by itself"),
    object("items", "The name, and its www where the product pairs them", kControlItem)
        .list()
        .required(),
};
constexpr Shape kPending{"PendingDomain", "A domain that is proven before any application.",
                         kPendingFields};

json shown(const DomainControl& control, Asked asked = Asked::soberly) {
  // The claim holds everything that counts later.
  json out = json_of(control, control.is_open() ? Needed::still : Needed::no_more, asked);
  out["id"] = control.subject();
  out["product"] = control.product;
  return out;
}

OrganizationId organization_in(const Call& call) {
  return call.id<OrganizationId>("organization");
}

Allowed<DomainControl> find(const storage::Snapshot& snapshot, const Call& call) {
  const auto organization = policy::find_organization(snapshot, call.actor, organization_in(call));
  if (!organization) return Refused(organization.error());
  return policy::find_beforehand(snapshot, organization_in(call), call.id<DomainId>("domain"));
}

Allowed<Answer> prove(const Context& context, storage::Transaction& transaction, const Call& call) {
  const std::string text = call.body.text("name");
  policy::DomainWish wish{organization_in(call), call.body.text("product"), policy::no_name(),
                          policy::spelled<ControlMethod>(call.body.text("method"))};
  if (auto name = ca::DnsName::parse(text)) {
    wish.name = *std::move(name);
  } else if (auto address = ca::IpAddress::parse(text)) {
    wish.name = *std::move(address);
  } else {
    return Refused({FaultCode::name_not_allowed,
                    "The name cannot be proven.",
                    {{"/name", FaultCode::name_not_allowed, name.error().detail()}}});
  }
  const auto opened = policy::prove_beforehand(here(context, transaction, call),
                                               context.control_house, wish, context.random);
  if (!opened) return Refused(opened.error());
  Answer answer = json_answer(shown(*opened));
  answer.location = std::string(kPrefix) + "/organizations/" + wish.organization.text() +
                    "/domains/" + opened->subject();
  answer.status = 201;
  return answer;
}

Allowed<Answer> read_pending(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found = find(snapshot, call);
  if (!found) return Refused(found.error());
  return json_answer(shown(*found));
}

Allowed<Answer> check_now(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto found = find(transaction, call);
  if (!found) return Refused(found.error());
  const auto asked =
      policy::ask_for_look(transaction, found->application, call.actor.audit_name(), call.now());
  if (!asked && asked.error().code == FaultCode::dcv_frequently) {
    return json_answer(shown(*found, Asked::too_often));
  }
  if (!asked) return Refused(asked.error());
  return json_answer(
      shown(policy::kDomainControls.get(transaction, found->application.octets()).value()));
}

Allowed<Answer> stop(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto found = find(transaction, call);
  if (!found) return Refused(found.error());
  policy::stop_control(transaction, found->application, call.actor.audit_name(), call.now());
  return empty_answer();
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

constexpr Access kDomainProvers({{Over::tenant, {policy::Role::org_admin}}});

using enum policy::FaultCode;
constexpr std::array kReadFaults{state_conflict};
constexpr std::array kProveFaults{
    name_not_allowed,     wildcard_not_allowed,     ip_not_allowed, suffix_not_allowed,
    entitlement_required, dcv_method_not_available, state_conflict};

constexpr std::string_view kOne = "/organizations/{organization}/domains/{domain}";

constexpr std::array kRoutes{
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
    changing(Method::post,
             "/organizations/{organization}/domains",
             "proveDomain",
             "Says what to place so that a domain is proven before any application",
             kDomainProvers,
             prove)
        .takes(kWish)
        .gives(kPending, 201)
        .may_refuse(kProveFaults),
    reading(kOne,
            "readPendingDomain",
            "What to place, and what was seen of it",
            kDomainReaders,
            read_pending)
        .gives(kPending),
    changing(Method::post,
             "/organizations/{organization}/domains/{domain}:check",
             "checkPendingDomain",
             "Looks at once; read the outcome a little later",
             kDomainProvers,
             check_now)
        .gives(kPending)
        .may_refuse(kReadFaults),
    changing(Method::remove, kOne, "stopProvingDomain", "Looks no more", kDomainProvers, stop)
        .gives_nothing(),
};

}  // namespace

Routes organization_domain_routes() {
  return kRoutes;
}

}  // namespace server::api
