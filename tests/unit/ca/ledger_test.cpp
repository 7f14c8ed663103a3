#include "ca/ledger.h"
#include "ca/revocation_reason.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using ca::RejectionKind;
using std::chrono::hours;
using std::chrono::seconds;
using tests::IssuingStore;
using tests::kIssuingTime;

std::vector<std::string> events(IssuingStore& store) {
  std::vector<std::string> names;
  for (const ca::AuditEntry& entry : store.audit()) names.push_back(entry.event);
  return names;
}

std::string fact(const ca::AuditEntry& entry, std::string_view name) {
  for (const auto& [key, value] : entry.facts) {
    if (key == name) return value;
  }
  return "(absent)";
}

// R6 P4: one token, one signature. The types leave no other way.
static_assert(!std::is_copy_constructible_v<ca::LintedCertificate>);
static_assert(!std::is_copy_assignable_v<ca::LintedCertificate>);
static_assert(!std::is_default_constructible_v<ca::LintedCertificate>);
static_assert(!std::is_copy_constructible_v<ca::DurableIntent>);
static_assert(!std::is_copy_assignable_v<ca::DurableIntent>);
static_assert(!std::is_constructible_v<ca::DurableIntent, ca::LintedCertificate>);
static_assert(
    !std::is_invocable_v<decltype(&ca::Issuer::sign), const ca::Issuer&, ca::LintedCertificate>);

// P1
TEST(LedgerIntent, IsOnDiskBeforeTheProofExists) {
  IssuingStore store;
  ca::LintedCertificate linted = store.prepare();
  const std::string serial = linted.serial();
  const std::string tbs = linted.tbs();
  const std::string lint_certificate = linted.lint_certificate();
  const auto intent = store.commit(std::move(linted));
  ASSERT_TRUE(intent.has_value());
  EXPECT_EQ(intent->linted().tbs(), tbs);

  store.reopen();
  const auto entry = store.find(serial);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->serial, serial);
  EXPECT_EQ(entry->issuer_id, store.issuer().id());
  EXPECT_EQ(entry->profile, "dv");
  EXPECT_EQ(entry->order, "order-1");
  EXPECT_EQ(entry->account, "account-1");
  EXPECT_EQ(entry->tbs_sha256, ca::sha256(tbs));
  EXPECT_EQ(entry->lint_certificate, lint_certificate);
  EXPECT_EQ(entry->intended_at, kIssuingTime);
  EXPECT_EQ(ca::rfc3339(entry->not_before), "2026-11-22T09:25:00Z");
  EXPECT_EQ(ca::rfc3339(entry->not_after), "2027-02-20T09:24:59Z");
  EXPECT_EQ(entry->certificate, "");
  EXPECT_FALSE(entry->revoked);
}

TEST(LedgerIntent, WritesItsAuditEntryInTheSameTransaction) {
  IssuingStore store;
  ca::LintedCertificate linted = store.prepare();
  const std::string serial = ca::hex(linted.serial());
  const std::string hash = ca::hex(ca::sha256(linted.tbs()));
  store.commit(std::move(linted));
  const auto audit = store.audit();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].event, "certificate.intended");
  EXPECT_EQ(audit[0].actor, "account-1");
  EXPECT_EQ(audit[0].subject, serial);
  EXPECT_EQ(audit[0].time, kIssuingTime);
  EXPECT_EQ(fact(audit[0], "order"), "order-1");
  EXPECT_EQ(fact(audit[0], "tbs_sha256"), hash);
  EXPECT_EQ(fact(audit[0], "issuer"), store.issuer().id());
}

TEST(LedgerIntent, TakesWhatStandsAlongsideIntoTheSameTransaction) {
  IssuingStore store;
  store.commit(store.prepare(), [](storage::Transaction& transaction) {
    transaction.put({"alongside"}, "order", "serial noted");
    return true;
  });
  EXPECT_EQ(store.rows("alongside").size(), 1U);
  EXPECT_EQ(store.rows("ledger").size(), 1U);
}

TEST(LedgerIntent, StoresNothingWhenTheOrderIsNoLongerOurs) {
  IssuingStore store;
  const auto intent = store.commit(store.prepare(), [](storage::Transaction& transaction) {
    transaction.put({"alongside"}, "order", "serial noted");
    return false;
  });
  EXPECT_FALSE(intent.has_value());
  EXPECT_TRUE(store.rows("alongside").empty());
  EXPECT_TRUE(store.rows("ledger").empty());
  EXPECT_TRUE(store.audit().empty());
}

/// Draws the same serial for ever.
class StuckRandom final : public ca::RandomSource {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, '\x42'); }
};

