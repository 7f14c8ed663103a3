#include "storage/lmdb_error.h"

#include <lmdb.h>

#include <string>

#include "storage/storage_error.h"

namespace storage {

void throw_lmdb(std::string_view operation, int code) {
  const std::string message = "store: " + std::string(operation) + ": " + mdb_strerror(code);
  if (code == MDB_MAP_FULL || code == MDB_TXN_FULL) throw StorageFull(message);
  throw StorageError(message);
}

}  // namespace storage
