// What may not begin while the store keeps its last room for what was begun before.
#pragma once

#include "acme/services.h"
#include "storage/storage_error.h"

namespace acme {

/// Throws storage::StorageFull while the store is low on room (docs/storage.md, "The reserve").
/// Called before a client begins something new; revoking and ending orders need what is left.
inline void require_room_for_new_work(const Services& services) {
  if (!services.store.is_low_on_room()) return;
  throw storage::StorageFull(
      "store: low on room; what is left is kept for orders under way, revocations and CRLs");
}

}  // namespace acme
