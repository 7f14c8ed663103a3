// Orders that renew their certificate by themselves (RFC 8739): what was agreed, how far it got,
// and every certificate of it. In tables of their own, since hardly any order is one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/ids.h"
#include "acme/problem.h"
#include "ca/time.h"
#include "storage/table.h"

namespace acme {

/// What was agreed when the order was made, and what became of it since. The order itself stays as
/// others are: its claim, serial and certificate are those of the first one here.
struct AutoRenewalRecord {
  // RFC 8739 §3.1.1. These never change.
  std::optional<ca::Time> start_date;  // as the client named it
  ca::Time end_date{};                 // no certificate is valid after it
  std::chrono::seconds lifetime{};     // T of RFC 8739 §3.5
  // How long before its nominal date a certificate is there, and begins: the greater of what the
  // client asked for and what publishing halfway takes. From half of the lifetime to all of it.
  std::chrono::seconds lifetime_adjust{};
  bool certificate_get = false;  // anybody may read the certificate

  // nrd[0] of RFC 8739 §3.5; set with the intent to sign the first certificate.
  std::optional<ca::Time> first_due;
  std::uint32_t attempts = 0;            // rows in kStarCertificates
  std::optional<std::uint32_t> current;  // the attempt that led to the newest certificate
  ca::Time current_end{};                // notAfter of that one
  std::optional<ca::Time> canceled_at;   // by the client
  // Set once, when the server gave renewing up before its end; for the subscriber.
  std::optional<Problem> problem;

  /// Whether certificates follow the first one: neither the client nor the server has ended it.
  /// That its end date has passed is not looked at.
  [[nodiscard]] bool is_renewing() const { return current && !canceled_at && !problem; }
  [[nodiscard]] std::string encode() const;
  static AutoRenewalRecord decode(std::string_view bytes);
};

/// OrderId octets -> what was agreed.
inline constexpr storage::Table<AutoRenewalRecord> kAutoRenewals{"auto_renewals"};

/// The CAA check of one name before a certificate after the first (BR 4.2.2.1).
struct CheckedCaa {
  std::uint32_t place = 0;  // in the identifiers of the order
  ca::Time checked_at{};    // when the first look-up began
  std::string found;        // CaaEvidence::found

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.place);
    walk(2, self.checked_at);
    walk(3, self.found);
  }
};

/// One attempt at a certificate, written with its intent. One whose signature is not known is
/// revoked before the next.
struct StarCertificateRecord {
  std::uint32_t index = 0;  // i of RFC 8739 §3.5; skips what fell into an outage
  std::string issuer_id;
  std::string serial;  // raw octets
  ca::Time not_before{};
  ca::Time not_after{};
  bool issued = false;          // the ledger has the certificate
  std::vector<CheckedCaa> caa;  // none of the first one: its order has it

  [[nodiscard]] std::string encode() const;
  static StarCertificateRecord decode(std::string_view bytes);
};

/// star_certificate_key() -> the attempt. The attempts of an order are numbered from 0.
inline constexpr storage::Table<StarCertificateRecord> kStarCertificates{"star_certificates"};
std::string star_certificate_key(const OrderId& order, std::uint32_t attempt);

/// All attempts of an order with that record, oldest first. Throws storage::CorruptRecord if one is
/// missing.
std::vector<StarCertificateRecord> star_certificates(const storage::Snapshot& snapshot,
                                                     const OrderId& order,
                                                     const AutoRenewalRecord& record);
/// The attempt that led to the newest certificate; `record.current` must be set. Throws as above.
StarCertificateRecord newest_star_certificate(const storage::Snapshot& snapshot,
                                              const OrderId& order,
                                              const AutoRenewalRecord& record);

}  // namespace acme
