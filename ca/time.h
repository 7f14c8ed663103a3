// Points in time as the CA sees them: whole seconds, UTC, always passed in.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ca {

using Time = std::chrono::sys_seconds;

/// RFC 3339 §5.6, UTC, whole seconds: `2026-11-22T09:30:00Z`.
std::string rfc3339(Time time);
/// The time that rfc3339() writes so, or nothing: no other shape, offset or fraction, no leap
/// second and no day that the calendar does not have.
std::optional<Time> parse_rfc3339(std::string_view text);

/// RFC 5280 §4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050. The whole DER element.
std::string der_time(Time time);
/// GeneralizedTime whatever the year, as OCSP wants it (RFC 6960 §4.2.1). The whole DER element.
std::string der_generalized_time(Time time);
/// RFC 9110 §5.6.7: `Sun, 22 Nov 2026 09:30:00 GMT`.
std::string http_date(Time time);

}  // namespace ca
