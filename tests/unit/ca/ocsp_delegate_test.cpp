// Keys of OCSP responders that outlive their process, sealed in the store.
#include "ca/ocsp/delegate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ca/crypto/public_key.h"
#include "ca/ocsp/responder.h"
#include "ca/ocsp/responder_certificate.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/ocsp_parts.h"

namespace {

using ca::KeyAlgorithm;
using ca::ocsp::Responder;
using std::chrono::days;
using std::chrono::hours;
using tests::IssuingStore;
using tests::kIssuingTime;
using tests::OcspFindings;

constexpr ca::Time kLater = kIssuingTime + hours(2);
const std::string kSeal(32, 's');

/// A key in a device that comes and goes.
class Removable final : public ca::Signer {
 public:
  /// `fails`: nothing tells so before it is to sign.
  Removable(std::unique_ptr<ca::Signer> inner, const bool& is_away, const bool& fails)
      : inner_(std::move(inner)), is_away_(is_away), fails_(fails) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_->algorithm(); }
  std::string sign(std::string_view message) override {
    if (is_away_ || fails_) throw ca::SigningFailed("the device is away");
    return inner_->sign(message);
  }
  [[nodiscard]] std::optional<std::string> outage() const override {
    return is_away_ ? std::optional<std::string>("the device is away") : std::nullopt;
  }

 private:
  std::unique_ptr<ca::Signer> inner_;
  const bool& is_away_;
  const bool& fails_;
};

struct Device {
  explicit Device(KeyAlgorithm algorithm = KeyAlgorithm::ecdsa_p256) : ca(make(algorithm)) {}

  tests::TestCa make(KeyAlgorithm algorithm) {
    const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
    const auto root = ca::create_root(names, algorithm, random, kIssuingTime);
    auto made = ca::create_issuing_ca(names, algorithm, root, random, kIssuingTime);
    ca::Issuer::Urls urls;
    urls.crl = "http://ca.example/issuing.crl";
    return {
        .root_der = root.der,
        .issuer = std::make_unique<ca::Issuer>(
            std::vector{made.der},
            std::make_unique<Removable>(std::move(made.signer), is_away, fails), std::move(urls))};
  }
  /// A process that begins with the store as it is.
  std::unique_ptr<Responder> start(std::string seal = kSeal, ca::Time now = kIssuingTime) {
    auto responder = std::make_unique<Responder>(ca.store(), std::vector{&ca.issuer()}, random,
                                                 Responder::Options{.seal = std::move(seal)});
    try {
      tests::run(responder->tend(now));
      was_tended = true;
    } catch (const ca::SigningFailed&) {
      was_tended = false;
    }
    return responder;
  }
  OcspFindings ask(Responder& responder, const std::string& serial, ca::Time now = kLater) {
    const auto answer = responder.answer(tests::ocsp_request(ca.issuer(), serial), now);
    tests::run(responder.record_signatures(now));
    return tests::read_response(answer->der, ca.issuer(), ca.root_der(), serial, now);
  }
  std::vector<ca::LedgerEntry> delegates() {
    std::vector<ca::LedgerEntry> found;
    ca.store().read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (entry.profile == ca::ocsp::kResponderProfile) found.push_back(entry);
        return storage::Scan::proceed;
      });
    });
    return found;
  }

  bool is_away = false, fails = false, was_tended = false;
  ca::SystemRandom random;
  IssuingStore ca;
};

