#include "server/catalog_files.h"

#include <algorithm>
#include <stdexcept>

#include "server/commands/commands.h"
#include "server/whole_file.h"

namespace server {
namespace {

constexpr std::size_t kLongestFile = std::size_t{4} << 20;

}  // namespace

std::vector<policy::CatalogSource> catalog_sources(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  std::error_code failure;
  std::vector<std::filesystem::path> files;
  for (const auto& each : std::filesystem::directory_iterator(folder, failure)) {
    if (each.path().extension() == ".toml") files.push_back(each.path());
  }
  if (failure) throw std::runtime_error(folder.string() + " cannot be read: " + failure.message());
  std::ranges::sort(files);
  std::vector<policy::CatalogSource> sources;
  for (const auto& file : files)
    sources.push_back({file.string(), whole_file_or_throw(file, kLongestFile)});
  return sources;
}

std::expected<policy::LoadedCatalog, ConfigFaults> read_catalog(
    const std::filesystem::path& folder) {
  ConfigFaults faults;
  try {
    auto loaded = policy::load_catalog(catalog_sources(folder));
    if (loaded) return *std::move(loaded);
    for (policy::CatalogFault& each : loaded.error())
      faults.push_back({each.file + ":" + std::to_string(each.line), std::move(each.sentence)});
  } catch (const std::runtime_error& error) {
    faults.push_back({"catalog.folder", error.what()});
  }
  return std::unexpected(std::move(faults));
}

policy::LoadedCatalog catalog_or_throw(const Settings& settings) {
  auto loaded = read_catalog(settings.catalog_folder);
  if (!loaded) throw BadConfiguration(loaded.error());
  return *std::move(loaded);
}

namespace {

/// Takes from a product what this server cannot look for: an application for a name that only such
/// a method proves is then refused when it is made.
void keep_what_is_set_up(policy::Product& product, const Settings& settings) {
  using policy::ControlMethod;
  if (settings.validation_cname_zone.empty()) {
    std::erase(product.control_methods, ControlMethod::dns_cname);
  }
  if (!settings.acme_caa_identities.empty()) return;
  std::erase(product.methods, policy::ValidationMethod::dns_persist_01);
  for (const ControlMethod lasting : {ControlMethod::auto_dns, ControlMethod::dns_persist_01}) {
    std::erase(product.control_methods, lasting);
  }
}

}  // namespace

policy::Catalog catalog_on_offer(const policy::LoadedCatalog& files,
                                 const Settings& settings,
                                 ca::Time now) {
  std::vector<policy::Product> versions = files.products;
  ConfigFaults faults;
  for (policy::Product& each : versions) {
    keep_what_is_set_up(each, settings);
    if (each.acme && each.methods.empty()) {
      faults.push_back({"acme.caa_identities", "is empty, and \"" + each.name +
                                                   "\" has no method but dns-persist-01, whose "
                                                   "records say the name of the CA"});
    }
  }
  if (!faults.empty()) throw BadConfiguration(faults);
  return {std::move(versions), now, settings.acme_authorization_lifetime};
}

}  // namespace server
