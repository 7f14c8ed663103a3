// A store and a CA that go through the issuance cycle in one call.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/audit_log.h"
#include "ca/ledger.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace tests {

/// 2026-11-22T09:30:00Z
inline constexpr ca::Time kIssuingTime = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} +
                                         std::chrono::hours{9} + std::chrono::minutes{30};

class IssuingStore {
 public:
  IssuingStore() : IssuingStore(make_test_ca(kIssuingTime)) {}
  explicit IssuingStore(TestCa ca) : ca_(std::move(ca)) {}

  [[nodiscard]] const ca::Issuer& issuer() const { return *ca_.issuer; }
  [[nodiscard]] const std::string& root_der() const { return ca_.root_der; }
  [[nodiscard]] storage::Store& store() { return *store_; }
  void reopen() { store_.reopen(); }

  ca::LintedCertificate prepare(std::string_view name = "example.com",
                                ca::Time now = kIssuingTime) {
    ca::SystemRandom random;
    const ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse(name).value()},
                                      .public_key = subject_key_->public_key(),
                                      .profile = *ca::find_profile("dv"),
                                      .now = now,
                                      // Names under .example are nobody's in the DNS.
                                      .reserved_addresses = ca::ReservedAddresses::allowed_in_lab};
    return issuer().prepare(request, random).value();
  }

  std::optional<ca::DurableIntent> commit(
      ca::LintedCertificate linted,
      ca::Ledger::Alongside alongside = [](storage::Transaction&) { return true; },
      ca::Time now = kIssuingTime) {
    return run(ca::Ledger::commit_intent(*store_, issuer(), std::move(linted),
                                         {.order = "order-1", .account = "account-1"},
                                         std::move(alongside), now));
  }

  ca::IssuedCertificate issue(std::string_view name = "example.com", ca::Time now = kIssuingTime) {
    const ca::IssuedCertificate issued = tests::run(issuer().sign(
        commit(prepare(name, now), [](storage::Transaction&) { return true; }, now).value()));
    record(issued);
    return issued;
  }

  template <class Work>
  auto write(Work work) {
    return store_->write_and_wait(std::move(work));
  }

  void record(const ca::IssuedCertificate& issued) {
    write([&](storage::Transaction& transaction) {
      ca::Ledger::record_certificate(transaction, issuer(), issued,
                                     kIssuingTime + std::chrono::seconds(2));
    });
  }

  ca::Judged<void> revoke(std::string_view serial,
                          std::uint8_t reason,
                          ca::Time now = kIssuingTime + std::chrono::hours(1)) {
    return write([&](storage::Transaction& transaction) {
      return ca::Ledger::revoke(transaction, issuer().id(), serial, reason, "account-1", now);
    });
  }

  std::optional<ca::LedgerEntry> find(std::string_view serial) {
    return store_->read([&](const storage::Snapshot& snapshot) {
      return ca::Ledger::find(snapshot, issuer().id(), serial);
    });
  }

  std::vector<std::string> ledger_faults() {
    return store_->read([&](const storage::Snapshot& snapshot) {
      return ca::Ledger::verify(snapshot, {&issuer()});
    });
  }

  std::vector<ca::AuditEntry> audit() {
    return store_->read([](const storage::Snapshot& snapshot) {
      std::vector<ca::AuditEntry> entries;
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        entries.push_back(entry);
        return storage::Scan::proceed;
      });
      return entries;
    });
  }

  std::vector<std::string> audit_faults() {
    return store_->read(
        [](const storage::Snapshot& snapshot) { return ca::verify_audit_chain(snapshot); });
  }

  /// Every row of `table`, raw.
  std::vector<std::pair<std::string, std::string>> rows(std::string_view table) {
    return store_->read([&](const storage::Snapshot& snapshot) {
      std::vector<std::pair<std::string, std::string>> found;
      snapshot.scan({table}, "", [&](std::string_view key, std::string_view value) {
        found.emplace_back(key, value);
        return storage::Scan::proceed;
      });
      return found;
    });
  }

  void put_raw(std::string_view table, std::string_view key, std::string_view value) {
    write([&](storage::Transaction& transaction) { transaction.put({table}, key, value); });
  }
  void erase_raw(std::string_view table, std::string_view key) {
    write([&](storage::Transaction& transaction) { transaction.erase({table}, key); });
  }

 private:
  TempStore store_;
  TestCa ca_;
  std::unique_ptr<ca::Signer> subject_key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

}  // namespace tests
