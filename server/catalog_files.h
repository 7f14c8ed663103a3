// The catalog that the settings name.
#pragma once

#include <expected>
#include <filesystem>
#include <vector>

#include "ca/time.h"
#include "policy/catalog/catalog.h"
#include "policy/product.h"
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

/// What is on offer at `now`: records that stay (dns-persist-01, auto-dns) only if
/// acme.caa_identities gives the CA a name, which they have to say, and dns-cname only if
/// validation.cname_zone says where they point to. Throws BadConfiguration if that leaves a product
/// without a method.
policy::Catalog catalog_on_offer(const policy::LoadedCatalog& files,
                                 const Settings& settings,
                                 ca::Time now);

}  // namespace server
