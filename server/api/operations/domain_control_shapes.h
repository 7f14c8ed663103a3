// Domain control as the API shows it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policy/domain_control/control.h"
#include "server/api/schema.h"

namespace server::api {

extern const Shape kControlItem;
extern const Shape kLate;

/// Whether what was placed for it may go.
enum class Needed { still, no_more };
nlohmann::json json_of(const policy::ControlItem& item, Needed needed);
nlohmann::json json_of(const ca::Identifier& identifier);

/// Whether a check was asked for too soon after the last one.
enum class Asked { soberly, too_often };
/// Open, times and items.
nlohmann::json json_of(const policy::DomainControl& control, Needed needed, Asked asked);

/// What to look into when a certificate is late: the names that are not proven, with what was seen
/// last, and the tool that tells more (ALI-22).
nlohmann::json late_json(const policy::DomainControl& control);

}  // namespace server::api