// P-2 P4: fault injection, a generator that repeats itself.
TEST(LedgerIntent, RefusesASerialASecondTime) {
  IssuingStore store;
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto prepare = [&] {
    StuckRandom random;
    const ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("example.com").value()},
                                      .public_key = key->public_key(),
                                      .profile = *ca::find_profile("dv"),
                                      .now = kIssuingTime};
    return store.issuer().prepare(request, random).value();
  };
  ASSERT_TRUE(store.commit(prepare()).has_value());
  EXPECT_THROW(store.commit(prepare()), std::logic_error);
  EXPECT_EQ(store.rows("ledger").size(), 1U);
  EXPECT_EQ(store.audit().size(), 1U);
}

TEST(LedgerIntent, RefusesTheCertificateOfAnotherIssuer) {
  IssuingStore store;
  const tests::TestCa other = tests::make_test_ca(kIssuingTime);
  EXPECT_THROW(tests::run(ca::Ledger::commit_intent(
                   store.store(), *other.issuer, store.prepare(), {},
                   [](storage::Transaction&) { return true; }, kIssuingTime)),
               std::logic_error);
  EXPECT_TRUE(store.rows("ledger").empty());
}

TEST(LedgerRecord, CompletesTheIntent) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  const auto entry = store.find(issued.serial);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->certificate, issued.der);
  EXPECT_EQ(entry->issued_at, kIssuingTime + seconds(2));
  EXPECT_EQ(events(store),
            (std::vector<std::string>{"certificate.intended", "certificate.issued"}));
  EXPECT_EQ(fact(store.audit()[1], "certificate_sha256"), ca::hex(ca::sha256(issued.der)));
  EXPECT_TRUE(store.ledger_faults().empty());
  EXPECT_TRUE(store.audit_faults().empty());
}

TEST(LedgerRecord, RefusesACertificateWithoutIntent) {
  IssuingStore store;
  IssuingStore elsewhere;
  const ca::IssuedCertificate stray = elsewhere.issue();
  EXPECT_THROW(store.record(stray), std::logic_error);
  EXPECT_TRUE(store.rows("ledger").empty());
}

TEST(LedgerRecord, RefusesASecondCertificateForTheSerial) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  EXPECT_THROW(store.record(issued), std::logic_error);
}

// T-B2
TEST(LedgerRecord, RefusesACertificateOtherThanTheIntended) {
  IssuingStore store;
  const ca::IssuedCertificate one =
      tests::run(store.issuer().sign(store.commit(store.prepare("one.example")).value()));
  const ca::IssuedCertificate two =
      tests::run(store.issuer().sign(store.commit(store.prepare("two.example")).value()));
  ca::IssuedCertificate swapped = one;
  swapped.der = two.der;
  EXPECT_THROW(store.record(swapped), std::logic_error);
  ca::IssuedCertificate renamed = one;
  renamed.der[renamed.der.find("one.example")] = 'x';
  EXPECT_THROW(store.record(renamed), std::logic_error);
  EXPECT_EQ(store.find(one.serial)->certificate, "");
}

// R-2 of the revocation rules, RFC8555-7.6
TEST(RevocationReason, IsOneOfSixAndOfFiveForSubscribers) {
  const std::set<std::int64_t> accepted = {0, 1, 3, 4, 5, 9};
  const std::set<std::int64_t> for_subscribers = {0, 1, 3, 4, 5};
  for (const std::int64_t code : {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 256, 257}) {
    SCOPED_TRACE(code);
    const auto judged = ca::check_revocation_reason(code);
    ASSERT_EQ(judged.has_value(), accepted.contains(code));
    const auto asked = ca::check_subscriber_reason(code);
    ASSERT_EQ(asked.has_value(), for_subscribers.contains(code));
    if (asked) {
      EXPECT_EQ(*asked, code);
    } else {
      EXPECT_EQ(asked.error().kind(), RejectionKind::bad_revocation_reason);
      EXPECT_EQ(asked.error().detail().find("privilegeWithdrawn"), std::string::npos);
    }
    if (judged) {
      EXPECT_EQ(*judged, code);
    } else {
      EXPECT_EQ(judged.error().kind(), RejectionKind::bad_revocation_reason);
      EXPECT_NE(judged.error().detail().find(std::to_string(code)), std::string::npos);
    }
  }
}

