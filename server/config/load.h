// From a file and `--set key=value` to checked settings, or to the whole list of what is wrong.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/settings.h"

namespace server {

/// One fault: where it is ("chancery.toml:12", "--set listen.acme") and one sentence.
struct ConfigFault {
  std::string where;
  std::string sentence;
  [[nodiscard]] std::string text() const { return where + ": " + sentence; }
};

using ConfigFaults = std::vector<ConfigFault>;

/// What the table gives where nothing is set; paths are relative to `folder`.
Settings default_settings(const std::filesystem::path& folder);

/// Checks the text of a configuration file and then `overrides` (`key=value`, later ones win), and
/// then whether what they say can stand together. `name` is how faults call the file; relative
/// paths are resolved against `folder`. All faults are reported together, in this order and that of
/// the file.
std::expected<Settings, ConfigFaults> settings_from(std::string_view text,
                                                    const std::string& name,
                                                    const std::filesystem::path& folder,
                                                    const std::vector<std::string>& overrides);

/// The same from a file on disk; one that cannot be read, is no regular file or is longer than 1
/// MiB is a fault too.
std::expected<Settings, ConfigFaults> load_settings(const std::filesystem::path& file,
                                                    const std::vector<std::string>& overrides);

}  // namespace server
