#include <CLI/CLI.hpp>
#include <iostream>

#include "server/commands/command_parts.h"

namespace server {
namespace {

using Act = ExitCode (*)(const CatalogOptions&, std::ostream&);

struct Added {
  CLI::App* command;
  std::shared_ptr<CatalogOptions> options;
};

Added add(CLI::App& catalog,
          Plan& plan,
          const std::string& name,
          const std::string& about,
          const std::string& examples,
          Act act) {
  CLI::App* command = add_command(catalog, name, about, examples);
  const auto options = std::make_shared<CatalogOptions>();
  add_config_options(*command, std::shared_ptr<ConfigChoice>(options, &options->config));
  command
      ->add_option("--folder", options->folder,
                   "The folder of further files, instead of catalog.folder; no configuration is "
                   "read then")
      ->type_name("DIR");
  command->callback(
      [options, act, &plan] { plan.run = [options, act] { return act(*options, std::cout); }; });
  return {command, options};
}

}  // namespace

void add_catalog(CLI::App& app, Plan& plan) {
  CLI::App* catalog = add_command(
      app, "catalog",
      "What may be ordered: products with their stages, limits and clocks, as TOML files.",
      "  chancery catalog show --dir ca\n"
      "  chancery catalog check --folder catalog");
  catalog->require_subcommand(1);
  add(*catalog, plan, "check", "Lists every fault of the catalog's files, by file and line.",
      "  chancery catalog check --dir ca\n"
      "  chancery catalog check --folder catalog",
      catalog_check);
  const Added show = add(*catalog, plan, "show",
                         "Lists the products, or prints one with everything it inherits, as it "
                         "could stand in a file.",
                         "  chancery catalog show --dir ca\n"
                         "  chancery catalog show --dir ca ov\n"
                         "  chancery catalog show --dir ca ov@1",
                         catalog_show);
  show.command->add_option("PRODUCT", show.options->left, "NAME, or NAME@VERSION");
  const Added diff = add(*catalog, plan, "diff",
                         "Prints in what two products differ; without any, what the folder changes "
                         "of what the program brings.",
                         "  chancery catalog diff --dir ca ov ev\n"
                         "  chancery catalog diff --folder catalog",
                         catalog_diff);
  auto* left = diff.command->add_option("LEFT", diff.options->left, "NAME, or NAME@VERSION");
  left->needs(diff.command->add_option("RIGHT", diff.options->right, "The other one"));
}

}  // namespace server
