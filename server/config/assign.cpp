#include "server/config/assign.h"

#include "server/config/quantity.h"

namespace server {
namespace {

/// A value as the person wrote it, for quoting back.
struct Quote {
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const std::string& text) const { return toml_string(text); }
  std::string operator()(const std::vector<std::string>&) const { return "a list"; }
  std::string operator()(const ForeignValue& foreign) const { return foreign.kind; }
};

std::string complaint(const Setting& setting, const TomlValue& value) {
  return std::string(setting.key) + " is " + std::visit(Quote{}, value) + "; expected " +
         allowed_text(setting);
}

bool in_range(const Setting& setting, std::uint64_t value) {
  return value >= setting.least && value <= setting.greatest;
}

std::optional<std::uint64_t> number_in(const Setting& setting, const TomlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && setting.form == Form::size ? parse_size(*text) : std::nullopt;
}

/// Stores into the member's own type. Returns a complaint, or nothing.
struct Store {
  const Setting& setting;
  const TomlValue& value;
  const std::filesystem::path& folder;
  Settings& settings;

  [[nodiscard]] std::optional<std::string> refuse() const { return complaint(setting, value); }

  /// The text behind a text or path setting, if it follows the rule.
  [[nodiscard]] const std::string* text() const {
    const auto* written = std::get_if<std::string>(&value);
    if (written == nullptr || (setting.rule != nullptr && setting.rule(*written))) return nullptr;
    return written;
  }

  std::optional<std::string> operator()(std::string Settings::* member) const {
    const std::string* written = text();
    if (written == nullptr) return refuse();
    settings.*member = *written;
    return std::nullopt;
  }

  std::optional<std::string> operator()(bool Settings::* member) const {
    const auto* truth = std::get_if<bool>(&value);
    if (truth == nullptr) return refuse();
    settings.*member = *truth;
    return std::nullopt;
  }

  std::optional<std::string> operator()(std::uint64_t Settings::* member) const {
    const std::optional<std::uint64_t> number = number_in(setting, value);
    if (!number || !in_range(setting, *number)) return refuse();
    settings.*member = *number;
    return std::nullopt;
  }

  std::optional<std::string> operator()(std::chrono::seconds Settings::* member) const {
    const auto* written = std::get_if<std::string>(&value);
    const auto duration = written == nullptr ? std::nullopt : parse_duration(*written);
    if (!duration || !in_range(setting, static_cast<std::uint64_t>(duration->count())))
      return refuse();
    settings.*member = *duration;
    return std::nullopt;
  }

  std::optional<std::string> operator()(std::filesystem::path Settings::* member) const {
    const std::string* written = text();
    if (written == nullptr || written->find('\0') != std::string::npos) return refuse();
    const std::filesystem::path path(*written);
    settings.*member =
        path.empty() || path.is_absolute() ? path : (folder / path).lexically_normal();
    return std::nullopt;
  }

  std::optional<std::string> operator()(std::vector<std::string> Settings::* member) const {
    const auto* items = std::get_if<std::vector<std::string>>(&value);
    if (items == nullptr) return refuse();
    for (const std::string& item : *items) {
      if (setting.rule == nullptr) continue;
      if (const std::optional<std::string> expected = setting.rule(item)) {
        return std::string(setting.key) + " holds " + toml_string(item) + "; expected " + *expected;
      }
    }
    settings.*member = *items;
    return std::nullopt;
  }
};

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    items.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

}  // namespace

std::optional<std::string> assign(const Setting& setting,
                                  const TomlValue& value,
                                  const std::filesystem::path& folder,
                                  Settings& settings) {
  const Store store{setting, value, folder, settings};
  return std::visit(store, setting.member);
}

TomlValue command_line_value(const Setting& setting, std::string_view text) {
  if (text.starts_with('"') || text.starts_with('\'') || text.starts_with('[')) {
    const auto entries = read_toml(std::string("value = ").append(text));
    if (entries && entries->size() == 1 && entries->front().key == "value")
      return entries->front().value;
    return std::string(text);
  }
  switch (setting.form) {
    case Form::boolean:
      if (text == "true" || text == "false") return text == "true";
      break;
    case Form::number:
      if (const std::optional<std::uint64_t> number = parse_number(text);
          number && *number <= std::uint64_t{INT64_MAX}) {
        return static_cast<std::int64_t>(*number);
      }
      break;
    case Form::text_list:
      return split_at_commas(text);
    case Form::text:
    case Form::size:
    case Form::duration:
    case Form::path:
      break;
  }
  return std::string(text);
}

}  // namespace server
