// Certificate revocation lists (RFC 5280 §5, BR 7.2).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

/// What one row of the store holds: some 316,000 entries.
inline constexpr std::size_t kLargestCrl = std::size_t{16} << 20;

/// What was published.
struct PublishedCrls {
  std::string full;  // the one over everything, DER; empty if it is left out
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;    // of all CRLs together
  std::uint64_t entries = 0;  // revoked serials on them
  /// The one over everything has outgrown its row, so that the stored one stays what it was: its
  /// size. The parts are published.
  std::optional<std::uint64_t> left_out;
};

/// Builds and stores the CRLs of `issuer` from the ledger: one over everything, and one for each
/// part of every scheme that certificates may point at (ca/crl_scheme.h), all of the same number.
/// They hold every revoked serial until its
/// certificate has expired and has been seen on one CRL after that. The next CRL number is fixed in
/// a first durable write; what is on the CRL is read from a snapshot after that, so that the writer
/// waits neither for the reading nor for the signature; the CRL is stored in a second write unless
/// a newer number is stored already. Publications of one issuer are serialized by the caller: of
/// two at the same time the higher number may be the one that read earlier. A CRL over everything
/// that would be larger than `largest` is left out, neither signed nor stored, if there are parts;
/// without parts that throws std::runtime_error, and the newest CRLs stay as they were. Numbers
/// rise even when an older copy of the store was restored: they are at least the seconds of `now`
/// since 1970; none is taken, and SigningFailed thrown, while the key is known to be away. What
/// sign_crl throws leaves the newest CRLs as they were.
boost::asio::awaitable<PublishedCrls> publish_crl(storage::Store& store,
                                                  const Issuer& issuer,
                                                  Time now,
                                                  std::chrono::seconds life,
                                                  std::size_t largest = kLargestCrl);

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
/// Visits every stored CRL by its crl_name, with what is known of it.
void for_each_crl(const storage::Snapshot& snapshot,
                  const std::function<void(std::string_view name, const CrlFacts&)>& visit);

}  // namespace ca
