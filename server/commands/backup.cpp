#include "server/commands/commands.h"
#include "server/issuer_files.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"

namespace server {

ExitCode backup(const ConfigChoice& choice,
                const std::filesystem::path& target,
                std::ostream& out) {
  const Settings settings = settings_or_throw(choice);
  const storage::LmdbOptions options{.folder = settings.storage_path,
                                     .mode = storage::OpenMode::read_only,
                                     .map_bytes = settings.storage_map_size};
  const storage::Store store(storage::open_lmdb(options));
  store.backup(target);
  out << "The store in " << settings.storage_path.string() << " was copied to " << target.string()
      << ".\nProve the copy: chancery verify --store " << target.string();
  for (const IssuerFiles& files : issuer_files(settings)) {
    out << " --issuer " << files.certificate.string();
  }
  out << std::endl;
  return ExitCode::ok;
}

}  // namespace server
