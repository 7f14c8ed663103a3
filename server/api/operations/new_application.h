// What the routes that make or change an application have in common.
#pragma once

#include <array>

#include "policy/applications/application.h"
#include "policy/fault.h"
#include "server/api/call.h"
#include "server/api/context.h"
#include "storage/transaction.h"

namespace server::api {

/// What can be wrong with what is asked for.
inline constexpr std::array kWishFaults{policy::FaultCode::csr_invalid,
                                        policy::FaultCode::csr_names_mismatch,
                                        policy::FaultCode::key_rejected,
                                        policy::FaultCode::ip_not_allowed,
                                        policy::FaultCode::wildcard_not_allowed,
                                        policy::FaultCode::suffix_not_allowed,
                                        policy::FaultCode::name_not_allowed,
                                        policy::FaultCode::too_many_names,
                                        policy::FaultCode::combine_required,
                                        policy::FaultCode::entitlement_required,
                                        policy::FaultCode::dcv_method_not_available};

/// The same outcome, unless the hash that was chosen for the signature is one that no issuer of
/// this server signs with now: refused with validation (TCG-15). Better at once than after the
/// review.
policy::Allowed<policy::Application> signable(const Context& context,
                                              policy::Allowed<policy::Application> outcome,
                                              const Call& call);

/// The answer to a submission (ALO-34).
Answer submitted_answer(const Context& context,
                        const storage::Snapshot& snapshot,
                        const policy::Application& application,
                        const Call& call);

/// The answer where an application was made: submitted at once if the body says so (TFR-23).
policy::Allowed<Answer> begun_answer(const Context& context,
                                     storage::Transaction& transaction,
                                     const policy::Allowed<policy::Application>& made,
                                     const Call& call);

}  // namespace server::api
