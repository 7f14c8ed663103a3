// Routes that ask for a further certificate after one that was issued.
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/succession.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/certificate_shapes.h"
#include "server/api/operations/new_application.h"
#include "server/api/operations/wish.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using policy::FaultCode;
using policy::SuccessionKind;

Allowed<Answer> succeed(const Context& context,
                        storage::Transaction& transaction,
                        const Call& call,
                        SuccessionKind kind) {
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  const auto found = find_certificate(transaction, call);
  if (!found) return policy::Refused(found.error());
  if (!found->origin.application) {
    return policy::Refused(policy::Fault{
        FaultCode::state_conflict,
        "No application led to the certificate; the ACME client that ordered it renews it."});
  }
  const auto before =
      policy::visible_application(transaction, call.actor, *found->origin.application);
  if (!before) return policy::Refused(before.error());
  policy::Successor successor{kind, found->ledger_name(), policy::Replaced::stays};
  if (call.body.boolean("revokeReplaced").value_or(false)) {
    successor.replaced = policy::Replaced::is_revoked;
  }
  const auto edit = [&](const Application& taken_over) {
    policy::Wish wish = change.applied_to(taken_over.wish, call.body);
    // The names of a reissue are the certificate's; its request has to have them.
    if (kind == SuccessionKind::reissue) wish.identifiers = taken_over.wish.identifiers;
    if (call.body.boolean("reuseCsr").value_or(false) && wish.csr.empty()) {
      wish.csr = before->wish.csr;
    }
    return wish;
  };
  const auto id = ApplicationId::fresh(context.random, call.time);
  const auto made =
      policy::succeed_application(here(context, transaction, call), {before->id, call.if_version},
                                  id, successor, labels_with(before->labels, call.body), edit);
  return begun_answer(context, transaction, made, call);
}

template <SuccessionKind kind>
Allowed<Answer> after(const Context& context, storage::Transaction& transaction, const Call& call) {
  return succeed(context, transaction, call, kind);
}

/// TFR-38: the same information once more.
Allowed<Answer> apply_again(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  const auto before =
      policy::visible_application(transaction, call.actor, call.id<ApplicationId>("application"));
  if (!before) return policy::Refused(before.error());
  const auto id = ApplicationId::fresh(context.random, call.time);
  const auto made = policy::reapply(
      here(context, transaction, call), target_of(call), id, labels_with(before->labels, call.body),
      [&](const Application& old) { return change.applied_to(old.wish, call.body); });
  return begun_answer(context, transaction, made, call);
}

using enum policy::FaultCode;
constexpr std::array kReissueFaults{
    state_conflict,     entitlement_required, validity_not_allowed,  csr_invalid,
    csr_names_mismatch, key_rejected,         org_validation_expired};
constexpr std::array kRenewalFaults{state_conflict,   entitlement_required,  not_renewable,
                                    csr_invalid,      csr_names_mismatch,    key_rejected,
                                    name_not_allowed, org_validation_expired};
constexpr std::array kReapplicationFaults{
    state_conflict,     entitlement_required, csr_invalid,
    csr_names_mismatch, key_rejected,         org_validation_expired,
    name_not_allowed,   too_many_names,       dcv_method_not_available};

// A certificate of an application is at two paths, and the same is done at both.
constexpr Route reissue_at(std::string_view path, std::string_view name) {
  return changing(Method::post, path, name,
                  "Applies for another key in the certificate, until the same day", kCaseOwners,
                  after<SuccessionKind::reissue>)
      .takes(kReissue)
      .prepared_by(prepare_wish)
      .gives(kApplication, 201)
      .may_refuse(kReissueFaults);
}
constexpr Route renew_at(std::string_view path, std::string_view name) {
  return changing(Method::post, path, name, "Applies for another term with what was said before",
                  kCaseOwners, after<SuccessionKind::renewal>)
      .takes(kRenewal)
      .prepared_by(prepare_wish)
      .gives(kApplication, 201)
      .may_refuse(kRenewalFaults);
}

constexpr std::array kRoutes{
    reissue_at("/applications/{application}/certificates/{certificate}:reissue",
               "reissueCertificate")
        .may_match(),
    renew_at("/applications/{application}/certificates/{certificate}:renew", "renewCertificate")
        .may_match(),
    reissue_at("/certificates/{certificate}:reissue", "reissueTenantCertificate"),
    renew_at("/certificates/{certificate}:renew", "renewTenantCertificate"),
    changing(Method::post,
             "/applications/{application}:reapply",
             "reapply",
             "Applies again with what an ended application said",
             kCaseOwners,
             apply_again)
        .takes(kReapplication)
        .prepared_by(prepare_wish)
        .may_match()
        .gives(kApplication, 201)
        .may_refuse(kReapplicationFaults),
};

}  // namespace

Routes succession_routes() {
  return kRoutes;
}

}  // namespace server::api
