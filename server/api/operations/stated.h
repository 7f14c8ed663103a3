// What the routes of organizations and contacts have in common: who reads and writes what
// applicants state.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "ca/time.h"
#include "server/api/access.h"

namespace server::api {

inline constexpr Access kStatementReaders(
    {{Over::tenant,
      {policy::Role::applicant, policy::Role::org_admin, policy::Role::certificate_approver,
       policy::Role::contract_signer}},
     {Over::all,
      {policy::Role::front_desk, policy::Role::specialist, policy::Role::second_approver,
       policy::Role::supervisor, policy::Role::auditor}}});
inline constexpr Access kStatementEditors({{Over::tenant,
                                            {policy::Role::applicant, policy::Role::org_admin}}});
inline constexpr Access kStatementAdmins({{Over::tenant, {policy::Role::org_admin}}});

/// Puts a text into `object`; one that is not stated is left out.
void put_stated(nlohmann::json& object, const char* name, const std::string& value);
/// The same for what may be absent.
void put_time(nlohmann::json& object, const char* name, const std::optional<ca::Time>& value);
template <class Id>
void put_id(nlohmann::json& object, const char* name, const std::optional<Id>& value) {
  if (value) put_stated(object, name, value->text());
}

}  // namespace server::api
