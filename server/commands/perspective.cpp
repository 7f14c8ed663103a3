// `chancery perspective`: a remote perspective for a CA elsewhere (docs/perspectives.md).
#include "server/commands/commands.h"
#include "server/commands/harden.h"
#include "server/commands/log_level.h"
#include "server/perspectives/node.h"

namespace server {

ExitCode perspective(const ConfigChoice& choice, std::ostream& out) {
  harden();
  const Settings settings = settings_or_throw(choice);
  Logger log(settings.log_file, severity_of(settings.log_level));
  PerspectiveNode node(settings, log);
  node.run(PerspectiveNode::Signals::watch, [&] {
    out << "The perspective is ready on port " << node.port() << ", fingerprint "
        << node.fingerprint() << std::endl;
  });
  return ExitCode::ok;
}

}  // namespace server
