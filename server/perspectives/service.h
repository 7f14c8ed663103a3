// A remote perspective: it looks at the network from where it is, for a CA elsewhere (BR 3.2.2.9).
#pragma once

#include "acme/validation/validators.h"
#include "policy/domain_control/ports.h"
#include "server/http/message.h"
#include "server/log/logger.h"

namespace server {

/// What a perspective sees the network with.
struct PerspectiveEyes {
  acme::Probes probes;
  policy::ZoneReader& zones;
  policy::SiteReader& sites;
};

/// Answers POST /mpic: attempts what is asked with eyes of its own and says what it saw. It holds
/// no state, so nothing of one check reaches another. `eyes` and `log` outlive the handler.
HttpHandler make_perspective_handler(PerspectiveEyes eyes, Logger& log);

}  // namespace server