TEST(LedgerRevoke, MarksTheSerialAndSaysSoInTheAudit) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  const auto entry = store.find(issued.serial);
  EXPECT_TRUE(entry->revoked);
  EXPECT_EQ(entry->revocation_reason, 4);
  EXPECT_EQ(entry->revoked_at, kIssuingTime + hours(1));
  EXPECT_EQ(entry->certificate, issued.der);
  const auto audit = store.audit();
  ASSERT_EQ(audit.size(), 3U);
  EXPECT_EQ(audit[2].event, "certificate.revoked");
  EXPECT_EQ(audit[2].subject, ca::hex(issued.serial));
  EXPECT_EQ(fact(audit[2], "reason"), "4");
  EXPECT_TRUE(store.ledger_faults().empty());
}

// T-B16 P-51: a crash between intent and certificate leaves a serial that can be revoked.
TEST(LedgerRevoke, TakesAnIntentWithoutCertificate) {
  IssuingStore store;
  ca::LintedCertificate linted = store.prepare();
  const std::string serial = linted.serial();
  store.commit(std::move(linted));
  ASSERT_TRUE(store.revoke(serial, 0).has_value());
  EXPECT_TRUE(store.find(serial)->revoked);
  EXPECT_TRUE(store.ledger_faults().empty());
}

TEST(LedgerRevoke, RefusesUnknownSerialsAndRepetition) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  const auto unknown = store.revoke("\x11\x22", 0);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().kind(), RejectionKind::unknown_certificate);
  EXPECT_NE(unknown.error().detail().find("1122"), std::string::npos);

  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  const auto again = store.revoke(issued.serial, 5);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind(), RejectionKind::already_revoked);
  EXPECT_NE(again.error().detail().find("2026-11-22T10:30:00Z"), std::string::npos);
  EXPECT_EQ(store.find(issued.serial)->revocation_reason, 4);

  const auto hold = store.revoke(issued.serial, 6);
  ASSERT_FALSE(hold.has_value());
  EXPECT_EQ(hold.error().kind(), RejectionKind::bad_revocation_reason);
}

//
TEST(LedgerRevoke, LetsKeyCompromiseReplaceALesserReasonOnce) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 0).has_value());
  ASSERT_TRUE(store.revoke(issued.serial, 1, kIssuingTime + hours(5)).has_value());
  const auto entry = store.find(issued.serial);
  EXPECT_EQ(entry->revocation_reason, 1);
  EXPECT_EQ(entry->revoked_at, kIssuingTime + hours(1));
  EXPECT_TRUE(store.ledger_faults().empty());
  EXPECT_EQ(store.revoke(issued.serial, 1).error().kind(), RejectionKind::already_revoked);
}

TEST(LedgerForEach, VisitsInSerialOrderAndStops) {
  IssuingStore store;
  std::set<std::string> serials;
  for (int i = 0; i < 5; ++i) serials.insert(store.issue().serial);
  const auto visited = [&](std::string_view issuer_id, std::size_t most) {
    return store.store().read([&](const storage::Snapshot& snapshot) {
      std::vector<std::string> seen;
      ca::Ledger::for_each(snapshot, issuer_id, [&](const ca::LedgerEntry& entry) {
        seen.push_back(entry.serial);
        return seen.size() == most ? storage::Scan::stop : storage::Scan::proceed;
      });
      return seen;
    });
  };
  const std::vector<std::string> in_order(serials.begin(), serials.end());
  EXPECT_EQ(visited(store.issuer().id(), 99), in_order);
  EXPECT_EQ(visited("", 99), in_order);
  EXPECT_TRUE(visited("another issuer", 99).empty());
  EXPECT_EQ(visited("", 2), std::vector<std::string>(in_order.begin(), in_order.begin() + 2));
}

// K-6: BR 6.1.1.3 (4)
TEST(LedgerKeys, RemembersABlockedKeyForEver) {
  IssuingStore store;
  const std::string hash = ca::sha256("some key");
  const auto blocked = [&](std::string_view key) {
    return store.store().read([&](const storage::Snapshot& snapshot) {
      return ca::Ledger::is_key_blocked(snapshot, key);
    });
  };
  EXPECT_FALSE(blocked(hash));
  for (int i = 0; i < 2; ++i) {
    store.write([&](storage::Transaction& transaction) {
      ca::Ledger::block_key(transaction, hash, "signed its own revocation", kIssuingTime);
    });
  }
  store.reopen();
  EXPECT_TRUE(blocked(hash));
  EXPECT_FALSE(blocked(ca::sha256("another key")));
  const auto audit = store.audit();
  ASSERT_EQ(audit.size(), 1U) << "blocking twice is one event";
  EXPECT_EQ(audit[0].event, "key.blocked");
  EXPECT_EQ(audit[0].subject, ca::hex(hash));
  EXPECT_EQ(fact(audit[0], "why"), "signed its own revocation");
}

}  // namespace
