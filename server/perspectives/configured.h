// The remote perspectives that the settings name, and what is said at start-up about them.
#pragma once

#include <memory>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/product.h"
#include "server/config/settings.h"
#include "server/log/logger.h"
#include "server/perspectives/remote.h"

namespace server {

/// Those of perspectives.remotes; null if there are none. Warns if they are fewer, or in fewer
/// regions, than BR 3.2.2.9 demands at `now` for what ACME clients or applicants may order under
/// public trust. Throws std::runtime_error with one sentence when a file cannot be used. `random`
/// outlives them.
std::unique_ptr<RemotePerspectives> configured_perspectives(const Settings& settings,
                                                            const policy::Catalog& catalog,
                                                            ca::Time now,
                                                            ca::RandomSource& random,
                                                            Logger& log);

}  // namespace server
