// The plan of a key ceremony as a TOML file.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ca/ceremony.h"

namespace server {

/// `title`, `participants`, and a table [ca.NAME] for each CA, its issuer above it. The error holds
/// every fault of form as a sentence with its line; ca::plan_faults judges what the plan says.
std::expected<ca::CeremonyPlan, std::vector<std::string>> parse_plan(std::string_view text);

}  // namespace server
