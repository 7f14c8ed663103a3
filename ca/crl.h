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
/// most 10 days, else std::logic_error), and with `urls` a critical issuingDistributionPoint. It
/// has been read back, and its signature verified with the issuer's certificate. DER. Throws
/// std::runtime_error if that fails.
boost::asio::awaitable<std::string> sign_crl(const Issuer& issuer,
                                             std::vector<RevokedSerial> revoked,
                                             std::uint64_t number,
                                             Time now,
                                             std::chrono::seconds life,
                                             std::vector<std::string> urls = {});

/// Builds and stores the CRLs of `issuer` from the ledger: one over everything, and one for each
/// part of every scheme that certificates may point at (ca/crl_scheme.h), all of the same number.
/// They hold every revoked serial until its
/// certificate has expired and has been seen on one CRL after that. The next CRL number is fixed in
/// a first durable write; what is on the CRL is read from a snapshot after that, so that the writer
/// waits neither for the reading nor for the signature; the CRL is stored in a second write unless
/// a newer number is stored already. Publications of one issuer are serialized by the caller: of
/// two at the same time the higher number may be the one that read earlier. Numbers rise even when
/// an older copy of the store was restored: they are at least the seconds of `now` since 1970. What
/// sign_crl throws leaves the newest CRLs as they were. Returns the DER of the one over everything.
boost::asio::awaitable<std::string> publish_crl(storage::Store& store,
                                                const Issuer& issuer,
                                                Time now,
                                                std::chrono::seconds life);

/// The newest stored CRL of that crl_name, DER, or nothing. An issuer's id is the name of the one
/// over everything.
std::optional<std::string> newest_crl(const storage::Snapshot& snapshot, std::string_view name);

/// What is known of a stored CRL without reading it.
struct CrlFacts {
  std::uint64_t number = 0;
  Time this_update{};
  std::string sha256;  // of the DER

  bool operator==(const CrlFacts&) const = default;
};

/// The facts of that CRL, from a small row beside it.
std::optional<CrlFacts> newest_crl_facts(const storage::Snapshot& snapshot, std::string_view name);

}  // namespace ca
