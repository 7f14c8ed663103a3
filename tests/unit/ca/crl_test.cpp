#include "ca/crl.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using tests::IssuingStore;
using tests::kIssuingTime;

using Crl = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Integer = std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)>;

Crl parse(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), &X509_CRL_free};
}

Certificate parse_certificate(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

Integer integer(std::string_view octets) {
  ASN1_INTEGER* number = ASN1_INTEGER_new();
  ASN1_STRING_set(number, octets.data(), static_cast<int>(octets.size()));
  return {number, &ASN1_INTEGER_free};
}

std::optional<long> number_of(const Crl& crl) {
  const Integer number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl.get(), NID_crl_number, nullptr, nullptr)),
      &ASN1_INTEGER_free);
  return number ? std::optional(ASN1_INTEGER_get(number.get())) : std::nullopt;
}

X509_REVOKED* entry_of(const Crl& crl, std::string_view serial) {
  X509_REVOKED* entry = nullptr;
  const Integer number = integer(serial);
  return X509_CRL_get0_by_serial(crl.get(), &entry, number.get()) == 1 ? entry : nullptr;
}

int entries_in(const Crl& crl) {
  const auto* list = X509_CRL_get_REVOKED(crl.get());
  return list == nullptr ? 0 : sk_X509_REVOKED_num(list);
}

std::string publish(IssuingStore& store, ca::Time now) {
  return tests::run(ca::publish_crl(store.store(), store.issuer(), now, days(7))).full;
}

std::optional<std::string> newest(IssuingStore& store) {
  return store.store().read([&](const storage::Snapshot& snapshot) {
    return ca::newest_crl(snapshot, store.issuer().id());
  });
}

std::optional<ca::CrlFacts> newest_facts(IssuingStore& store) {
  return store.store().read([&](const storage::Snapshot& snapshot) {
    return ca::newest_crl_facts(snapshot, store.issuer().id());
  });
}

// P-63
TEST(SignCrl, IsWhatOpenSslReadsAndVerifies) {
  IssuingStore store;
  const std::string one(20, '\x51');
  const std::string two = '\x01' + std::string(18, '\xEE');
  const std::string der = tests::run(
      ca::sign_crl(store.issuer(), {{one, kIssuingTime, 1}, {two, kIssuingTime - hours(1), 0}},
                   4711, kIssuingTime, days(7)));
  const Crl crl = parse(der);
  ASSERT_NE(crl, nullptr);
  const Certificate issuer = parse_certificate(store.issuer().certificate_der());
  EXPECT_EQ(X509_CRL_verify(crl.get(), X509_get0_pubkey(issuer.get())), 1);
  EXPECT_EQ(X509_CRL_get_version(crl.get()), X509_CRL_VERSION_2);
  EXPECT_EQ(X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_subject_name(issuer.get())), 0);
  EXPECT_EQ(number_of(crl), 4711);
  EXPECT_EQ(X509_CRL_get_ext_count(crl.get()), 2);
  EXPECT_GE(X509_CRL_get_ext_by_NID(crl.get(), NID_authority_key_identifier, -1), 0);
  int day = 0;
  int second = 0;
  ASN1_TIME_diff(&day, &second, X509_CRL_get0_lastUpdate(crl.get()),
                 X509_CRL_get0_nextUpdate(crl.get()));
  EXPECT_EQ(day, 7);
  EXPECT_EQ(second, 0);
  EXPECT_EQ(entries_in(crl), 2);
}

// BR 7.2.2
TEST(SignCrl, SaysTheReasonUnlessItIsUnspecified) {
  IssuingStore store;
  const std::string one(20, '\x51');
  const std::string two(20, '\x52');
  const Crl crl = parse(tests::run(ca::sign_crl(
      store.issuer(), {{one, kIssuingTime, 9}, {two, kIssuingTime, 0}}, 1, kIssuingTime, days(1))));
  X509_REVOKED* with_reason = entry_of(crl, one);
  ASSERT_NE(with_reason, nullptr);
  ASSERT_EQ(X509_REVOKED_get_ext_count(with_reason), 1);
  X509_EXTENSION* extension = X509_REVOKED_get_ext(with_reason, 0);
  EXPECT_EQ(X509_EXTENSION_get_critical(extension), 0);
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(extension);
  EXPECT_EQ(ca::hex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                     static_cast<std::size_t>(ASN1_STRING_length(value))}),
            "0a0109");
  X509_REVOKED* without = entry_of(crl, two);
  ASSERT_NE(without, nullptr);
  EXPECT_EQ(X509_REVOKED_get_ext_count(without), 0);
}

