#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "server/commands/command_parts.h"
#include "server/commands/crl_urls.h"
#include "server/commands/harden.h"

namespace server {
namespace {

void add_list(CLI::App& ca, Plan& plan) {
  CLI::App* command = add_command(ca, "list", "Lists the issuing CAs, the main one first.",
                                  "  chancery ca list --dir ca");
  const auto choice = std::make_shared<ConfigChoice>();
  add_config_options(*command, choice);
  command->callback(
      [choice, &plan] { plan.run = [choice] { return list_issuers(*choice, std::cout); }; });
}

template <class Options>
void run_with(CLI::App* command,
              const std::shared_ptr<Options>& options,
              Plan& plan,
              ExitCode (*act)(const Options&, std::ostream&)) {
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command->callback([options, act, &plan] {
    plan.run = [options, act] {
      harden();
      return act(*options, std::cout);
    };
  });
}

void add_add(CLI::App& ca, Plan& plan) {
  CLI::App* command = add_command(ca, "add",
                                  "Makes a further root with an issuing CA. SM2 profiles need one "
                                  "with sm2, private products one\nwith --trust private; a second "
                                  "one with RSA or ECDSA signs for the keys of its family.",
                                  "  chancery ca add --dir ca gm --algorithm sm2\n"
                                  "  chancery ca add --dir ca rsa --algorithm rsa-4096\n"
                                  "  chancery ca add --dir ca own --algorithm ecdsa-p256 "
                                  "--trust private");
  const auto options = std::make_shared<IssuerAddOptions>();
  command->add_option("NAME", options->name, "What to call it: small letters, digits, hyphens")
      ->required();
  command->add_option("--algorithm", options->algorithm, "Of the root's and the issuing CA's keys")
      ->check(CLI::IsMember(
          {"ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "rsa-3072", "rsa-4096", "sm2"}))
      ->type_name("NAME")
      ->required();
  command
      ->add_option("--trust", options->trust,
                   "Who is to trust the root: everybody's browsers, or those who were given it")
      ->check(CLI::IsMember({"web", "private"}))
      ->type_name("web|private")
      ->capture_default_str();
  add_name_options(*command, options->names.country, options->names.organization);
  add_term_options(*command, options->terms);
  run_with(command, options, plan, add_issuer);
}

void add_rotate(CLI::App& ca, Plan& plan) {
  CLI::App* command = add_command(ca, "rotate",
                                  "Makes the successor of an issuing CA: a new key of the same "
                                  "kind under the same root, whose\nkey must be there. Its "
                                  "certificate says what the old one's says, unless an option says "
                                  "otherwise. From the\nnext start the new one signs; the CRLs of "
                                  "the old one go on.",
                                  "  chancery ca rotate --dir ca main main-2\n"
                                  "  chancery ca rotate --dir ca main main-2 --crl-url "
                                  "http://ca.example/root.crl");
  const auto options = std::make_shared<IssuerRotateOptions>();
  command->add_option("OLD", options->name, "The issuer to follow")->required();
  command->add_option("NEW", options->successor, "What to call the new one")->required();
  command
      ->add_option("--pkcs11", options->pkcs11,
                   "Make the new key in a device; needed where the old one is in a device "
                   "(docs/custody.md)")
      ->type_name("URI");
  add_name_options(*command, options->changes.country, options->changes.organization);
  command
      ->add_option("--common-name", options->changes.common_name,
                   "Its common name; else that of the old one with a number behind it")
      ->type_name("TEXT");
  add_term_options(*command, options->changes.terms);
  run_with(command, options, plan, rotate_issuer);
}

void add_cross_sign(CLI::App& ca, Plan& plan) {
  CLI::App* command =
      add_command(ca, "cross-sign",
                  "Lets the root of one issuing CA sign the root of another. Clients "
                  "that ask for an alternate chain\n(RFC 8555 section 7.4.2) get one "
                  "that ends at the signing root.",
                  "  chancery ca cross-sign --dir ca rsa --by main \\\n"
                  "    --crl-url http://ca.example/main-root.crl");
  const auto options = std::make_shared<IssuerCrossSignOptions>();
  command->add_option("NAME", options->name, "The issuer that gets another chain")->required();
  command->add_option("--by", options->by, "The issuer whose root signs; its key must be there")
      ->type_name("NAME")
      ->required();
  command->add_option("--crl-url", options->crl_url, "Where the CRL of the signing root will be")
      ->type_name("URL")
      ->required();
  run_with(command, options, plan, cross_sign_issuer);
}

void add_retire(CLI::App& ca, Plan& plan) {
  CLI::App* command = add_command(ca, "retire",
                                  "Lets an issuing CA sign no more certificates from the next "
                                  "start on. Its CRLs go on, and what it\nsigned stays revocable.",
                                  "  chancery ca retire --dir ca rsa");
  const auto options = std::make_shared<IssuerRetireOptions>();
  command->add_option("NAME", options->name, "The issuer")->required();
  run_with(command, options, plan, retire_issuer);
}

void add_crl_urls(CLI::App& ca, Plan& plan) {
  CLI::App* command =
      add_command(ca, "crl-urls",
                  "Prints where the CRLs of an issuing CA are, as the JSON array that the CCADB "
                  "takes: every URL that its\ncertificates may name.",
                  "  chancery ca crl-urls --dir ca\n"
                  "  chancery ca crl-urls --dir ca rsa");
  const auto options = std::make_shared<CrlUrlsOptions>();
  command->add_option("NAME", options->name, "The issuer; main if left out");
  run_with(command, options, plan, list_crl_urls);
}

}  // namespace

void add_ca(CLI::App& app, Plan& plan) {
  CLI::App* ca = app.add_subcommand(
      "ca", "Lists, adds, rotates, cross-signs and retires issuing CAs, and says where CRLs are.");
  ca->require_subcommand(1);
  add_list(*ca, plan);
  add_add(*ca, plan);
  add_rotate(*ca, plan);
  add_cross_sign(*ca, plan);
  add_retire(*ca, plan);
  add_crl_urls(*ca, plan);
}

}  // namespace server
