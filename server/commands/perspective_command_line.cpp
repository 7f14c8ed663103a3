#include <CLI/CLI.hpp>
#include <iostream>

#include "server/commands/command_parts.h"

namespace server {

void add_perspective(CLI::App& app, Plan& plan) {
  CLI::App* command = add_command(
      app, "perspective",
      "Runs a remote perspective: a CA elsewhere asks it what it sees of a domain, so that nobody "
      "who stands between\n"
      "the CA and the domain alone can answer for it (BR 3.2.2.9). It has no store and no key of a "
      "CA, and answers\n"
      "whom perspective.clients names and nobody else, until it gets SIGINT or SIGTERM.\n\n"
      "To set one up:\n"
      "  1. Make its key and certificate; nobody looks at the names in it, but it must not have "
      "expired:\n"
      "       openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \\\n"
      "         -subj /CN=perspective -keyout perspective.key -out perspective.pem\n"
      "  2. Write perspective.toml with tls.certificate, tls.key, perspective.listen and "
      "perspective.clients, which is\n"
      "     the fingerprint of the CA's certificate (perspectives.certificate there, or else "
      "tls.certificate):\n"
      "       openssl x509 -in tls.pem -outform DER | sha256sum\n"
      "  3. Start it. It prints its own fingerprint.\n"
      "  4. Add \"NAME REGION https://ADDRESS:PORT FINGERPRINT\" to perspectives.remotes of the "
      "CA, "
      "and start that anew.\n"
      "docs/perspectives.md has what counts as a quorum, and which machines may be perspectives.",
      "  chancery perspective --config perspective.toml\n"
      "  chancery perspective --config perspective.toml --set perspective.listen=192.0.2.8:8443");
  const auto choice = std::make_shared<ConfigChoice>();
  add_config_options(*command, choice);
  command->callback(
      [choice, &plan] { plan.run = [choice] { return perspective(*choice, std::cout); }; });
}

}  // namespace server
