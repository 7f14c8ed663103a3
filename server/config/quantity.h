// Durations, sizes and rates the way people write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/rate_limit.h"

namespace server {

/// One whole number and one unit of `s`, `m`, `h`, `d`, without space or sign: `90d`, `10s`.
/// Nothing for any other spelling, and nothing beyond 100 years.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
/// The shortest spelling that parse_duration reads back: `90d`, `36h`.
std::string duration_text(std::chrono::seconds duration);

/// One whole number of bytes, or of `KiB`, `MiB`, `GiB`, `TiB`: `64KiB`, `512`. Nothing for any
/// other spelling, and nothing beyond 2^60.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// The shortest spelling that parse_size reads back.
std::string size_text(std::uint64_t bytes);

/// A number of at least 1, ` per ` and a duration: `300 per 3h`. Nothing for any other spelling,
/// and nothing faster than one in a millisecond.
std::optional<policy::Rate> parse_rate(std::string_view text);
/// What stands for a limit that is not in force.
inline constexpr std::string_view kNoRate = "off";

/// Decimal digits without sign, spaces or leading zeros.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace server
