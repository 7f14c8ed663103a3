// Which Host values are ours (RFC 9110 §7.2, §15.5.20).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace server {

enum class Scheme { http, https };

/// A list of authorities. They are compared without regard to case and with the scheme's default
/// port left out (RFC 9110 §4.2.3). Immutable after construction.
class HostNames {
 public:
  HostNames(Scheme scheme, const std::vector<std::string>& authorities);
  /// True if `host`, the value of the Host field, is one of the list.
  [[nodiscard]] bool contains(std::string_view host) const;
  /// True if the name part of `host` is `name`; used to compare with the server name of the TLS
  /// handshake.
  [[nodiscard]] static bool has_name(std::string_view host, std::string_view name);

 private:
  Scheme scheme_;
  std::vector<std::string> authorities_;
};

}  // namespace server
