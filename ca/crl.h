// Certificate revocation lists (RFC 5280 §5, BR 7.2).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/issuer.h"
#include "ca/time.h"
#include "storage/store.h"

namespace ca {

/// One revoked serial.
struct RevokedSerial {
  std::string serial;  // raw octets
  Time revoked_at;
  std::uint8_t reason;  // 0 leaves the extension out (BR 7.2.2)
};

/// A signed CRL: v2, authorityKeyIdentifier, cRLNumber = `number`, nextUpdate = `now` + `life` (at
/// most 10 days, else std::logic_error). DER.
std::string sign_crl(const Issuer& issuer,
                     const std::vector<RevokedSerial>& revoked,
                     std::uint64_t number,
                     Time now,
                     std::chrono::seconds life);

/// Builds and stores the CRL of `issuer` from the ledger: every revoked serial until its
/// certificate has expired and has been seen on one CRL after that. Three steps, so that no
/// transaction waits for a signature: the next CRL number, what is to be on that CRL and the audit
/// entry are fixed in one durable write, the CRL is signed, the CRL is stored unless a newer number
/// is stored already. Numbers rise even when an older copy of the store was restored: they are at
/// least the seconds of `now` since 1970. Returns the DER.
boost::asio::awaitable<std::string> publish_crl(storage::Store& store,
                                                const Issuer& issuer,
                                                Time now,
                                                std::chrono::seconds life);

/// The newest stored CRL of `issuer_id`, DER, or nothing.
std::optional<std::string> newest_crl(const storage::Snapshot& snapshot,
                                      std::string_view issuer_id);

/// thisUpdate of that CRL.
std::optional<Time> newest_crl_time(const storage::Snapshot& snapshot, std::string_view issuer_id);

}  // namespace ca