// RFC5280-5.1.2.6
TEST(SignCrl, LeavesAnEmptyListOut) {
  IssuingStore store;
  const Crl crl = parse(tests::run(ca::sign_crl(store.issuer(), {}, 1, kIssuingTime, days(1))));
  ASSERT_NE(crl, nullptr);
  EXPECT_EQ(X509_CRL_get_REVOKED(crl.get()), nullptr);
}

// P-63: BR 7.2
TEST(SignCrl, LivesTenDaysAtMost) {
  IssuingStore store;
  EXPECT_NO_THROW(tests::run(ca::sign_crl(store.issuer(), {}, 1, kIssuingTime, days(10))));
  EXPECT_THROW(tests::run(ca::sign_crl(store.issuer(), {}, 1, kIssuingTime, days(10) + seconds(1))),
               std::logic_error);
  EXPECT_THROW(tests::run(ca::sign_crl(store.issuer(), {}, 1, kIssuingTime, seconds(0))),
               std::logic_error);
}

TEST(PublishCrl, HoldsEveryRevokedSerialAndNoOther) {
  IssuingStore store;
  const auto good = store.issue("good.example");
  const auto bad = store.issue("bad.example");
  ca::LintedCertificate orphan = store.prepare("orphan.example");
  const std::string orphan_serial = orphan.serial();
  store.commit(std::move(orphan));
  ASSERT_TRUE(store.revoke(bad.serial, 1).has_value());
  ASSERT_TRUE(store.revoke(orphan_serial, 0).has_value());

  const std::string der = publish(store, kIssuingTime + hours(2));
  const Crl crl = parse(der);
  EXPECT_NE(entry_of(crl, bad.serial), nullptr);
  EXPECT_NE(entry_of(crl, orphan_serial), nullptr);
  EXPECT_EQ(entry_of(crl, good.serial), nullptr);
  EXPECT_EQ(entries_in(crl), 2);

  store.reopen();
  EXPECT_EQ(newest(store), der);
}

TEST(PublishCrl, LeavesItsTrackInTheAudit) {
  IssuingStore store;
  publish(store, kIssuingTime);
  const auto audit = store.audit();
  ASSERT_EQ(audit.size(), 2U);
  EXPECT_EQ(audit[0].event, "crl.numbered");
  EXPECT_EQ(audit[1].event, "crl.published");
  EXPECT_EQ(audit[1].subject, store.issuer().id());
  using Facts = std::vector<std::pair<std::string, std::string>>;
  const std::string number = std::to_string(kIssuingTime.time_since_epoch().count());
  EXPECT_EQ(audit[0].facts, (Facts{{"number", number}}));
  const std::string crl = newest(store).value();
  const auto list = ca::der::only(crl, ca::der::Tag::sequence).value();
  const std::string tbs(ca::der::Reader(list.content).next().value().whole);
  EXPECT_EQ(audit[1].facts, (Facts{{"number", number},
                                   {"entries", "0"},
                                   {"crl_sha256", ca::hex(ca::sha256(crl))},
                                   {"signed_sha256", ca::hex(ca::sha256(ca::sha256(tbs)))}}));
  EXPECT_TRUE(store.audit_faults().empty());
}

// P-63: strictly increasing, across restarts, within one second and after an older copy was
// restored.
TEST(PublishCrl, NumbersRise) {
  IssuingStore store;
  const long clock = static_cast<long>(kIssuingTime.time_since_epoch().count());
  EXPECT_EQ(number_of(parse(publish(store, kIssuingTime))), clock);
  EXPECT_EQ(number_of(parse(publish(store, kIssuingTime))), clock + 1);
  store.reopen();
  EXPECT_EQ(number_of(parse(publish(store, kIssuingTime - days(1)))), clock + 2);
  EXPECT_EQ(number_of(parse(publish(store, kIssuingTime + hours(1)))), clock + 3600);
  IssuingStore restored;  // has forgotten every number it gave out
  EXPECT_EQ(number_of(parse(publish(restored, kIssuingTime + hours(2)))), clock + 7200);
}

