// The issuance ledger: intent before signature, certificate before anyone sees it, revocation for
// ever.
//
// Keys are issuer id and serial. A serial in the ledger is never signed a second time, whatever
// happened to the first.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/issuer.h"
#include "ca/lint.h"
#include "ca/rejection.h"
#include "ca/time.h"
#include "ca/validity.h"
#include "storage/store.h"

namespace ca {

/// What the ledger knows of one serial.
struct LedgerEntry {
  std::string serial;  // raw octets
  std::string issuer_id;
  std::string profile;
  std::string order;  // id of the order it is for; the ledger does not look inside
  std::string account;
  std::string tbs_sha256;        // of the TBSCertificate that was intended
  std::string lint_certificate;  // DER
  Time intended_at{};
  Time not_before{}, not_after{};
  AskedTimes asked_times = AskedTimes::none;  // which of these the order has named
  std::string certificate;  // DER; empty while it is unknown whether one was signed
  Time issued_at{};
  bool revoked = false;
  Time revoked_at{};
  std::uint8_t revocation_reason = 0;  // RFC 5280 §5.3.1

  [[nodiscard]] std::string encode() const;
  static LedgerEntry decode(std::string_view bytes);
};

/// Proof that an intent is on disk. Only Ledger::commit_intent makes one; Issuer::sign consumes it.
class DurableIntent {
 public:
  DurableIntent(DurableIntent&&) = default;
  DurableIntent& operator=(DurableIntent&&) = default;
  DurableIntent(const DurableIntent&) = delete;
  DurableIntent& operator=(const DurableIntent&) = delete;
  [[nodiscard]] const LintedCertificate& linted() const { return linted_; }

 private:
  friend class Ledger;
  explicit DurableIntent(LintedCertificate linted) : linted_(std::move(linted)) {}
  LintedCertificate linted_;
};

/// Who asked for the certificate that an intent is for.
struct IntentOwner {
  std::string order;
  std::string account;
};

/// RFC 5280 §5.3.1 codes that this CA may give (BR 7.2.2, docs/issuance-cycle.md): 0, 1, 3, 4, 5,
/// 9. What others may give: ca/revocation_reason.h.
Judged<std::uint8_t> check_revocation_reason(std::int64_t code);

/// Reads and writes the ledger. Stateless apart from the references; safe from any thread.
class Ledger {
 public:
  /// What else belongs into the intent's transaction (the order's note of its serial). Returning
  /// false means the order is no longer ours: nothing is stored.
  using Alongside = std::function<bool(storage::Transaction&)>;

  /// Writes the intent and its audit entry, with `alongside`, and returns the proof once it is
  /// durable; nothing if `alongside` said no. A serial that is in the ledger already throws
  /// std::logic_error and stores nothing.
  static boost::asio::awaitable<std::optional<DurableIntent>> commit_intent(
      storage::Store& store,
      const Issuer& issuer,
      LintedCertificate linted,
      IntentOwner owner,
      Alongside alongside,
      Time now);

  /// Adds the signed certificate to its intent, with its audit entry. Throws std::logic_error
  /// unless there is exactly that intent, without a certificate, and the TBS hash matches.
  static void record_certificate(storage::Transaction& transaction,
                                 const Issuer& issuer,
                                 const IssuedCertificate& certificate,
                                 Time now);

  /// Marks a serial revoked (also one whose certificate is unknown), with its audit entry. Rejects
  /// with already_revoked, unknown_certificate, or bad_revocation_reason. keyCompromise may replace
  /// a lesser reason; the date of the first revocation then stays (BR 7.2.2). `incident`, if there
  /// is one, is noted in the audit entry.
  static Judged<void> revoke(storage::Transaction& transaction,
                             std::string_view issuer_id,
                             std::string_view serial,
                             std::uint8_t reason,
                             std::string_view actor,
                             Time now,
                             std::string_view incident = {});

  static std::optional<LedgerEntry> find(const storage::Snapshot& snapshot,
                                         std::string_view issuer_id,
                                         std::string_view serial);
  /// The same by its serial_key (ca/revocation_index.h).
  static std::optional<LedgerEntry> find_by_key(const storage::Snapshot& snapshot,
                                                std::string_view key);
  /// Visits every entry whose serial_key is behind `key`, of all issuers, in the order of the keys.
  static void scan_after(
      const storage::Snapshot& snapshot,
      std::string_view key,
      const std::function<storage::Scan(std::string_view key, LedgerEntry&& entry)>& visit);
  /// Ids of the issuers that have entries.
  static std::vector<std::string> issuer_ids(const storage::Snapshot& snapshot);
  /// Visits every entry of an issuer (of all issuers if `issuer_id` is empty) in serial order.
  static void for_each(const storage::Snapshot& snapshot,
                       std::string_view issuer_id,
                       const std::function<storage::Scan(const LedgerEntry&)>& visit);

  /// True if the key with this SPKI hash was reported compromised (BR 6.1.1.3 (4)); such a key is
  /// refused for ever.
  static bool is_key_blocked(const storage::Snapshot& snapshot, std::string_view spki_sha256);
  /// With its audit entry. Blocking a key a second time changes nothing.
  static void block_key(storage::Transaction& transaction,
                        std::string_view spki_sha256,
                        std::string_view why,
                        Time now);

  /// Every fault of the ledger alone: an entry whose certificate does not match its intent, its
  /// lint certificate or its issuer, a signature that does not verify, a serial used twice, a
  /// revocation that is not due on the CRL. One sentence each; empty means sound.
  static std::vector<std::string> verify(const storage::Snapshot& snapshot,
                                         const std::vector<const Issuer*>& issuers);
};

}  // namespace ca
