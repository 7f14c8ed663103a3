// Offices and calendars from files.
#pragma once

#include <expected>
#include <vector>

#include "policy/calendars/calendar.h"
#include "policy/catalog/source.h"

namespace policy {

/// The offices and calendars of `shipped`, then those of `added`; what both have is taken from
/// `added`. Every fault is listed.
std::expected<Calendars, CatalogFaults> load_calendars(const std::vector<CatalogSource>& shipped,
                                                       const std::vector<CatalogSource>& added);

}  // namespace policy
