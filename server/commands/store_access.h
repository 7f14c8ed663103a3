// The store as the commands use it that work on the store of a stopped or a running server.
#pragma once

#include <string>

#include "server/commands/commands.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"

namespace server {

/// Opens the store of the chosen configuration. Before its first start a server has none, and
/// OpenMode::beside_writer makes it.
storage::Store open_store(const ConfigChoice& choice, storage::OpenMode mode);

/// Who types, for the audit log (BR 5.4.1 wants the identity of the person): "command line, ada".
std::string at_the_command_line();

}  // namespace server
