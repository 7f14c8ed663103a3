// Account keys, parsed once. Building a key object costs more than half a verification
// (docs/architecture.md).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ca/crypto/public_key.h"

namespace acme {

/// A bounded least-recently-used map from SPKI bytes to key objects. Keyed by content, so it never
/// goes stale. Safe from any thread.
class AccountKeyCache {
 public:
  explicit AccountKeyCache(std::size_t capacity = 65'536);
  ~AccountKeyCache();
  /// The key with these SPKI bytes, parsed if it is not cached. The bytes come from our own store:
  /// throws storage::CorruptRecord if they are not an acceptable key.
  ca::PublicKey key(std::string_view spki);
  void remember(const ca::PublicKey& key);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acme
