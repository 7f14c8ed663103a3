// Where the rows of the route table stand: one file of server/api/operations/ for each group. Add a
// function here and in kRouteGroups. Where two templates fit one path, the first counts.
#pragma once

#include "server/api/route.h"

namespace server::api {

using RouteGroup = Routes (*)();

Routes about_routes();  // the API itself: problems, the OpenAPI document, who one is
Routes organization_routes();
Routes organization_validation_routes();  // and suspensions
Routes validation_case_routes();          // validations ahead of any certificate
Routes contact_routes();
Routes audit_routes();
Routes application_routes();
Routes submission_routes();
Routes desk_routes();       // tasks and cases
Routes desk_work_routes();  // findings and decisions
Routes certificate_routes();
Routes succession_routes();  // reissue, renewal, applying again
Routes external_key_routes();
Routes acme_account_routes();  // that external keys have opened, and their orders
Routes product_routes();
Routes tool_routes();
Routes document_routes();  // papers and letters
Routes document_request_routes();
Routes domain_control_routes();
Routes organization_domain_routes();
Routes evidence_bundle_routes();
Routes lookup_routes();          // tools that ask the DNS and the web
Routes registrant_routes();      // what registries say
Routes message_routes();         // confirmations, and mails of the desk
Routes correspondence_routes();  // between applicants and the desk
Routes registration_agency_routes();

inline constexpr RouteGroup kRouteGroups[] = {
    about_routes,
    organization_routes,
    organization_validation_routes,
    contact_routes,
    audit_routes,
    application_routes,
    desk_routes,
    desk_work_routes,
    certificate_routes,
    external_key_routes,
    product_routes,
    tool_routes,
    document_routes,
    message_routes,
    evidence_bundle_routes,
    domain_control_routes,
    lookup_routes,
    registrant_routes,
    succession_routes,
    submission_routes,
    organization_domain_routes,
    validation_case_routes,
    acme_account_routes,
    correspondence_routes,
    document_request_routes,
    registration_agency_routes,
};

}  // namespace server::api
