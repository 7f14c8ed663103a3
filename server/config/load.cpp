#include "server/config/load.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "server/config/assign.h"
#include "server/config/contradictions.h"
#include "server/config/setting.h"
#include "server/config/toml_text.h"
#include "server/whole_file.h"

namespace server {
namespace {

constexpr std::size_t kLongestFile = std::size_t{1} << 20;

/// Levenshtein distance, for the suggestion behind a misspelt name.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string unknown_setting(const std::string& key) {
  const auto near = std::ranges::min_element(
      settings_table(), {}, [&](const Setting& setting) { return distance(key, setting.key); });
  std::string sentence = "there is no setting " + key;
  if (distance(key, near->key) <= 4)
    sentence.append("; did you mean ").append(near->key).append("?");
  return sentence;
}

/// Collects values and faults.
class Collector {
 public:
  explicit Collector(std::filesystem::path folder)
      : folder_(std::move(folder)), settings_(default_settings(folder_)) {}

  void fault(std::string where, std::string sentence) {
    faults_.push_back(ConfigFault{std::move(where), std::move(sentence)});
  }

  void set(const std::string& key, const TomlValue& value, const std::string& where) {
    const Setting* setting = find_setting(key);
    if (setting == nullptr) return fault(where, unknown_setting(key));
    if (const auto complaint = assign(*setting, value, folder_, settings_)) {
      refused_.insert(setting->key);
      fault(where, *complaint);
    }
  }

  void override_with(const std::string& assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos) {
      return fault("--set " + assignment,
                   "expected key=value, such as listen.acme=127.0.0.1:14000");
    }
    const std::string key = assignment.substr(0, equals);
    const std::string where = "--set " + key;
    const Setting* setting = find_setting(key);
    if (setting == nullptr) return fault(where, unknown_setting(key));
    set(key, command_line_value(*setting, std::string_view(assignment).substr(equals + 1)), where);
  }

  std::expected<Settings, ConfigFaults> finish() && {
    for (const Contradiction& each : contradictions(settings_)) add(each);
    if (!faults_.empty()) return std::unexpected(std::move(faults_));
    return std::move(settings_);
  }

 private:
  /// A value that was refused contradicts nothing: its default stands in its place.
  void add(const Contradiction& contradiction) {
    std::string where;
    for (const std::string_view key : contradiction.keys) {
      if (refused_.contains(key)) return;
      where.append(where.empty() ? "" : ", ").append(key);
    }
    fault(std::move(where), contradiction.sentence);
  }

  std::filesystem::path folder_;
  Settings settings_;
  std::set<std::string_view> refused_;  // keys
  ConfigFaults faults_;
};

}  // namespace

Settings default_settings(const std::filesystem::path& folder) {
  Settings settings;
  for (const Setting& setting : settings_table()) {
    const auto entries = read_toml(std::string("value = ").append(setting.standard));
    const auto complaint = assign(setting, entries.value().at(0).value, folder, settings);
    if (complaint) throw std::logic_error("a default breaks its own rule: " + *complaint);
  }
  return settings;
}

std::expected<Settings, ConfigFaults> settings_from(std::string_view text,
                                                    const std::string& name,
                                                    const std::filesystem::path& folder,
                                                    const std::vector<std::string>& overrides) {
  Collector collector(folder);
  const auto entries = read_toml(text);
  if (entries) {
    for (const TomlEntry& entry : *entries) {
      collector.set(entry.key, entry.value, name + ":" + std::to_string(entry.line));
    }
  } else {
    collector.fault(name + ":" + std::to_string(entries.error().line), entries.error().sentence);
  }
  for (const std::string& assignment : overrides) collector.override_with(assignment);
  return std::move(collector).finish();
}

std::expected<Settings, ConfigFaults> load_settings(const std::filesystem::path& file,
                                                    const std::vector<std::string>& overrides) {
  const auto text = read_whole_file(file, kLongestFile);
  if (!text) {
    return std::unexpected(
        ConfigFaults{{file.string(), "the configuration file cannot be read: " + text.error()}});
  }
  std::error_code failure;
  const std::filesystem::path whole = std::filesystem::absolute(file, failure);
  return settings_from(*text, file.string(), whole.parent_path(), overrides);
}

}  // namespace server
