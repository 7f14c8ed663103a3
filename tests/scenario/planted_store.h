// A store with one of everything, and ways to break it so that nothing else shows: the audit log is
// chained anew behind a change.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "acme/records/order_record.h"
#include "acme/records/verify_store.h"
#include "ca/audit_log.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"

namespace tests {

/// A world with a certificate, a revoked one, a blocked key, an order that waits, and a CRL over
/// the revocation.
class PlantedStore {
 public:
  PlantedStore();

  using Change = std::function<void(storage::Transaction&)>;
  void change(const Change& work) {
    world.store->write_and_wait([&](storage::Transaction& transaction) { work(transaction); });
  }
  std::vector<std::string> faults(const acme::OutsideEvidence& outside = {}) const;
  /// What is wrong after `work`, which is undone afterwards.
  std::vector<std::string> faults_after(const Change& work,
                                        const acme::OutsideEvidence& outside = {});

  [[nodiscard]] ca::LedgerEntry entry(const std::string& serial) const;
  [[nodiscard]] acme::OrderRecord order(const acme::OrderId& id) const;
  [[nodiscard]] std::vector<ca::AuditEntry> audit() const;

  /// What a signer that keeps a ledger has written.
  [[nodiscard]] std::string signer_ledger() const;

  World world;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::string serial, revoked_serial;                    // of a.example, of b.example
  const std::string blocked_key = std::string(32, 'b');  // SHA-256 of an SPKI
  acme::OrderId done = acme::OrderId::from_octets({}), waiting = done;
  acme::AccountId account = acme::AccountId::from_octets({});

 private:
  /// Of the CRLs that are stored now: the next ones take their place.
  void note_crls();

  std::set<std::string> crl_lines_;  // of the signer's ledger
};

/// Changes the ledger entry of a serial under its key.
void change_entry(storage::Transaction& transaction,
                  const ca::LedgerEntry& entry,
                  const std::function<void(ca::LedgerEntry&)>& change);

/// The audit log as `change` wants it, numbered and chained anew: nothing shows but what it says.
using Entries = std::vector<ca::AuditEntry>;
void rewrite_audit(storage::Transaction& transaction, const std::function<void(Entries&)>& change);
/// The first entry of that event about that subject; fails the test if there is none.
Entries::iterator find_event(Entries& entries, std::string_view event, std::string_view subject);
/// An entry at the time of `at`, right before it.
void insert_before(Entries& entries,
                   Entries::iterator at,
                   const std::string& event,
                   const std::string& subject);
void set_fact(ca::AuditEntry& entry, std::string_view name, const std::string& value);

/// A whole false story: the certificate of `entry` signed anew with `from` replaced by `to` (of the
/// same length) in its TBSCertificate, and ledger and audit log made to fit.
void forge_certificate(storage::Transaction& transaction,
                       const ca::Issuer& issuer,
                       ca::LedgerEntry entry,
                       const std::string& from,
                       const std::string& to,
                       const std::function<void(ca::LedgerEntry&)>& change);

}  // namespace tests
