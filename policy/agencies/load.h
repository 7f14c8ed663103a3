// Lists of registration agencies from files.
#pragma once

#include <cstddef>
#include <expected>
#include <vector>

#include "policy/agencies/agency_list.h"
#include "policy/catalog/source.h"

namespace policy {

/// What one file holds less than.
inline constexpr std::size_t kMostAgencyVersions = 200;
inline constexpr std::size_t kMostAgencies = 1'000;
/// Values of one list of a row: states, localities, forms.
inline constexpr std::size_t kMostAgencyValues = 500;

/// The file that was compiled into this program.
const std::vector<CatalogSource>& shipped_agencies();

/// The versions that a file has, oldest first: each `[[version]]` with the `[[agency]]` rows that
/// are in it, from `since` on and before `until`. Every fault is listed; there are some if the file
/// has no version.
std::expected<std::vector<AgencyList>, CatalogFaults> load_agencies(const CatalogSource& source);

}  // namespace policy
