#include "server/commands/store_access.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>

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

std::string at_the_command_line() {
  const passwd* const entry = ::getpwuid(::getuid());
  return "command line, " +
         (entry != nullptr ? std::string(entry->pw_name) : "user " + std::to_string(::getuid()));
}

}  // namespace server
