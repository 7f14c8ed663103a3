#include <CLI/CLI.hpp>
#include <iostream>

#include "server/commands/command_parts.h"
#include "server/commands/harden.h"

namespace server {

void add_revoke(CLI::App& app, Plan& plan) {
  CLI::App* command = add_command(
      app, "revoke",
      "Opens an incident: revokes every certificate that is selected, in small steps that go on "
      "after a restart.\n"
      "What is given must hold, all of it; of several keys, names or accounts one. It works while "
      "the server runs, which\ndoes the work; ACME clients are told to renew at once.",
      "  chancery revoke --dir ca --reason superseded --why \"bug 4711\" --serials list.txt "
      "--dry-run\n"
      "  chancery revoke --dir ca --reason keyCompromise --why \"found on a pastebin\" --key "
      "leaf.pem\n"
      "  chancery revoke --dir ca --reason superseded --issued-between 2026-11-01 2026-11-03 --in "
      "20h");
  const auto options = std::make_shared<RevokeOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command->add_option("--serials", options->serials, "Serial numbers in hex, one on each line")
      ->type_name("FILE");
  command
      ->add_option("--key", options->keys,
                   "SHA-256 of a SubjectPublicKeyInfo in hex, or a PEM file with a public key or a "
                   "certificate; may be repeated")
      ->type_name("HEX|FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--name,--names", options->names,
                   "A name in the certificate; may be repeated, or several with commas")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--account", options->accounts,
                   "The last part of an account's URL; may be repeated")
      ->type_name("ID")
      ->allow_extra_args(false);
  command
      ->add_option("--issued-between", options->issued_between,
                   "Two dates or times, both included, in UTC")
      ->type_name("TIME TIME")
      ->expected(2);
  command
      ->add_option("--reason", options->reason,
                   "unspecified, keyCompromise, affiliationChanged, superseded, "
                   "cessationOfOperation or privilegeWithdrawn")
      ->type_name("NAME")
      ->required();
  command->add_option("--why", options->why, "For people and the audit log")->type_name("TEXT");
  command
      ->add_option("--in", options->delay,
                   "How long subscribers have to renew before their certificates are revoked: 20h "
                   "(default: at once)")
      ->type_name("DURATION");
  command->add_flag("--dry-run", options->dry_run,
                    "Lists what would be revoked: serial, SHA-256, issued, end, state, names");
  command->callback([options, &plan] {
    plan.run = [options] {
      harden();
      return revoke(*options, std::cout);
    };
  });
}

void add_incident(CLI::App& app, Plan& plan) {
  CLI::App* incident = add_command(app, "incident", "What `chancery revoke` opened.",
                                   "  chancery incident list --dir ca\n"
                                   "  chancery incident show --dir ca 20261122-0a1b2c");
  incident->require_subcommand(1);
  CLI::App* list = add_command(*incident, "list", "Lists all incidents and how far they have come.",
                               "  chancery incident list --dir ca");
  const auto listed = std::make_shared<ConfigChoice>();
  add_config_options(*list, listed);
  list->callback(
      [listed, &plan] { plan.run = [listed] { return incident_list(*listed, std::cout); }; });
  CLI::App* show = add_command(*incident, "show", "Shows one incident.",
                               "  chancery incident show --dir ca 20261122-0a1b2c");
  const auto shown = std::make_shared<ConfigChoice>();
  const auto id = std::make_shared<std::string>();
  add_config_options(*show, shown);
  show->add_option("INCIDENT", *id, "Its id")->required();
  show->callback([shown, id, &plan] {
    plan.run = [shown, id] { return incident_show(*shown, *id, std::cout); };
  });
}

}  // namespace server
