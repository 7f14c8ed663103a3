// Where the rows of the route table stand: one file of server/api/operations/ for each group. Add a
// function here and in kRouteGroups. Where two templates fit one path, the first counts.
#pragma once

#include "server/api/route.h"

namespace server::api {

using RouteGroup = Routes (*)();

Routes about_routes();  // the API itself: problems, the OpenAPI document, who one is
Routes organization_routes();
Routes contact_routes();
Routes audit_routes();

inline constexpr RouteGroup kRouteGroups[] = {
    about_routes,
    organization_routes,
    contact_routes,
    audit_routes,
};

}  // namespace server::api