// S-4 R6 BR-4.9.10: a restart while the issuing key is away takes nothing from relying parties.
TEST(OcspDelegate, AnswersInTheNextProcessWhileTheIssuingKeyIsAway) {
  Device device;
  const std::string serial = device.ca.issue().serial;
  const std::string other = device.ca.issue("other.example").serial;
  EXPECT_EQ(device.ask(*device.start(), serial).status, V_OCSP_CERTSTATUS_GOOD);
  device.is_away = true;
  const auto next = device.start();
  EXPECT_TRUE(device.was_tended);
  for (const std::string& each : {serial, other}) {
    const OcspFindings found = device.ask(*next, each);
    EXPECT_EQ(found.status, V_OCSP_CERTSTATUS_GOOD);
    EXPECT_TRUE(found.is_verified);
  }
  ASSERT_TRUE(device.ca.revoke(other, 4));
  EXPECT_EQ(device.ask(*next, other).status, V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(device.delegates().size(), 1U);
  EXPECT_THAT(device.ca.ledger_faults(), testing::IsEmpty());
  EXPECT_THAT(device.ca.audit_faults(), testing::IsEmpty());
}

// BR-7.1.2.8: one certificate a month, however often the server starts; near its end it answers on
// until the issuing key is back.
TEST(OcspDelegate, IsRenewedWhenTheIssuingKeyIsBack) {
  Device device;
  const std::string serial = device.ca.issue().serial;
  device.start();
  device.start();
  EXPECT_EQ(device.delegates().size(), 1U);
  device.is_away = true;
  const ca::Time late = kIssuingTime + days(25);
  const auto next = device.start(kSeal, late);
  EXPECT_FALSE(device.was_tended);
  EXPECT_EQ(next->keys_to_make(late), 0U);
  EXPECT_EQ(device.ask(*next, serial, late).status, V_OCSP_CERTSTATUS_GOOD);
  device.is_away = false;
  EXPECT_EQ(next->keys_to_make(late), 1U) << "so that it is tended at once";
  tests::run(next->tend(late));
  EXPECT_EQ(next->keys_to_make(late), 0U);
  EXPECT_EQ(device.delegates().size(), 2U);
  EXPECT_TRUE(device.ask(*next, serial, late + days(3)).is_verified);
}

// BR-4.9.10: what the device began and did not sign takes nothing from what is there.
TEST(OcspDelegate, OutlivesARenewalThatFails) {
  Device device;
  const std::string serial = device.ca.issue().serial;
  device.start();
  const ca::Time late = kIssuingTime + days(25);
  device.fails = true;
  device.start(kSeal, late);
  EXPECT_FALSE(device.was_tended);
  ASSERT_EQ(device.delegates().size(), 2U) << "one of them was only begun";
  device.is_away = true;
  EXPECT_EQ(device.ask(*device.start(kSeal, late), serial, late).status, V_OCSP_CERTSTATUS_GOOD);
  device.is_away = device.fails = false;
  const auto next = device.start(kSeal, late);
  EXPECT_TRUE(device.was_tended);
  EXPECT_EQ(device.delegates().size(), 3U);
  device.is_away = true;
  const ca::Time later = late + days(20);
  EXPECT_EQ(device.ask(*device.start(kSeal, later), serial, later).status, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(device.ca.rows("ocsp_responder_keys").size(), 1U);
  EXPECT_THAT(device.ca.ledger_faults(), testing::IsEmpty());
}

// Nobody has to bring back the key of an issuer that signs no more.
TEST(OcspDelegate, IsNotMissedWhereTheIssuerIsRetired) {
  Device device;
  device.is_away = true;
  Responder responder(device.ca.store(), std::vector{&device.ca.issuer()}, device.random,
                      {.seal = kSeal, .retired = {device.ca.issuer().id()}});
  EXPECT_NO_THROW(tests::run(responder.tend(kIssuingTime)));
  device.is_away = false;
  EXPECT_EQ(responder.keys_to_make(kIssuingTime), 1U) << "and made when it comes back";
  tests::run(responder.tend(kIssuingTime));
  EXPECT_EQ(device.delegates().size(), 1U);
}

TEST(OcspDelegate, IsInTheStoreOnlyUnderItsSeal) {
  Device device;
  const std::string serial = device.ca.issue().serial;
  device.start();
  const auto rows = device.ca.rows("ocsp_responder_keys");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().second.find("PRIVATE KEY"), std::string::npos);
  device.is_away = true;
  const std::string seals[] = {"", std::string(32, 't')};
  for (const std::string& other : seals) {
    const auto next = device.start(other);
    EXPECT_FALSE(device.was_tended);
    EXPECT_EQ(device.ask(*next, serial).response_status, OCSP_RESPONSE_STATUS_TRYLATER);
  }
  device.is_away = false;
  device.start(seals[1]);
  EXPECT_EQ(device.delegates().size(), 2U) << "another one is made";
  device.is_away = true;
  EXPECT_EQ(device.ask(*device.start(seals[1]), serial).status, V_OCSP_CERTSTATUS_GOOD);
}

TEST(OcspDelegate, IsNotKeptWithoutASeal) {
  Device device;
  device.start("");
  EXPECT_TRUE(device.ca.rows("ocsp_responder_keys").empty());
}

// BR-5.4.1 I2: nothing is signed with a key whose certificate the store does not have.
TEST(OcspDelegate, IsNotTakenUpWhenItMustNotSign) {
  Device device;
  const std::string serial = device.ca.issue().serial;
  device.start();
  const ca::LedgerEntry entry = device.delegates().front();
  const std::string row = ca::serial_key(entry.issuer_id, entry.serial);
  const std::string kept = device.ca.rows("ocsp_responder_keys").front().second;
  device.is_away = true;
  const auto answers = [&](ca::Time now = kIssuingTime) {
    const auto responder = device.start(kSeal, now);
    return device.ask(*responder, serial, now).status == V_OCSP_CERTSTATUS_GOOD;
  };
  ASSERT_TRUE(answers());
  ca::LedgerEntry changed = entry;
  changed.certificate.clear();
  device.ca.put_raw("ledger", row, changed.encode());
  EXPECT_FALSE(answers()) << "not recorded";
  changed.certificate = device.ca.find(serial)->certificate;
  device.ca.put_raw("ledger", row, changed.encode());
  EXPECT_FALSE(answers()) << "of another key, and no responder's";
  device.ca.put_raw("ledger", row, entry.encode());
  for (const std::string& damaged : {std::string("x"), kept.substr(0, kept.size() - 1) + "x"}) {
    device.ca.put_raw("ocsp_responder_keys", entry.issuer_id, damaged);
    EXPECT_FALSE(answers()) << "damaged";
  }
  device.ca.put_raw("ocsp_responder_keys", entry.issuer_id, kept);
  EXPECT_FALSE(answers(entry.not_after)) << "at its end";
  ASSERT_TRUE(answers());
  ASSERT_TRUE(device.ca.revoke(entry.serial, 1));
  EXPECT_FALSE(answers()) << "revoked";
}

}  // namespace
