// What commands share that read and write the store beside a running server.
#pragma once

#include <string>

#include "server/commands/commands.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"

namespace server {

/// The store of that configuration. Before its first start a server has none: `beside_writer` then
/// makes it, `read_only` fails.
storage::Store open_store(const ConfigChoice& choice, storage::OpenMode mode);

/// Who is at the command line: BR 5.4.1 wants the identity of the person in the audit log. Behind
/// sudo, whoever called it.
std::string person_at_command_line();

/// Throws UsageError unless `text` can stand in lists and in the log: at most 200 octets, no
/// control characters. `option` is named in it.
void require_plain_text(const std::string& option, const std::string& text);

}  // namespace server
