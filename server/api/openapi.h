// The route table as an OpenAPI 3.1 document.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "server/api/route.h"

namespace server::api {

/// Status -> codes, of everything the route may refuse with; what the document says, so whatever
/// an operation answers beside it is a fault of the table.
using Refusals = std::map<unsigned, std::set<std::string>>;
Refusals refusals_of(const Route& route);

/// JSON text. `base_url` is where the server answers.
std::string openapi_document(Routes routes, std::string_view base_url);

}  // namespace server::api
