// ECDSA on P-256 with multiples of the public key computed beforehand. For ca/crypto/ only.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>

#include <atomic>
#include <memory>
#include <string_view>

#include "ca/crypto/openssl_handle.h"

namespace ca {

/// OpenSSL multiplies the generator of a group with a table, and any other point without: in the
/// group here the public key is the generator. Immutable; safe from any thread.
class P256Table {
 public:
  /// `point` is uncompressed and on the curve. Throws OpenSslError.
  explicit P256Table(std::string_view point);

  /// FIPS 186-5 §6.4.2 over a hash of at least 32 octets, of which the first 32 count; r and s big
  /// endian.
  [[nodiscard]] bool verifies(std::string_view hash, std::string_view r, std::string_view s) const;

 private:
  using Group = std::unique_ptr<EC_GROUP, OpenSslFree<EC_GROUP_free>>;
  Group curve_;
  Group of_key_;
};

/// A table that a key may get later.
class P256TableSlot {
 public:
  P256TableSlot() = default;
  P256TableSlot(P256TableSlot&& other) noexcept : table_(other.table_.exchange(nullptr)) {}
  P256TableSlot& operator=(P256TableSlot&&) = delete;
  ~P256TableSlot() { delete table_.load(); }

  [[nodiscard]] const P256Table* get() const { return table_.load(std::memory_order_acquire); }
  /// The first one stays.
  void set(std::unique_ptr<const P256Table> table) const {
    const P256Table* none = nullptr;
    if (table_.compare_exchange_strong(none, table.get())) table.release();
  }

 private:
  mutable std::atomic<const P256Table*> table_ = nullptr;
};

}  // namespace ca
