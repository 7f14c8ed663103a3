// Precertificates: what logs are shown before a certificate exists (RFC 6962 §3.1, BR 7.1.2.9).
//
// The linted TBSCertificate, whose hash is in the intent, is the middle between the two: the
// precertificate is that and the poison, the certificate is that and the list of SCTs. Both are
// taken apart again and compared with it before anything of them is used.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/ct/sct.h"
#include "ca/issuer.h"
#include "ca/ledger.h"
#include "ca/time.h"
#include "storage/store.h"

namespace ca::ct {

/// Proof that a precertificate is on disk, so that logs may see it. Only commit_precertificate
/// makes one; sign_with_scts consumes it. Move-only: one token, one certificate.
class DurablePrecertificate {
 public:
  DurablePrecertificate(DurablePrecertificate&&) = default;
  DurablePrecertificate& operator=(DurablePrecertificate&&) = default;
  DurablePrecertificate(const DurablePrecertificate&) = delete;
  DurablePrecertificate& operator=(const DurablePrecertificate&) = delete;

  [[nodiscard]] const std::string& der() const { return der_; }
  /// The TBSCertificate that logs sign: without the poison.
  [[nodiscard]] const std::string& tbs() const { return intent_.linted().tbs(); }
  [[nodiscard]] const LintedCertificate& linted() const { return intent_.linted(); }

 private:
  friend boost::asio::awaitable<DurablePrecertificate> commit_precertificate(storage::Store&,
                                                                             const Issuer&,
                                                                             DurableIntent,
                                                                             Time);
  DurablePrecertificate(DurableIntent intent, std::string der)
      : intent_(std::move(intent)), der_(std::move(der)) {}
  DurableIntent intent_;
  std::string der_;
};

/// Signs the precertificate of an intent, checks it against what was linted and stores it with its
/// audit entry. From then on the serial is assigned (BR 4.9.9), whatever becomes of it. Throws
/// OpenSslError if the key fails, std::logic_error for another issuer's intent.
boost::asio::awaitable<DurablePrecertificate> commit_precertificate(storage::Store& store,
                                                                    const Issuer& issuer,
                                                                    DurableIntent intent,
                                                                    Time now);

/// Signs the certificate with these SCTs in it. Throws as above, and std::logic_error without SCTs.
boost::asio::awaitable<IssuedCertificate> sign_with_scts(const Issuer& issuer,
                                                         DurablePrecertificate precertificate,
                                                         std::vector<VerifiedSct> scts);

/// The stored precertificate of a serial, DER.
std::optional<std::string> find_precertificate(const storage::Snapshot& snapshot,
                                               std::string_view issuer_id,
                                               std::string_view serial);

/// serial_key -> DER of the precertificate.
inline constexpr storage::TableName kPrecertificates{"precertificates"};

/// What was linted, from the TBSCertificate of a certificate: itself, or without the SCTs it holds.
std::string linted_tbs(std::string_view certificate_tbs);

}  // namespace ca::ct
