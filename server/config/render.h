// The table as text: the commented configuration file that `init` writes, and the manual page.
#pragma once

#include <map>
#include <string>

namespace server {

/// A configuration file with every setting explained. Settings in `chosen` (key to value as TOML)
/// are set; all others stand there with their default, behind a `#`.
std::string configuration_file(const std::map<std::string, std::string>& chosen);

/// docs/configuration.md.
std::string configuration_manual();

}  // namespace server
