// Renewal information and the replacement of certificates (RFC 9773).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/ids.h"
#include "acme/problem.h"
#include "acme/records/order_record.h"
#include "ca/crypto/random.h"
#include "ca/issuer_set.h"
#include "ca/ledger.h"

namespace acme {

/// The name of a certificate in URLs and in `replaces` (RFC 9773 §4.1).
struct CertificateReference {
  std::string key_identifier;  // of the authorityKeyIdentifier, octets
  std::string serial;          // octets without a leading zero octet
  bool operator==(const CertificateReference&) const = default;

  /// base64url(key identifier) "." base64url(content octets of the DER serial), without padding.
  [[nodiscard]] std::string text() const;
  /// Nothing unless `text` is spelled exactly as text() spells it: one dot, strict base64url, a
  /// serial in its shortest DER form that is positive.
  static std::optional<CertificateReference> parse(std::string_view text);
};

/// When to renew; `start` is before `end` (RFC 9773 §4.2).
struct RenewalWindow {
  ca::Time start;
  ca::Time end;
  bool operator==(const RenewalWindow&) const = default;
};

/// Around two thirds of the certificate's life, around one half if it lives less than ten days; the
/// hour before the revocation if it was revoked, so that clients renew at once.
RenewalWindow renewal_window(const ca::LedgerEntry& entry);
/// The same, but for a certificate that names an organization never later than fourteen days before
/// the organization's validation ends, so that a renewal is not held up by a review (rule A-13);
/// and the hour before an incident about this certificate was opened, if there is one and that is
/// earlier: it will be revoked, and its subscriber shall have another one before that. A
/// certificate that was issued just before those fourteen days, or in them, keeps its usual window:
/// one that took its place would have the same, and clients would renew without end.
RenewalWindow renewal_window(const storage::Snapshot& snapshot, const ca::LedgerEntry& entry);

/// How long clients keep a window: six hours, give or take a fifth at random, so that they do not
/// come in step (RFC 9773 §4.3.1).
std::chrono::seconds renewal_poll(ca::RandomSource& random);

/// The certificate of one of `issuers` behind a reference, or nothing. One whose signature is not
/// known is not there.
std::optional<ca::LedgerEntry> find_referenced(const storage::Snapshot& snapshot,
                                               const ca::IssuerSet& issuers,
                                               std::string_view reference);

/// Whether `order` was placed to renew a certificate when that was due: from the start of its
/// window on (RFC 9773 §5). Whoever renews ever again at once is no renewal but a stream of
/// certificates. What is true once stays true, though the certificate may be revoked later. Never
/// for a certificate of an order that renews itself: its renewal needs no order, and each of its
/// many could be named once.
bool is_due_renewal(const storage::Snapshot& snapshot,
                    const ca::IssuerSet& issuers,
                    const OrderRecord& order);

/// Judges `order.replaces`, which must be set, and marks the certificate as replaced by `id` (RFC
/// 9773 §5). Refuses with malformed unless it is a certificate of these issuers and of the order's
/// account that shares an identifier with it, and with already_replaced if another order that is
/// not invalid replaces it; then it writes nothing.
Result<void> mark_replaced(storage::Transaction& transaction,
                           const ca::IssuerSet& issuers,
                           const OrderId& id,
                           const OrderRecord& order);

}  // namespace acme
