// URLs that validation may fetch. Pure functions: nothing here touches the network.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "ca/names/identifier.h"

namespace server {

enum class FetchScheme { http, https };

/// Which port may stand in a URL of each scheme, beside the scheme's own, and is dialled instead of
/// it. 80 and 443 except in a laboratory (BR 1.6.1, Authorized Ports).
struct FetchPorts {
  std::uint16_t http = 80;
  std::uint16_t https = 443;
};

/// One place to fetch from. Immutable once made by fetch_url or redirect_target.
struct FetchUrl {
  FetchScheme scheme;
  ca::Identifier host;  // an address only if it is what is validated
  std::string target;   // path and query as they go on the wire; begins with `/`, never a fragment

  [[nodiscard]] std::uint16_t port(const FetchPorts& ports) const;
  /// The host as it stands in a URL and in a Host field: an IPv6 address in brackets (RFC 3986
  /// §3.2.2).
  [[nodiscard]] std::string host_text() const;
  /// The port is left out: it is the scheme's own for whoever reads this.
  [[nodiscard]] std::string text() const;
  bool operator==(const FetchUrl&) const = default;
};

/// The longest path and query, in octets.
inline constexpr std::size_t kLongestTarget = 2000;

/// Reads an absolute URL as strictly as RFC 3986 writes them: `http` or `https`, a DNS name (no
/// address in any spelling, no user), no port but the scheme's own or the one in `ports`, only
/// characters of RFC 3986 §3.3 and §3.4 in path and query. A fragment is dropped (RFC 9110
/// §10.2.2). The error is the end of a sentence: "names a user, …".
std::expected<FetchUrl, std::string> fetch_url(std::string_view text, const FetchPorts& ports);

/// Where a Location header of an answer from `base` leads (RFC 3986 §5.2), judged like fetch_url.
std::expected<FetchUrl, std::string> redirect_target(const FetchUrl& base,
                                                     std::string_view location,
                                                     const FetchPorts& ports);

}  // namespace server
