// The certificate of the program's own HTTPS listener.
#pragma once

#include <string>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/hierarchy.h"
#include "ca/time.h"

namespace server {

/// A server certificate under `tls_ca`, ECDSA P-256, 397 days, for `hosts`: addresses, DNS names,
/// and single labels such as `localhost`, which no subscriber can have but which is how a CA on one
/// machine is reached. Throws std::runtime_error if a host is neither.
ca::KeyedCertificate create_listener_certificate(const ca::KeyedCertificate& tls_ca,
                                                 const std::vector<std::string>& hosts,
                                                 ca::RandomSource& random,
                                                 ca::Time now);

}  // namespace server
