#include <CLI/CLI.hpp>
#include <iostream>

#include "server/commands/command_parts.h"
#include "server/commands/harden.h"

namespace server {
namespace {

using Act = ExitCode (*)(const StopOptions&, std::ostream&);

void add_switch(CLI::App& app,
                Plan& plan,
                const std::string& name,
                const std::string& about,
                const std::string& examples,
                Act act) {
  CLI::App* command = add_command(app, name, about, examples);
  const auto options = std::make_shared<StopOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command->add_option("--reason", options->reason, "Why, for the audit log")
      ->type_name("TEXT")
      ->required();
  command->add_option("WHAT", options->kind, "all, issuer, profile, method, account or name")
      ->required();
  command->add_option(
      "WHICH", options->subject,
      "A profile, a method (http-01, dns-txt), the last part of an account's URL, a domain "
      "with all names under it, an address, or the SHA-256 of an issuer's "
      "certificate, or its name (default: main)");
  command->callback([options, act, &plan] {
    plan.run = [options, act] {
      harden();
      return act(*options, std::cout);
    };
  });
}

}  // namespace

void add_stops(CLI::App& app, Plan& plan) {
  add_switch(app, plan, "stop",
             "Stops issuance, also while the server runs: in effect at once, for orders under way "
             "too, and over restarts.\nReading, revoking and CRLs go on.",
             "  chancery stop --dir ca all --reason \"the validation of CAA is broken\"\n"
             "  chancery stop --dir ca method tls-alpn-01 --reason \"incident 12\"\n"
             "  chancery stop --dir ca name example.org --reason \"asked for by its owner\"",
             stop);
  add_switch(app, plan, "resume",
             "Ends what `chancery stop` began, with the same words. With "
             "stops.resume_by_two_persons it takes two people.",
             "  chancery resume --dir ca method tls-alpn-01 --reason \"incident 12 is over\"",
             resume);
  CLI::App* list = add_command(app, "stops", "Lists what is stopped: since when, by whom and why.",
                               "  chancery stops --dir ca");
  const auto choice = std::make_shared<ConfigChoice>();
  add_config_options(*list, choice);
  list->callback(
      [choice, &plan] { plan.run = [choice] { return list_stops(*choice, std::cout); }; });
}

}  // namespace server
