// URLs of Certificate Transparency logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/outbound/fetch_url.h"

namespace server {

/// A URL with the port it names, or its scheme's own.
struct LogUrl {
  FetchUrl url;
  std::uint16_t port;
};

/// Reads `http` or `https`, a DNS name or an IPv4 address, any port, a path of plain characters.
std::optional<LogUrl> parse_log_url(std::string_view text);

}  // namespace server
