// LMDB's result codes as this floor's exceptions.
#pragma once

#include <string_view>

namespace storage {

/// Throws StorageFull for a full map or an oversized transaction, StorageError otherwise.
/// `operation` reads like "put".
[[noreturn]] void throw_lmdb(std::string_view operation, int code);

/// Returns on success, throws as above otherwise.
inline void check_lmdb(std::string_view operation, int code) {
  if (code != 0) throw_lmdb(operation, code);
}

}  // namespace storage
