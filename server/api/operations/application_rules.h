// Who gets to applications, and what the commands on them are given.
#pragma once

#include "policy/applications/application.h"
#include "policy/applications/commands.h"
#include "server/api/access.h"
#include "server/api/call.h"
#include "server/api/context.h"

namespace server::api {

/// III.6 of the specification: an applicant sees what they asked for, the tenant's other roles what
/// the tenant asked for, the desk and the auditor everything.
inline constexpr Access kCaseReaders(
    {{Over::own, {policy::Role::applicant}},
     {Over::tenant,
      {policy::Role::org_admin, policy::Role::certificate_approver, policy::Role::contract_signer}},
     {Over::all,
      {policy::Role::front_desk, policy::Role::specialist, policy::Role::second_approver,
       policy::Role::supervisor, policy::Role::auditor}}});
/// Support sees states, and neither decisions nor documents.
inline constexpr Access kProgressReaders(
    {{Over::own, {policy::Role::applicant}},
     {Over::tenant,
      {policy::Role::org_admin, policy::Role::certificate_approver, policy::Role::contract_signer}},
     {Over::all,
      {policy::Role::front_desk, policy::Role::specialist, policy::Role::second_approver,
       policy::Role::supervisor, policy::Role::auditor, policy::Role::support}}});
inline constexpr Access kCaseOwners({{Over::own, {policy::Role::applicant}},
                                     {Over::tenant, {policy::Role::org_admin}}});
inline constexpr Access kApprovers({{Over::tenant, {policy::Role::certificate_approver}}});
inline constexpr Access kSigners({{Over::tenant, {policy::Role::contract_signer}}});

/// Tools are for whoever applies and whoever reviews.
inline constexpr Access kWhoeverApplies(
    {{Over::tenant,
      {policy::Role::applicant, policy::Role::org_admin, policy::Role::certificate_approver,
       policy::Role::contract_signer}},
     {Over::all,
      {policy::Role::front_desk, policy::Role::specialist, policy::Role::second_approver,
       policy::Role::supervisor}}});

/// Whose an application is: its tenant's, and whoever's who made it.
inline Owner owner_of(const policy::Application& application) {
  Owner owner{application.tenant, std::nullopt};
  for (const policy::Involvement& each : application.involved) {
    if (each.part == policy::Part::created) owner.person = each.person;
  }
  return owner;
}

inline policy::Here here(const Context& context,
                         storage::Transaction& transaction,
                         const Call& call) {
  return {transaction, context.surroundings, call.actor, call.now()};
}

/// The application in the path, as the caller knows it.
inline policy::Target target_of(const Call& call) {
  return {call.id<policy::ApplicationId>("application"), call.if_version};
}

}  // namespace server::api
