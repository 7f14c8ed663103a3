#include "server/config/render.h"

#include <string_view>

#include "server/config/setting.h"

namespace server {
namespace {

constexpr std::size_t kWidth = 96;

/// `text` in lines of at most kWidth, each with `mark` in front.
std::string wrapped(std::string_view text, std::string_view mark) {
  std::string result;
  std::string line(mark);
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (line.size() > mark.size() && line.size() + 1 + word.size() > kWidth) {
      result += line + "\n";
      line = mark;
    }
    if (line.size() > mark.size()) line += ' ';
    line += word;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return result + line + "\n";
}

std::string_view section_of(std::string_view key) {
  return key.substr(0, key.find('.'));
}
std::string_view name_in_section(std::string_view key) {
  return key.substr(key.find('.') + 1);
}

constexpr std::string_view kFileHead =
    "# Configuration of Chancery. Every setting stands here with its default behind a `#`.\n"
    "# Check a change with: chancery check-config --config THIS_FILE\n"
    "# Any setting can also be given as: chancery serve --set key=value\n";

constexpr std::string_view kManualHead =
    "# Configuration\n"
    "\n"
    "<!-- Made by `chancery check-config --print-docs`; a test compares it. Change "
    "server/config/settings_table.cpp "
    "instead. -->\n"
    "\n"
    "Chancery reads one TOML file, `chancery.toml`. `chancery init` writes it with every setting "
    "explained. Any setting\n"
    "can be overridden with `--set key=value`, as often as needed; the same checks apply. Relative "
    "paths are relative to\n"
    "the folder of the configuration file.\n"
    "\n"
    "`chancery check-config` lists every fault with its line: settings that do not exist, values "
    "of the wrong kind,\n"
    "values out of range. A server with a faulty configuration does not start, and the exit code "
    "is 2.\n"
    "\n"
    "Durations are a whole number with `s`, `m`, `h` or `d` (`\"10s\"`, `\"90d\"`); sizes are a "
    "whole number of bytes,\n"
    "or of `KiB`, `MiB`, `GiB`, `TiB` (`\"64KiB\"`).\n"
    "\n"
    "Settings marked **lab** weaken what a public CA must do. Whenever one of them differs from "
    "its default, the server\n"
    "writes the warning `config.lab_setting` to its log at every start.\n";

std::string manual_entry(const Setting& setting) {
  std::string entry = "\n### `" + std::string(setting.key) + "`";
  entry += setting.audience == Audience::lab ? " (lab)\n\n" : "\n\n";
  entry += wrapped(setting.doc, "");
  entry += "\n- Value: " + allowed_text(setting) + "\n";
  entry += "- Default: `" + std::string(setting.standard) + "`\n";
  return entry;
}

}  // namespace

std::string configuration_file(const std::map<std::string, std::string>& chosen) {
  std::string text(kFileHead);
  std::string_view section;
  for (const Setting& setting : settings_table()) {
    if (section_of(setting.key) != section) {
      section = section_of(setting.key);
      text.append("\n[").append(section).append("]\n");
    }
    const std::string lab = setting.audience == Audience::lab ? "Only for a laboratory. " : "";
    text += "\n" + wrapped(lab + std::string(setting.doc), "# ");
    text += wrapped("Value: " + allowed_text(setting) + ".", "# ");
    const auto found = chosen.find(std::string(setting.key));
    const std::string name(name_in_section(setting.key));
    if (found != chosen.end()) {
      text += name + " = " + found->second + "\n";
    } else {
      text += "#" + name + " = " + std::string(setting.standard) + "\n";
    }
  }
  return text;
}

std::string configuration_manual() {
  std::string text(kManualHead);
  std::string_view section;
  for (const Setting& setting : settings_table()) {
    if (section_of(setting.key) != section) {
      section = section_of(setting.key);
      text.append("\n## `[").append(section).append("]`\n");
    }
    text += manual_entry(setting);
  }
  return text;
}

}  // namespace server
