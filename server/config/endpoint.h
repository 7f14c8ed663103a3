// `ADDRESS:PORT` and base URLs, as text in settings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace server {

/// An address literal and a port.
struct Endpoint {
  std::string address;  // without brackets: "127.0.0.1", "::1"
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const;  // "[::1]:53"
};

/// `127.0.0.1:14000`, `[::1]:0`. Nothing for host names, missing ports and other spellings.
std::optional<Endpoint> parse_endpoint(std::string_view text);

/// Scheme and authority of a base URL such as `https://ca.example:14000`.
struct BaseUrl {
  std::string scheme;      // "http" or "https"
  std::string host;        // lower-case name, or an address without brackets
  std::uint16_t port = 0;  // the scheme's own if the URL names none
  std::string authority;   // as a Host header shows it: "ca.example:14000", "ca.example"
  [[nodiscard]] std::string text() const { return scheme + "://" + authority; }
};

/// Reads a base URL: no user, path, query or fragment. Nothing for any other spelling.
std::optional<BaseUrl> parse_base_url(std::string_view text);

/// True for one DNS host name of letters, digits and hyphens; a single label such as `localhost`
/// counts.
bool is_host_name(std::string_view text);

}  // namespace server
