// Which serials go on the next CRL: an index beside the ledger, so that making a CRL does not read
// every certificate.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ca/time.h"
#include "storage/key_codec.h"
#include "storage/table.h"

namespace ca {

/// One serial that is due on CRLs. It leaves the index once its certificate has expired and a CRL
/// issued after that has been stored with it (BR 7.2).
struct RevocationRow {
  Time revoked_at{};
  std::uint8_t reason = 0;
  Time not_after{};

  [[nodiscard]] std::string encode() const;
  static RevocationRow decode(std::string_view bytes);
  bool operator==(const RevocationRow&) const = default;
};

inline constexpr storage::Table<RevocationRow> kRevocationIndex{"revocation_index"};

/// The key of ledger and revocation index: issuer, then serial, so that an issuer's rows stand
/// together.
inline std::string serial_key(std::string_view issuer_id, std::string_view serial) {
  return storage::KeyWriter().text(issuer_id).tail(serial).take();
}
/// What all keys of one issuer begin with; nothing for the empty id, which means all issuers.
inline std::string issuer_prefix(std::string_view issuer_id) {
  return issuer_id.empty() ? std::string() : storage::KeyWriter().text(issuer_id).take();
}

}  // namespace ca
