// What all commands that read a configuration share.
#include "server/commands/commands.h"

namespace server {
namespace {

std::string list_of(const ConfigFaults& faults) {
  std::string text;
  for (const ConfigFault& fault : faults) text += fault.text() + "\n";
  const std::string count =
      faults.size() == 1 ? "1 fault" : std::to_string(faults.size()) + " faults";
  return text + "chancery: " + count + " in the configuration\n";
}

}  // namespace

BadConfiguration::BadConfiguration(const ConfigFaults& faults)
    : std::runtime_error(list_of(faults)) {}

std::filesystem::path ConfigChoice::path() const {
  if (file) return *file;
  constexpr const char* kFileName = "chancery.toml";
  return folder ? *folder / kFileName : std::filesystem::path(kFileName);
}

Settings settings_or_throw(const ConfigChoice& choice) {
  std::expected<Settings, ConfigFaults> settings = load_settings(choice.path(), choice.overrides);
  if (!settings) throw BadConfiguration(settings.error());
  return *std::move(settings);
}

}  // namespace server
