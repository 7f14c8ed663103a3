// Messages of applications as the API shows them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policy/people/actor.h"
#include "policy/reviews/correspondence.h"

namespace server::api {

/// People of a tenant read in which role somebody of the authority wrote, and not who it was.
nlohmann::json json_of(const policy::CaseMessage& message, const policy::Actor& reader);

}  // namespace server::api
