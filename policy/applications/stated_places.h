// Which places of an application a reviewer can point at.
#pragma once

#include <string_view>

#include "policy/applications/application.h"

namespace policy {

/// Whether `pointer` (RFC 6901) is a place where applications state something, or a part with
/// several such places: "/organization/registrationNumber", "/organization", "/identifiers/0". It
/// may be a place that this one leaves empty, but no name that it does not have.
bool is_stated_place(const Application& application, std::string_view pointer);

}  // namespace policy
