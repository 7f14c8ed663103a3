#include "server/commands/beside_server.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace server {

storage::Store open_store(const ConfigChoice& choice, storage::OpenMode mode) {
  const Settings settings = settings_or_throw(choice);
  // Before its first start a server has no store that anybody could be writing to.
  const bool is_absent = !std::filesystem::exists(settings.storage_path / "data.mdb");
  if (is_absent && mode == storage::OpenMode::beside_writer) {
    mode = storage::OpenMode::create_if_absent;
  }
  return storage::Store(storage::open_lmdb(
      {.folder = settings.storage_path, .mode = mode, .map_bytes = settings.storage_map_size}));
}

std::string person_at_command_line() {
  const passwd* const entry = ::getpwuid(::getuid());
  std::string name =
      entry != nullptr ? std::string(entry->pw_name) : "user " + std::to_string(::getuid());
  const char* const caller = std::getenv("SUDO_USER");
  // Anybody can set a variable; only root's own can have come from sudo.
  if (::getuid() == 0 && caller != nullptr && *caller != '\0') name = caller;
  return "command line, " + name;
}

void require_plain_text(const std::string& option, const std::string& text) {
  constexpr std::size_t kMost = 200;
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'; });
  if (text.size() <= kMost && is_plain) return;
  throw UsageError(option + ": expected at most " + std::to_string(kMost) +
                   " octets without control characters");
}

}  // namespace server
