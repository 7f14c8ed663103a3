// Contents by what they are: octets under their SHA-256. The same contents are stored once, whoever
// sent them, and go when nothing uses them any more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/transaction.h"

namespace policy {

/// SHA-256 -> octets.
inline constexpr storage::TableName kBlobs{"blobs"};
/// SHA-256, name of the user -> nothing.
inline constexpr storage::TableName kBlobUses{"blob_uses"};

/// Stores `octets`, whose SHA-256 is `sha256`, for `user` (an id's octets). Doing it again changes
/// nothing.
void use_blob(storage::Transaction& transaction,
              std::string_view sha256,
              std::string_view octets,
              std::string_view user);

/// `user` needs it no more. What nobody needs is erased.
void release_blob(storage::Transaction& transaction,
                  std::string_view sha256,
                  std::string_view user);

/// The octets, or nothing. Throws CorruptRecord if they are not what they were.
std::optional<std::string> read_blob(const storage::Snapshot& snapshot, std::string_view sha256);

/// Recomputes every hash. One sentence per fault.
std::vector<std::string> verify_blobs(const storage::Snapshot& snapshot);

}  // namespace policy
