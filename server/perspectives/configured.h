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
/// regions, than BR 3.2.2.9 demands at `now` ("perspectives.too_few") or from a later date on
/// ("perspectives.too_few_soon"): with remotes always, because validation then fails; without any
/// if something under public trust is on offer. Throws std::runtime_error with one sentence when
/// two remotes are one, or a file cannot be used. `random` outlives them.
std::unique_ptr<RemotePerspectives> configured_perspectives(const Settings& settings,
                                                            const policy::Catalog& catalog,
                                                            ca::Time now,
                                                            ca::RandomSource& random,
                                                            Logger& log);

}  // namespace server
