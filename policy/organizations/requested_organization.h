// The company that a certificate request names, beside the one that was looked at.
#pragma once

#include <optional>
#include <string>

#include "ca/certificate_request.h"
#include "policy/organizations/organization.h"

namespace policy {

/// What speaks against `request` for a certificate of `organization`, in one sentence; nothing if
/// it names no company, or this one by a name that it states. A subject is never taken from a
/// request: but a request that names another company was made for another certificate. Names are
/// compared without regard to the case of ASCII letters and to how many spaces there are (RFC 5280
/// §7.1).
std::optional<std::string> objection_to_company(const ca::CertificateRequest& request,
                                                const OrganizationFields& organization);

}  // namespace policy
