// What filters of lists have in common.
#pragma once

#include <string>

#include "policy/fault.h"
#include "server/api/query.h"

namespace server::api {

/// Refuses a value that names nothing there is, with the place of its parameter.
policy::Refused no_such_thing(const QueryParameter& filter, const std::string& value);

}  // namespace server::api
