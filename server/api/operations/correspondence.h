// Messages of applications as the API shows them.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "policy/people/actor.h"
#include "policy/reviews/correspondence.h"

namespace server::api {

/// The message at `place`, from 1 on, among those that `reader` sees. People of a tenant read in
/// which role somebody of the authority wrote, and not who it was.
nlohmann::json json_of(const policy::CaseMessage& message,
                       const policy::Actor& reader,
                       std::size_t place);

}  // namespace server::api
