// What an order does while people still look at who asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace acme {

/// What becomes of an order for a product that is reviewed while its review has not passed.
enum class HoldMode : std::uint8_t {
  processing = 0,  // finalize is accepted and the order waits in `processing` (RFC 8555 §7.4)
  fail = 1,        // newOrder refuses with userActionRequired
  // The order stays `pending` although all its authorizations are valid, against RFC 8555 §7.1.6:
  // for clients that wait in this state only.
  pending = 2,
};
/// "processing", "fail", "pending": the spelling of the command line and of the API.
std::string_view text_of(HoldMode mode);
std::optional<HoldMode> hold_mode(std::string_view text);

}  // namespace acme
