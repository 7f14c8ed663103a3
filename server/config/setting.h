// The descriptor of one setting: what it is called, what it may hold, and what it means.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/config/settings.h"

namespace server {

/// How a value is written. Each form belongs to one member type.
enum class Form { text, boolean, number, size, duration, path, text_list };

/// Who needs a setting. Lab settings weaken what a public CA must do and are announced in the log
/// at every start.
enum class Audience { ordinary, lab };

/// What is wrong with a text value, as the end of a sentence ("expected …"), or nothing.
using TextRule = std::optional<std::string> (*)(std::string_view value);

using Member = std::variant<std::string Settings::*,
                            bool Settings::*,
                            std::uint64_t Settings::*,
                            std::chrono::seconds Settings::*,
                            std::filesystem::path Settings::*,
                            std::vector<std::string> Settings::*>;

/// One row of the table. `standard` is the default as it is written behind `key =` in the file.
struct Setting {
  std::string_view key;
  Form form;
  Member member;
  std::string_view standard;
  std::uint64_t least =
      0;  // number: plain; size: bytes; duration: seconds. Ignored for other forms
  std::uint64_t greatest = 0;
  TextRule rule = nullptr;  // for text and for each item of a list
  Audience audience = Audience::ordinary;
  std::string_view doc;  // one or more sentences
};

/// All settings in the order of the file and of the manual; those of one section stand together.
const std::vector<Setting>& settings_table();
/// The row of that key, or null.
const Setting* find_setting(std::string_view key);

/// What a value may be, in words: "a whole number from 1 to 65535".
std::string allowed_text(const Setting& setting);
/// A value as it is written in the file: `"64KiB"`, `[]`, `true`. Paths are shown as they are.
std::string value_text(const Setting& setting, const Settings& settings);

}  // namespace server
