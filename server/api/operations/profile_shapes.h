// What the API says of a product.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "ca/time.h"
#include "policy/product.h"
#include "server/api/context.h"
#include "server/api/schema.h"

namespace server::api {

extern const Shape kProfile;

/// A product as kProfile says, and what a certificate of it is at `now`.
nlohmann::json profile_json(const Context& context, const policy::Product& product, ca::Time now);

/// When a version counts. Another may have taken its place without an `until` of its own.
nlohmann::json version_dates(const Context& context, const policy::Product& product, ca::Time now);

}  // namespace server::api
