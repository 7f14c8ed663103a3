#include "server/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "server/commands/command_parts.h"
#include "server/commands/harden.h"
#include "server/config/render.h"
#include "server/version.h"
#include "storage/damage.h"

namespace server {
namespace {

constexpr const char* kAbout =
    "Chancery is an ACME certificate authority (RFC 8555) with an embedded store.\n\n"
    "A first CA in two commands:\n"
    "  chancery init --dir ca --name \"Example Trust\"\n"
    "  chancery serve --dir ca\n"
    "Then point an ACME client at the directory URL that is printed, and let it trust "
    "ca/tls-ca.pem.";

}  // namespace

void add_config_options(CLI::App& command, const std::shared_ptr<ConfigChoice>& choice) {
  auto* file =
      command
          .add_option("--config", choice->file, "The configuration file (default: ./chancery.toml)")
          ->type_name("FILE");
  command
      .add_option("--dir", choice->folder,
                  "The folder made by `chancery init`; its chancery.toml is used")
      ->type_name("DIR")
      ->excludes(file);
  command
      .add_option("--set", choice->overrides,
                  "Overrides one setting; may be repeated. Lists: a,b or [\"a\", \"b\"]")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

CLI::App* add_command(CLI::App& app,
                      const std::string& name,
                      const std::string& about,
                      const std::string& examples) {
  CLI::App* command = app.add_subcommand(name, about);
  command->footer("Examples:\n" + examples + "\n" + kExitCodes);
  return command;
}

namespace {

void add_init(CLI::App& app, Plan& plan) {
  CLI::App* command = add_command(
      app, "init",
      "Makes a CA: a root, an issuing CA, a certificate for its own HTTPS listener, and a "
      "configuration.\n"
      "The folder must be absent or empty. Either all of it is made or nothing.",
      "  chancery init --dir ca\n"
      "  chancery init --dir ca --name \"Example Trust\" --algorithm rsa-4096\n"
      "  chancery init --dir /srv/ca --listen 192.0.2.10:443 --base-url https://acme.ca.example");
  const auto options = std::make_shared<InitOptions>();
  command->add_option("--dir", options->folder, "The folder to make")->type_name("DIR")->required();
  command->add_option("--algorithm", options->algorithm, "Of the root's and the issuing CA's keys")
      ->check(CLI::IsMember(
          {"ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "rsa-3072", "rsa-4096"}))
      ->type_name("NAME")
      ->capture_default_str();
  add_name_options(*command, options->names.country, options->names.organization);
  add_term_options(*command, options->terms);
  command
      ->add_option("--listen", options->listen,
                   "Where the ACME listener will be (default: 127.0.0.1:14000)")
      ->type_name("ADDR:PORT");
  command
      ->add_option("--base-url", options->base_url,
                   "What ACME URLs will start with, as clients see it")
      ->type_name("URL");
  command
      ->add_option("--passphrase-file", options->passphrase_file,
                   "Encrypt the keys of root and issuing CA with the passphrase in this file (an "
                   "absolute path,\nor credential:NAME); the server reads it there too")
      ->type_name("FILE");
  command->callback([options, &plan] {
    plan.run = [options] {
      harden();
      return init(*options, std::cout);
    };
  });
}

void add_serve(CLI::App& app, Plan& plan) {
  CLI::App* command = add_command(
      app, "serve",
      "Runs the server until it gets SIGINT or SIGTERM; a second one ends it at once.\n"
      "When it is ready it prints one line with the directory URL. The log is one JSON object per "
      "line on standard\n"
      "error, or in log.file.",
      "  chancery serve --dir ca\n"
      "  chancery serve --config /etc/chancery/chancery.toml --set log.level=warning\n"
      "  chancery serve --dir ca --set listen.acme=127.0.0.1:0 --set dns.resolvers=127.0.0.1:8053");
  const auto choice = std::make_shared<ConfigChoice>();
  add_config_options(*command, choice);
  command->callback([choice, &plan] { plan.run = [choice] { return serve(*choice, std::cout); }; });
}

void add_check_config(CLI::App& app, Plan& plan) {
  CLI::App* command = add_command(app, "check-config",
                                  "Lists every fault of a configuration with its line, then checks "
                                  "the certificates and keys it names.",
                                  "  chancery check-config --dir ca\n"
                                  "  chancery check-config --print-docs > docs/configuration.md");
  const auto choice = std::make_shared<ConfigChoice>();
  const auto docs = std::make_shared<bool>(false);
  add_config_options(*command, choice);
  command->add_flag("--print-docs", *docs,
                    "Prints the manual of all settings instead, as Markdown");
  command->callback([choice, docs, &plan] {
    plan.run = [choice, docs] {
      if (!*docs) return check_config(*choice, std::cout);
      std::cout << configuration_manual();
      return ExitCode::ok;
    };
  });
}

void add_verify(CLI::App& app, Plan& plan) {
  CLI::App* command =
      add_command(app, "verify",
                  "Proves a store, of a stopped or a running server or of a backup: the hash chain "
                  "of the audit log, every\n"
                  "certificate against its intent, its issuer, its order and everything that was "
                  "stopped. No private key is read.",
                  "  chancery verify --dir ca\n"
                  "  chancery verify --store /backup/store --issuer ca/issuing.pem");
  const auto options = std::make_shared<VerifyOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  auto* store = command
                    ->add_option("--store", options->store,
                                 "The folder of the store, instead of storage.path")
                    ->type_name("DIR");
  auto* issuer = command
                     ->add_option("--issuer", options->issuers,
                                  "PEM of an issuing certificate, instead of those of the "
                                  "configuration; may be repeated")
                     ->type_name("FILE");
  store->needs(issuer);
  issuer->needs(store);
  command
      ->add_option("--signer-ledger", options->signer_ledger,
                   "What the signer wrote down itself, one signature on each line (docs/verify.md)")
      ->type_name("FILE");
  command
      ->add_option(
          "--audit-head", options->audit_head,
          "An entry of the audit log that was noted elsewhere: its number, a colon, its hash")
      ->type_name("N:HASH");
  command->callback(
      [options, &plan] { plan.run = [options] { return verify(*options, std::cout); }; });
}

void add_backup(CLI::App& app, Plan& plan) {
  CLI::App* command = add_command(app, "backup",
                                  "Copies the store as it is at one instant, while a server may be "
                                  "running, into an empty or absent folder.\n"
                                  "Keys, certificates and configuration are files beside it: copy "
                                  "them separately, and keep them safe.",
                                  "  chancery backup --dir ca --to /backup/2026-11-22");
  const auto choice = std::make_shared<ConfigChoice>();
  const auto target = std::make_shared<std::filesystem::path>();
  add_config_options(*command, choice);
  command->add_option("--to", *target, "The folder for the copy")->type_name("DIR")->required();
  command->callback([choice, target, &plan] {
    plan.run = [choice, target] { return backup(*choice, *target, std::cout); };
  });
}

int failure(ExitCode code, const std::string& sentence) {
  std::cout.flush();
  std::cerr << "chancery: " << sentence << std::endl;
  return static_cast<int>(code);
}

int run_plan(const Plan& plan) {
  try {
    return static_cast<int>(plan.run());
  } catch (const BadConfiguration& faults) {
    std::cerr << faults.what() << std::flush;
    return static_cast<int>(ExitCode::bad_configuration);
  } catch (const UsageError& error) {
    return failure(ExitCode::bad_configuration, error.what());
  } catch (const std::exception& error) {
    return failure(ExitCode::failed, error.what());
  }
}

}  // namespace

int run_command_line(int count, const char* const* arguments) {
  storage::explain_unreadable_pages();
  CLI::App app(kAbout, "chancery");
  app.set_version_flag("--version", "chancery " + std::string(version()));
  app.footer(std::string(kExitCodes) + "\n`chancery COMMAND --help` explains a command.");
  app.require_subcommand(1);
  Plan plan;
  add_init(app, plan);
  add_ceremony(app, plan);
  add_serve(app, plan);
  add_perspective(app, plan);
  add_check_config(app, plan);
  add_verify(app, plan);
  add_backup(app, plan);
  add_eab(app, plan);
  add_revoke(app, plan);
  add_incident(app, plan);
  add_stops(app, plan);
  add_ca(app, plan);
  add_catalog(app, plan);
  add_people(app, plan);
  try {
    app.parse(count, arguments);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    return failure(ExitCode::bad_configuration,
                   std::string(error.what()) + " (see chancery --help)");
  }
  return run_plan(plan);
}

}  // namespace server
