// The route table as an OpenAPI 3.1 document.
#pragma once

#include <string>
#include <string_view>

#include "server/api/route.h"

namespace server::api {

/// JSON text. `base_url` is where the server answers.
std::string openapi_document(Routes routes, std::string_view base_url);

}  // namespace server::api