// P-63: BR 7.2, an entry stays until it was seen on one CRL after the certificate expired.
/// A key that is known to be away.
class AwayKey final : public ca::Signer {
 public:
  explicit AwayKey(ca::Signer& inner) : inner_(inner) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_.public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_.algorithm(); }
  std::string sign(std::string_view) override { throw ca::SigningFailed("away"); }
  [[nodiscard]] std::optional<std::string> outage() const override { return "away"; }

 private:
  ca::Signer& inner_;
};

// Tried every few minutes, it would fill the audit log.
TEST(PublishCrl, TakesNoNumberWhileTheKeyIsAway) {
  IssuingStore store;
  const ca::Issuer away({store.issuer().certificate_der()},
                        std::make_unique<AwayKey>(store.issuer().signer()), tests::test_urls());
  const std::size_t audited = store.audit().size();
  EXPECT_THROW(tests::run(ca::publish_crl(store.store(), away, kIssuingTime, days(4))),
               ca::SigningFailed);
  EXPECT_EQ(store.audit().size(), audited);
  EXPECT_TRUE(store.rows("crl_numbers").empty());
}

TEST(PublishCrl, DropsAnEntryOnlyAfterOneCrlPastExpiry) {
  IssuingStore store;
  const auto issued = store.issue();
  const auto lasting = store.issue("lasting.example", kIssuingTime + seconds(2));
  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  ASSERT_TRUE(store.revoke(lasting.serial, 4).has_value());
  const auto listed = [&](ca::Time now) {
    const Crl crl = parse(publish(store, now));
    return std::pair(entry_of(crl, issued.serial) != nullptr,
                     entry_of(crl, lasting.serial) != nullptr);
  };
  EXPECT_EQ(listed(issued.not_after), std::pair(true, true)) << "not yet expired";
  EXPECT_EQ(listed(issued.not_after + seconds(1)), std::pair(true, true)) << "seen once after";
  EXPECT_EQ(store.ledger_faults(), std::vector<std::string>());
  EXPECT_EQ(listed(issued.not_after + seconds(2)), std::pair(false, true)) << "done with";
  EXPECT_TRUE(store.find(issued.serial)->revoked) << "the ledger never forgets";
  EXPECT_EQ(store.ledger_faults(), std::vector<std::string>());
}

TEST(PublishCrl, ListsAnExpiredEntryAgainWhenItsReasonGetsWorse) {
  IssuingStore store;
  const auto issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  publish(store, issued.not_after + seconds(1));
  EXPECT_EQ(entries_in(parse(publish(store, issued.not_after + seconds(2)))), 0);
  ASSERT_TRUE(store.revoke(issued.serial, 1, issued.not_after + seconds(3)).has_value());
  EXPECT_EQ(entries_in(parse(publish(store, issued.not_after + seconds(4)))), 1);
  EXPECT_EQ(entries_in(parse(publish(store, issued.not_after + seconds(5)))), 0);
}

TEST(NewestCrl, IsNothingBeforeTheFirst) {
  IssuingStore store;
  EXPECT_EQ(newest(store), std::nullopt);
  EXPECT_EQ(newest_facts(store), std::nullopt);
}

TEST(NewestCrl, HasItsFactsBesideIt) {
  IssuingStore store;
  publish(store, kIssuingTime);
  const std::string der = publish(store, kIssuingTime + hours(1));
  const ca::CrlFacts wanted{
      .number = static_cast<std::uint64_t>(kIssuingTime.time_since_epoch().count()) + 3600,
      .this_update = kIssuingTime + hours(1),
      .sha256 = ca::sha256(der)};
  store.reopen();
  EXPECT_EQ(newest_facts(store), wanted);
  store.erase_raw("crls", store.issuer().id());
  EXPECT_EQ(newest_facts(store), wanted) << "the CRL itself is not read for them";
}

