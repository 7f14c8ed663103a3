#include <CLI/CLI.hpp>
#include <iostream>

#include "server/commands/command_parts.h"
#include "server/commands/harden.h"

namespace server {
namespace {

/// For products with a review.
void add_binding_options(CLI::App& command, const std::shared_ptr<EabCreateOptions>& options) {
  CLI::Option* const organization =
      command
          .add_option(
              "--organization", options->organization,
              "The organization its accounts act for: certificates that name one name this one")
          ->type_name("ORGANIZATION");
  command
      .add_option("--hold", options->hold,
                  "What an order does while the organization is reviewed: wait in `processing` "
                  "(default), fail at once, or stay `pending` (not RFC 8555)")
      ->type_name("processing|fail|pending")
      ->needs(organization);
}

void add_create(CLI::App& eab, Plan& plan) {
  CLI::App* command = add_command(
      eab, "create",
      "Makes a key and prints its identifier and its MAC key, the latter this once.\n"
      "It works while the server runs. Without limits the key opens any number of accounts, which "
      "order any profile and name.",
      "  chancery eab create --dir ca --label \"Example Ltd\" --expires-in 90d --max-uses 1\n"
      "  chancery eab create --dir ca --label web --domain example.org --profile dv");
  const auto options = std::make_shared<EabCreateOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command->add_option("--label", options->label, "Who gets the key, for people")->type_name("TEXT");
  command->add_option("--kid", options->kid, "The key identifier (default: a random one)")
      ->type_name("TEXT");
  command
      ->add_option("--expires-in", options->lifetime, "How long the key opens accounts: 90d, 12h")
      ->type_name("DURATION");
  command->add_option("--max-uses", options->max_uses, "How many accounts it may open")
      ->type_name("NUMBER");
  command
      ->add_option("--profile", options->profiles,
                   "A profile its accounts may order; may be repeated (default: all)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--domain", options->domains,
                   "Its accounts may order names at or under this one; may be repeated (default: "
                   "all names)")
      ->type_name("DOMAIN")
      ->allow_extra_args(false);
  command
      ->add_option("--default-profile", options->default_profile,
                   "What its accounts get that name no profile (default: dv, or the first one it "
                   "may order)")
      ->type_name("NAME");
  add_binding_options(*command, options);
  command->callback([options, &plan] {
    plan.run = [options] {
      harden();
      return eab_create(*options, std::cout);
    };
  });
}

using OneKey = ExitCode (*)(const ConfigChoice&, const std::string&, std::ostream&);

void add_for_one_key(
    CLI::App& eab, Plan& plan, const std::string& name, const std::string& about, OneKey act) {
  CLI::App* command =
      add_command(eab, name, about, "  chancery eab " + name + " --dir ca KEY_IDENTIFIER");
  const auto choice = std::make_shared<ConfigChoice>();
  const auto kid = std::make_shared<std::string>();
  add_config_options(*command, choice);
  command->add_option("KEY_IDENTIFIER", *kid, "The key")->required();
  command->callback([choice, kid, act, &plan] {
    plan.run = [choice, kid, act] {
      harden();
      return act(*choice, *kid, std::cout);
    };
  });
}

void add_list(CLI::App& eab, Plan& plan) {
  CLI::App* command = add_command(
      eab, "list", "Lists all keys: identifier, state, end, accounts opened of allowed, label.",
      "  chancery eab list --dir ca");
  const auto choice = std::make_shared<ConfigChoice>();
  add_config_options(*command, choice);
  command->callback(
      [choice, &plan] { plan.run = [choice] { return eab_list(*choice, std::cout); }; });
}

}  // namespace

void add_eab(CLI::App& app, Plan& plan) {
  CLI::App* eab = add_command(
      app, "eab",
      "Keys for external account binding (RFC 8555 section 7.3.4): who may open accounts, how many "
      "and what for.",
      "  chancery eab create --dir ca --label \"Example Ltd\" --max-uses 1\n"
      "  chancery eab list --dir ca");
  eab->require_subcommand(1);
  add_create(*eab, plan);
  add_list(*eab, plan);
  add_for_one_key(*eab, plan, "show",
                  "Shows one key, without its secret, and the accounts it has opened.", eab_show);
  add_for_one_key(*eab, plan, "disable",
                  "Ends a key for good. The accounts it has opened stay as they are.", eab_disable);
}

}  // namespace server
