#include <CLI/CLI.hpp>
#include <iostream>

#include "server/commands/command_parts.h"
#include "server/commands/harden.h"

namespace server {
namespace {

using ForAll = ExitCode (*)(const ConfigChoice&, std::ostream&);
using ForOne = ExitCode (*)(const ConfigChoice&, const std::string&, std::ostream&);

/// A command without arguments of its own.
void add_for_all(
    CLI::App& parent, Plan& plan, const std::string& name, const std::string& about, ForAll act) {
  CLI::App* command = add_command(parent, name, about,
                                  "  chancery " + parent.get_name() + " " + name + " --dir ca");
  const auto choice = std::make_shared<ConfigChoice>();
  add_config_options(*command, choice);
  command->callback(
      [choice, act, &plan] { plan.run = [choice, act] { return act(*choice, std::cout); }; });
}

/// A command with one argument.
void add_for_one(CLI::App& parent,
                 Plan& plan,
                 const std::string& name,
                 const std::string& about,
                 const std::string& argument,
                 ForOne act) {
  CLI::App* command =
      add_command(parent, name, about,
                  "  chancery " + parent.get_name() + " " + name + " --dir ca " + argument);
  const auto choice = std::make_shared<ConfigChoice>();
  const auto value = std::make_shared<std::string>();
  add_config_options(*command, choice);
  command->add_option(argument, *value, "Which one")->required();
  command->callback([choice, value, act, &plan] {
    plan.run = [choice, value, act] {
      harden();
      return act(*choice, *value, std::cout);
    };
  });
}

void add_tenant_create(CLI::App& tenant, Plan& plan) {
  CLI::App* command = add_command(tenant, "create", "Adds a tenant and prints its id.",
                                  "  chancery tenant create --dir ca --name \"Example Ltd\"");
  const auto choice = std::make_shared<ConfigChoice>();
  const auto name = std::make_shared<std::string>();
  add_config_options(*command, choice);
  command->add_option("--name", *name, "The customer, for people")->type_name("TEXT")->required();
  command->callback([choice, name, &plan] {
    plan.run = [choice, name] {
      harden();
      return tenant_create(*choice, *name, std::cout);
    };
  });
}

void add_person_create(CLI::App& person, Plan& plan) {
  CLI::App* command = add_command(
      person, "create",
      "Adds a person and prints the id. One human being is one person: who collected evidence and\n"
      "who approves are compared by it. People of a tenant are applicant, org_admin,\n"
      "certificate_approver or contract_signer; people of the authority front_desk, specialist,\n"
      "second_approver, supervisor, support, auditor or admin, the last two alone.",
      "  chancery person create --dir ca --tenant TENANT --name Ada --mail ada@example.org "
      "--role org_admin\n"
      "  chancery person create --dir ca --name Eve --mail eve@ca.example --role specialist");
  const auto options = std::make_shared<PersonCreateOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command->add_option("--name", options->name, "Who it is")->type_name("TEXT")->required();
  command->add_option("--mail", options->mail, "The person's own mailbox")
      ->type_name("ADDRESS")
      ->required();
  command->add_option("--tenant", options->tenant, "Whose person (default: the authority's)")
      ->type_name("TENANT");
  command->add_option("--role", options->roles, "What the person may do; may be repeated")
      ->type_name("ROLE")
      ->allow_extra_args(false)
      ->required();
  command->callback([options, &plan] {
    plan.run = [options] {
      harden();
      return person_create(*options, std::cout);
    };
  });
}

void add_token_create(CLI::App& token, Plan& plan) {
  CLI::App* command = add_command(
      token, "create",
      "Makes a token for the JSON API and prints it, this once. Whoever has it acts as its person.",
      "  chancery token create --dir ca --person PERSON --expires-in 90d --label \"build server\"\n"
      "  chancery token create --dir ca --person PERSON --role specialist --network 192.0.2.0/24");
  const auto options = std::make_shared<TokenCreateOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command->add_option("--person", options->person, "Who acts through it")
      ->type_name("PERSON")
      ->required();
  command
      ->add_option("--role", options->roles,
                   "One of the person's roles; may be repeated (default: all of them)")
      ->type_name("ROLE")
      ->allow_extra_args(false);
  command->add_option("--label", options->label, "What it is for, for people")->type_name("TEXT");
  command->add_option("--expires-in", options->lifetime, "How long it counts: 90d, 12h")
      ->type_name("DURATION");
  command
      ->add_option("--network", options->networks,
                   "It counts from there only; may be repeated (default: from everywhere)")
      ->type_name("BLOCK")
      ->allow_extra_args(false);
  command->callback([options, &plan] {
    plan.run = [options] {
      harden();
      return token_create(*options, std::cout);
    };
  });
}

CLI::App* add_group(CLI::App& app,
                    const std::string& name,
                    const std::string& about,
                    const std::string& examples) {
  CLI::App* group = add_command(app, name, about, examples);
  group->require_subcommand(1);
  return group;
}

}  // namespace

void add_people(CLI::App& app, Plan& plan) {
  CLI::App* tenant = add_group(app, "tenant", "Tenants: the customers of the authority.",
                               "  chancery tenant create --dir ca --name \"Example Ltd\"");
  add_tenant_create(*tenant, plan);
  add_for_all(*tenant, plan, "list", "Lists all tenants: id, when added, name.", tenant_list);

  CLI::App* person = add_group(
      app, "person", "People: who may act, for a tenant or for the authority.",
      "  chancery person create --dir ca --name Eve --mail eve@ca.example --role specialist");
  add_person_create(*person, plan);
  add_for_all(*person, plan, "list", "Lists all people: id, state, tenant, roles, mailbox, name.",
              person_list);
  add_for_one(*person, plan, "disable",
              "Ends what a person may do. All of the person's tokens stop at once.", "PERSON",
              person_disable);

  CLI::App* token = add_group(app, "token", "Tokens of the JSON API.",
                              "  chancery token create --dir ca --person PERSON --expires-in 90d");
  add_token_create(*token, plan);
  add_for_all(*token, plan, "list", "Lists all tokens: id, state, end, person, roles, label.",
              token_list);
  add_for_one(*token, plan, "show", "Shows one token, without its text.", "TOKEN", token_show);
  add_for_one(*token, plan, "revoke", "Ends a token for good.", "TOKEN", token_revoke);
}

}  // namespace server
