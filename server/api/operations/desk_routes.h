// Who works at the desk (III.6 of the specification).
#pragma once

#include "server/api/access.h"

namespace server::api {

inline constexpr Access kDeskReaders({{Over::all,
                                       {policy::Role::front_desk, policy::Role::specialist,
                                        policy::Role::second_approver, policy::Role::supervisor,
                                        policy::Role::auditor}}});
inline constexpr Access kReviewers({{Over::all,
                                     {policy::Role::front_desk, policy::Role::specialist,
                                      policy::Role::second_approver, policy::Role::supervisor}}});
inline constexpr Access kCollectors({{Over::all,
                                      {policy::Role::front_desk, policy::Role::specialist}}});
inline constexpr Access kSpecialists({{Over::all, {policy::Role::specialist}}});
inline constexpr Access kDeciders({{Over::all,
                                    {policy::Role::specialist, policy::Role::second_approver}}});
inline constexpr Access kSecondApprovers({{Over::all, {policy::Role::second_approver}}});
inline constexpr Access kSupervisors({{Over::all, {policy::Role::supervisor}}});

}  // namespace server::api
