// The catalog that the settings name.
#pragma once

#include <expected>
#include <filesystem>
#include <vector>

#include "policy/catalog/catalog.h"
#include "server/config/load.h"

namespace server {

/// Every file of `folder` that ends in .toml, by name; none if the path is empty. Throws
/// std::runtime_error if the folder or a file cannot be read.
std::vector<policy::CatalogSource> catalog_sources(const std::filesystem::path& folder);

/// The shipped catalog with the files of `folder`, or every fault.
std::expected<policy::LoadedCatalog, ConfigFaults> read_catalog(
    const std::filesystem::path& folder);
/// The same with catalog.folder. Throws BadConfiguration.
policy::LoadedCatalog catalog_or_throw(const Settings& settings);

}  // namespace server
