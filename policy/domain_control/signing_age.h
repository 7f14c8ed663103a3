// How long a claim may be signed by, where only the certificate is known and not its product.
#pragma once

#include "ca/certificate_profile.h"
#include "ca/time.h"
#include "policy/domain_control/claims.h"

namespace policy {

/// As last_signing() of policy/domain_control/claims.h: for the trust of the web the rulebook (BR
/// 4.2.1), for any other 398 days.
ca::Time last_signing(const DomainClaim& claim, ca::Trust trust);

}  // namespace policy