/// Lets something happen between the reading of a CRL's content and its signature, or computes
/// wrongly.
class InterruptedKey final : public ca::Signer {
 public:
  explicit InterruptedKey(std::unique_ptr<ca::Signer> key) : key_(std::move(key)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return key_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return key_->algorithm(); }
  std::string sign(std::string_view message) override {
    if (const auto interruption = std::exchange(interruption_, nullptr)) interruption();
    std::string signature = key_->sign(message);
    return std::exchange(computes_, Computes::right) == Computes::right
               ? signature
               : key_->sign(std::string(message) + "x");
  }
  void compute_wrongly_once() { computes_ = Computes::wrong; }
  void interrupt_once(std::function<void()> interruption) {
    interruption_ = std::move(interruption);
  }

 private:
  std::unique_ptr<ca::Signer> key_;
  std::function<void()> interruption_;
  enum class Computes { right, wrong } computes_ = Computes::right;
};

/// A CA whose key can be interrupted.
struct InterruptedCa {
  tests::TestCa ca;
  InterruptedKey* key;
};

InterruptedCa interrupted_ca() {
  ca::SystemRandom random;
  const ca::HierarchyNames names{.organization = "Chancery Test"};
  const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  auto issuing =
      ca::create_issuing_ca(names, ca::KeyAlgorithm::ecdsa_p256, root, random, kIssuingTime);
  auto key = std::make_unique<InterruptedKey>(std::move(issuing.signer));
  InterruptedKey* const held = key.get();
  auto issuer =
      std::make_unique<ca::Issuer>(std::vector<std::string>{issuing.der}, std::move(key),
                                   ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"});
  return {.ca = {.root_der = root.der, .issuer = std::move(issuer)}, .key = held};
}

TEST(PublishCrl, NeverReplacesANewerCrlByAnOlder) {
  InterruptedCa parts = interrupted_ca();
  InterruptedKey& key = *parts.key;
  IssuingStore store(std::move(parts.ca));
  const auto issued = store.issue();
  std::string overtaking;
  key.interrupt_once([&] {
    ASSERT_TRUE(store.revoke(issued.serial, 1).has_value());
    overtaking = publish(store, kIssuingTime);
  });
  const std::string overtaken = publish(store, kIssuingTime);
  EXPECT_LT(number_of(parse(overtaken)), number_of(parse(overtaking)));
  EXPECT_EQ(entry_of(parse(overtaken), issued.serial), nullptr);
  EXPECT_EQ(newest(store), overtaking);
  EXPECT_EQ(newest_facts(store)->sha256, ca::sha256(overtaking));
  EXPECT_NE(entry_of(parse(overtaking), issued.serial), nullptr);
}

// T-B16
// A CRL that nobody can verify must not hide the one before it.
TEST(PublishCrl, KeepsTheNewestCrlWhenTheKeyComputesWrongly) {
  InterruptedCa parts = interrupted_ca();
  InterruptedKey& key = *parts.key;
  IssuingStore store(std::move(parts.ca));
  const auto issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 1).has_value());
  const std::string before = publish(store, kIssuingTime);
  key.compute_wrongly_once();
  EXPECT_THROW(publish(store, issued.not_after + seconds(1)), std::runtime_error);
  EXPECT_EQ(newest(store), before);
  EXPECT_EQ(newest_facts(store)->sha256, ca::sha256(before));
  EXPECT_EQ(store.audit().back().event, "crl.numbered");
  const std::string after = publish(store, issued.not_after + seconds(1));
  EXPECT_EQ(newest(store), after);
  EXPECT_NE(entry_of(parse(after), issued.serial), nullptr) << "it had not been seen on a CRL yet";
}

TEST(PublishCrl, KeepsAnEntryWhoseReasonChangedWhileItWasSigned) {
  InterruptedCa parts = interrupted_ca();
  InterruptedKey& key = *parts.key;
  IssuingStore store(std::move(parts.ca));
  const auto issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  key.interrupt_once([&] { ASSERT_TRUE(store.revoke(issued.serial, 1).has_value()); });
  publish(store, issued.not_after + seconds(1));
  EXPECT_EQ(entries_in(parse(publish(store, issued.not_after + seconds(2)))), 1);
}

}  // namespace
