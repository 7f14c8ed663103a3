// Domain control as the API shows it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policy/domain_control/control.h"
#include "server/api/schema.h"

namespace server::api {

extern const Shape kControlItem;

/// Whether what was placed for it may go.
enum class Needed { still, no_more };
nlohmann::json json_of(const policy::ControlItem& item, Needed needed);
nlohmann::json json_of(const ca::Identifier& identifier);

/// Whether a check was asked for too soon after the last one.
enum class Asked { soberly, too_often };
/// Open, times and items.
nlohmann::json json_of(const policy::DomainControl& control, Needed needed, Asked asked);

}  // namespace server::api
