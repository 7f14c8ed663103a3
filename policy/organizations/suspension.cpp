#include "policy/organizations/suspension.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "ca/audit_log.h"
#include "policy/organizations/organization.h"
#include "policy/organizations/validation_age.h"
#include "policy/plain_text.h"
#include "policy/reviews/dual_control.h"

namespace policy {

namespace {

constexpr std::size_t kMaxReason = 400;

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

/// The validations, if the caller may change them for this reason.
Allowed<std::vector<OrgValidation>> opened(const Here& here,
                                           const OrganizationId& organization,
                                           std::span<const Role> roles,
                                           std::string_view reason) {
  if (auto may = may_review(here, roles); !may) return Refused(may.error());
  if (auto found = find_organization(here.transaction, here.actor, organization); !found) {
    return Refused(found.error());
  }
  if (auto fault = fault_of_line(reason, kMaxReason)) {
    Fault refusal{FaultCode::validation, "the reason is not acceptable: " + *fault};
    refusal.errors.push_back({"/reason", FaultCode::validation, *std::move(fault)});
    return Refused(std::move(refusal));
  }
  return validations_of(here.transaction, organization);
}

std::vector<OrgValidation> stored(const Here& here,
                                  const OrganizationId& organization,
                                  std::vector<OrgValidation> validations,
                                  std::string_view event,
                                  const std::string& reason) {
  std::string levels;
  for (const OrgValidation& each : validations) {
    if (!levels.empty()) levels += ", ";
    levels += level_word(each.level, each.standard);
    store_validation(here.transaction, each);
  }
  ca::append_audit(here.transaction,
                   {here.now,
                    event,
                    here.actor.audit_name(),
                    organization.text(),
                    {{"levels", levels}, {"reason", reason}, {"through", here.actor.through}}});
  return validations;
}

}  // namespace

Allowed<std::vector<OrgValidation>> suspend_organization(const Here& here,
                                                         const OrganizationId& organization,
                                                         const std::string& reason) {
  static constexpr std::array kRoles{Role::specialist, Role::supervisor};
  auto validations = opened(here, organization, kRoles, reason);
  if (!validations) return validations;
  if (validations->empty()) {
    return refuse(FaultCode::state_conflict,
                  "the organization was never validated; reject its application instead");
  }
  if (is_suspended(here.transaction, organization)) {
    return refuse(FaultCode::state_conflict, "the organization is suspended already");
  }
  for (OrgValidation& each : *validations) {
    each.state = OrgValidationState::suspended;
    each.reason = reason;
  }
  return stored(here, organization, *std::move(validations), "organization.suspended", reason);
}

Allowed<void> must_not_be_suspended(const storage::Snapshot& snapshot,
                                    const std::optional<OrganizationId>& organization) {
  if (!organization || !is_suspended(snapshot, *organization)) return {};
  const std::string reason = suspension_reason(snapshot, *organization);
  Fault fault{FaultCode::org_validation_expired,
              "the organization is suspended" + (reason.empty() ? "" : ": " + reason)};
  fault.errors.push_back({"/organizationId", fault.code, fault.detail});
  return Refused(std::move(fault));
}

Allowed<std::vector<OrgValidation>> reinstate_organization(const Here& here,
                                                           const OrganizationId& organization,
                                                           const std::string& reason) {
  static constexpr std::array kRoles{Role::supervisor};
  auto validations = opened(here, organization, kRoles, reason);
  if (!validations) return validations;
  if (!is_suspended(here.transaction, organization)) {
    return refuse(FaultCode::state_conflict, "the organization is not suspended");
  }
  for (OrgValidation& each : *validations) {
    each.state = OrgValidationState::valid;
    each.reason.clear();
  }
  return stored(here, organization, *std::move(validations), "organization.reinstated", reason);
}

}  // namespace policy
