#include "server/config/quantity.h"
#include "server/config/setting.h"
#include "server/config/toml_text.h"

namespace server {
namespace {

std::string range_text(const Setting& setting, std::string (*spell)(std::uint64_t)) {
  return " from " + spell(setting.least) + " to " + spell(setting.greatest);
}

std::string plain_text(std::uint64_t value) {
  return std::to_string(value);
}

std::string seconds_text(std::uint64_t value) {
  return duration_text(std::chrono::seconds(static_cast<std::int64_t>(value)));
}

/// How each member type is written in TOML.
struct Spell {
  const Setting& setting;
  std::string operator()(const std::string& text) const { return toml_string(text); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(std::uint64_t value) const {
    return setting.form == Form::size ? toml_string(size_text(value)) : std::to_string(value);
  }
  std::string operator()(std::chrono::seconds duration) const {
    return toml_string(duration_text(duration));
  }
  std::string operator()(const std::filesystem::path& path) const {
    return toml_string(path.string());
  }
  std::string operator()(const std::vector<std::string>& items) const {
    std::string list;
    for (const std::string& item : items) list += (list.empty() ? "" : ", ") + toml_string(item);
    return "[" + list + "]";
  }
};

}  // namespace

std::string allowed_text(const Setting& setting) {
  switch (setting.form) {
    case Form::text:
      return setting.rule("\n").value_or("any text");
    case Form::boolean:
      return "true or false";
    case Form::number:
      return "a whole number" + range_text(setting, plain_text);
    case Form::size:
      return "a size such as \"64KiB\"" + range_text(setting, size_text);
    case Form::duration:
      return "a duration such as \"10s\" or \"90d\"" + range_text(setting, seconds_text);
    case Form::path:
      return std::string(setting.rule("") ? "a path that is not empty" : "a path") +
             ", relative to the folder of the configuration file";
    case Form::text_list:
      return "a list; each item " + setting.rule("\n").value_or("any text");
  }
  return {};
}

std::string value_text(const Setting& setting, const Settings& settings) {
  return std::visit([&](const auto member) { return Spell{setting}(settings.*member); },
                    setting.member);
}

}  // namespace server
