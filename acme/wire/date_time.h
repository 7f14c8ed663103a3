// Times as clients write them.
#pragma once

#include <optional>
#include <string_view>

#include "ca/time.h"

namespace acme {

/// A date-time of RFC 3339 §5.6 in whole seconds: an offset is taken into account, a fraction must
/// be zero. Nothing for any other text. Safe from any thread.
std::optional<ca::Time> parse_date_time(std::string_view text);

}  // namespace acme
