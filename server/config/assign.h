// One value into one setting.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "server/config/setting.h"
#include "server/config/toml_text.h"

namespace server {

/// Checks `value` against `setting` and stores it; relative paths are resolved against `folder`.
/// Returns what is wrong, as one sentence that quotes the value, and then changes nothing.
std::optional<std::string> assign(const Setting& setting,
                                  const TomlValue& value,
                                  const std::filesystem::path& folder,
                                  Settings& settings);

/// The value that `text` behind `--set key=` means for this setting: TOML where it begins with a
/// quote or a bracket, else the bare text in the form the setting has; lists are separated by
/// commas.
TomlValue command_line_value(const Setting& setting, std::string_view text);

}  // namespace server
