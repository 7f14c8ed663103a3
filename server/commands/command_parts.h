// What the subcommands of the program have in common on the command line.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/commands/commands.h"

namespace CLI {
class App;
}

namespace server {

/// Collects what the chosen subcommand will do.
struct Plan {
  std::function<ExitCode()> run;
};

/// The last line of every help.
inline constexpr const char* kExitCodes =
    "Exit codes: 0 done; 1 failed; 2 wrong arguments or configuration.";

/// --config, --dir and --set.
void add_config_options(CLI::App& command, const std::shared_ptr<ConfigChoice>& choice);

/// --country and --name of commands that make CA certificates. What they write to outlives the
/// parsing.
void add_name_options(CLI::App& command, std::string& country, std::string& organization);
/// --crl-url, --ca-issuers-url and --policy of such commands.
void add_term_options(CLI::App& command, ca::IssuingCaTerms& terms);

/// A subcommand with its help. Owned by `app`.
CLI::App* add_command(CLI::App& app,
                      const std::string& name,
                      const std::string& about,
                      const std::string& examples);

/// `chancery revoke` and `chancery incident`.
void add_revoke(CLI::App& app, Plan& plan);
void add_incident(CLI::App& app, Plan& plan);
/// `chancery eab` with its own subcommands. `plan` outlives the parsing.
void add_eab(CLI::App& app, Plan& plan);
/// `chancery tenant`, `chancery person` and `chancery token`.
void add_people(CLI::App& app, Plan& plan);

/// `chancery ceremony` with its own subcommands.
void add_ceremony(CLI::App& app, Plan& plan);
/// `chancery ca`. `plan` outlives the parsing.
void add_ca(CLI::App& app, Plan& plan);
/// `chancery perspective`.
void add_perspective(CLI::App& app, Plan& plan);

/// `chancery stop`, `chancery resume` and `chancery stops`. `plan` outlives the parsing.
void add_stops(CLI::App& app, Plan& plan);

/// `chancery catalog` with its own subcommands.
void add_catalog(CLI::App& app, Plan& plan);

}  // namespace server
