#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "server/commands/ceremony.h"
#include "server/commands/command_parts.h"
#include "server/commands/harden.h"

namespace server {
namespace {

template <class Options>
void run_with(CLI::App* command,
              const std::shared_ptr<Options>& options,
              Plan& plan,
              ExitCode (*act)(const Options&, std::ostream&)) {
  command->callback([options, act, &plan] {
    plan.run = [options, act] {
      harden();
      return act(*options, std::cout);
    };
  });
}

void add_run(CLI::App& ceremony, Plan& plan) {
  CLI::App* command = add_command(
      ceremony, "run",
      "Makes the CAs of a reviewed plan, with their keys and a transcript: all of it or nothing.",
      "  chancery ceremony run plan.toml --dry-run\n"
      "  chancery ceremony run plan.toml --dir /media/ceremony");
  const auto options = std::make_shared<CeremonyOptions>();
  command->add_option("PLAN", options->plan, "The plan, TOML")->required();
  CLI::Option* folder =
      command->add_option("--dir", options->folder, "The folder to make")->type_name("DIR");
  CLI::Option* rehearse = command->add_flag_callback(
      "--dry-run", [options] { options->kind = ca::Ceremony::rehearsed; },
      "Go through all of it, print the transcript, keep nothing");
  folder->excludes(rehearse);
  command->callback([options, &plan] {
    if (options->folder.empty() && options->kind == ca::Ceremony::held) {
      throw CLI::RequiredError("--dir");
    }
    plan.run = [options] {
      harden();
      return hold_ceremony(*options, std::cout);
    };
  });
}

void add_check(CLI::App& ceremony, Plan& plan) {
  CLI::App* command =
      add_command(ceremony, "check",
                  "Checks a transcript against the files beside it. Needs no key and no server.",
                  "  chancery ceremony check /media/ceremony/transcript.txt");
  const auto file = std::make_shared<std::filesystem::path>();
  command->add_option("TRANSCRIPT", *file, "The transcript")->required();
  command->callback(
      [file, &plan] { plan.run = [file] { return check_ceremony(*file, std::cout); }; });
}

void add_split(CLI::App& ceremony, Plan& plan) {
  CLI::App* command = add_command(
      ceremony, "split",
      "Splits a private file, such as a key or its passphrase, into shares of which some are\n"
      "needed to get it back, and fewer tell nothing.",
      "  chancery ceremony split --file root.key --shares 5 --needed 3 --dir shares");
  const auto options = std::make_shared<SplitOptions>();
  command->add_option("--file", options->file, "What to split, mode 0600")->required();
  command->add_option("--shares", options->shares, "How many shares to make")
      ->capture_default_str();
  command->add_option("--needed", options->needed, "How many give it back")->capture_default_str();
  command->add_option("--dir", options->folder, "The folder to make")->type_name("DIR")->required();
  run_with(command, options, plan, split_key);
}

void add_join(CLI::App& ceremony, Plan& plan) {
  CLI::App* command =
      add_command(ceremony, "join", "Gets a file back from its shares; a wrong share is named.",
                  "  chancery ceremony join share-1.txt share-4.txt share-5.txt --file root.key");
  const auto options = std::make_shared<JoinOptions>();
  command->add_option("SHARE", options->shares, "The shares")->required();
  command->add_option("--file", options->file, "The file to make")->required();
  run_with(command, options, plan, join_key);
}

}  // namespace

void add_ceremony(CLI::App& app, Plan& plan) {
  CLI::App* ceremony = app.add_subcommand(
      "ceremony", "Makes roots and issuing CAs from a reviewed plan; backs keys up in shares.");
  ceremony->require_subcommand(1);
  add_run(*ceremony, plan);
  add_check(*ceremony, plan);
  add_split(*ceremony, plan);
  add_join(*ceremony, plan);
}

}  // namespace server
