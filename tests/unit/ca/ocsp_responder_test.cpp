#include "ca/ocsp/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/signer.h"
#include "ca/ocsp/responder_certificate.h"
#include "ca/ocsp/responder_lints.h"
#include "ca/ocsp/response.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/ocsp_parts.h"

namespace {

using ca::ocsp::Nonces;
using ca::ocsp::Responder;
using ca::ocsp::ResponseStatus;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using tests::IssuingStore;
using tests::kIssuingTime;
using tests::ocsp_request;
using tests::OcspFindings;

constexpr ca::Time kLater = kIssuingTime + hours(2);

struct Service {
  explicit Service(Responder::Options chosen = {}) : options(std::move(chosen)) {
    options.on_signed = [this](const std::string&, const std::string&,
                               const ca::ocsp::KeptResponse&) { ++signatures; };
    start();
    certificate = ca.issue();
  }
  void start() {
    responder = std::make_unique<Responder>(ca.store(), std::vector{&ca.issuer()}, random, options);
    tests::run(responder->tend(kIssuingTime));
  }
  OcspFindings ask(std::string_view serial,
                   ca::Time now = kLater,
                   const std::optional<std::string>& nonce = std::nullopt,
                   const EVP_MD* digest = EVP_sha1()) {
    const auto answer = responder->answer(ocsp_request(ca.issuer(), serial, nonce, digest), now);
    last = answer;
    tests::run(responder->record_signatures(now));
    return tests::read_response(answer->der, ca.issuer(), ca.root_der(), serial, now, digest);
  }
  std::size_t count(std::string_view profile) {
    std::size_t found = 0;
    ca.store().read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (entry.profile == profile) ++found;
        return storage::Scan::proceed;
      });
    });
    return found;
  }

  IssuingStore ca;
  ca::SystemRandom random;
  Responder::Options options;
  std::unique_ptr<Responder> responder;
  ca::IssuedCertificate certificate;
  ca::ocsp::SharedResponse last;
  int signatures = 0;
};

/// A key that fails whenever it is to sign.
class FailingKey final : public ca::Signer {
 public:
  explicit FailingKey(ca::Signer& inner) : inner_(inner) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_.public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_.algorithm(); }
  std::string sign(std::string_view) override { throw ca::SigningFailed("the device failed"); }

 private:
  ca::Signer& inner_;
};

// RFC6960-4.2.2.2 BR-4.9.9 S-4 P-64
TEST(OcspResponder, SaysGoodOfWhatWasIssuedUnderItsOwnCertificate) {
  Service service;
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256()}) {
    const OcspFindings found =
        service.ask(service.certificate.serial, kLater, std::nullopt, digest);
    EXPECT_EQ(found.response_status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
    EXPECT_TRUE(found.is_verified);
    EXPECT_EQ(found.status, V_OCSP_CERTSTATUS_GOOD);
    EXPECT_TRUE(found.is_current);
  }
  EXPECT_EQ(service.last->next_update - service.last->this_update, days(4));
  EXPECT_LE(service.last->fresh_until - service.last->this_update, days(2));
  EXPECT_THAT(service.ca.ledger_faults(), testing::IsEmpty());
  EXPECT_THAT(service.ca.audit_faults(), testing::IsEmpty());
}

// BR-4.9.9 P-64: to the second, whoever asks for the signature.
TEST(OcspResponse, LivesEightHoursToTenDays) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto live = [&](seconds life) {
    const ca::ocsp::SingleResponse single{.certificate_id = "0",
                                          .revoked = std::nullopt,
                                          .this_update = kLater,
                                          .next_update = kLater + life};
    return ca::ocsp::sign_response(*key, "", single, std::nullopt);
  };
  for (const seconds life : {seconds(hours(8)), seconds(days(10))}) EXPECT_NE(live(life), "");
  for (const seconds life : {seconds(0), seconds(hours(8)) - seconds(1),
                             seconds(days(10)) + seconds(1), -seconds(days(1))}) {
    EXPECT_THROW(live(life), std::logic_error) << life.count();
  }
}

// BR-4.9.7 BR-7.2.2: a revocation shows in the next answer, with its reason.
TEST(OcspResponder, ShowsARevocationAtOnce) {
  Service service;
  EXPECT_EQ(service.ask(service.certificate.serial).status, V_OCSP_CERTSTATUS_GOOD);
  ASSERT_TRUE(service.ca.revoke(service.certificate.serial, 4));
  OcspFindings found = service.ask(service.certificate.serial);
  EXPECT_EQ(found.status, V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(found.reason, OCSP_REVOKED_STATUS_SUPERSEDED);
  EXPECT_TRUE(found.is_verified);
  // a worse reason replaces it, in the answer too.
  ASSERT_TRUE(service.ca.revoke(service.certificate.serial, 1));
  EXPECT_EQ(service.ask(service.certificate.serial).reason, OCSP_REVOKED_STATUS_KEYCOMPROMISE);
}

TEST(OcspResponder, LeavesOutTheReasonThatIsNone) {
  Service service;
  ASSERT_TRUE(service.ca.revoke(service.certificate.serial, 0));
  const OcspFindings found = service.ask(service.certificate.serial);
  EXPECT_EQ(found.status, V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(found.reason, -1);
}

// RFC5019-6: signed once, given out until a newer one is due.
TEST(OcspResponder, AnswersFromMemoryWhileItIsFresh) {
  Service service;
  service.ask(service.certificate.serial);
  const auto first = service.last;
  service.ask(service.certificate.serial, kLater + days(2) - seconds(1));
  EXPECT_EQ(service.last, first);
  EXPECT_EQ(service.signatures, 1);
  service.ask(service.certificate.serial, kLater + days(2));
  EXPECT_NE(service.last, first);
  EXPECT_EQ(service.signatures, 2);
  // A clock that was set back does not give out an answer of the future.
  service.ask(service.certificate.serial, kLater);
  EXPECT_EQ(service.last->this_update, kLater);
}

// BR-4.9.9: never "good" for a serial that was not assigned.
TEST(OcspResponder, IsNotAuthorizedForSerialsThatWereNeverIssued) {
  Service service;
  const std::string unknown(20, 'A');
  EXPECT_EQ(service.ask(unknown).response_status, OCSP_RESPONSE_STATUS_UNAUTHORIZED);
  EXPECT_FALSE(service.last->is_for_all);
  // An intent is no certificate yet.
  const auto intent = service.ca.commit(service.ca.prepare());
  const std::string begun = intent->linted().serial();
  EXPECT_EQ(service.ask(begun).response_status, OCSP_RESPONSE_STATUS_UNAUTHORIZED);
  // If it is revoked, because nobody knows whether it was signed, it is assigned (P-51).
  ASSERT_TRUE(service.ca.revoke(begun, 4));
  EXPECT_EQ(service.ask(begun).status, V_OCSP_CERTSTATUS_REVOKED);
}

TEST(OcspResponder, IsNotAuthorizedForAnotherIssuer) {
  Service service;
  const tests::TestCa other = tests::make_test_ca(kIssuingTime);
  const auto answer =
      service.responder->answer(ocsp_request(*other.issuer, service.certificate.serial), kLater);
  EXPECT_EQ(answer->status, ResponseStatus::unauthorized);
}

TEST(OcspResponder, AnswersForADayAfterTheEnd) {
  Service service;
  const ca::Time end = service.certificate.not_after;
  tests::run(service.responder->tend(end));
  EXPECT_EQ(service.ask(service.certificate.serial, end + days(1)).status, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(service.ask(service.certificate.serial, end + days(1) + seconds(1)).response_status,
            OCSP_RESPONSE_STATUS_UNAUTHORIZED);
}

// RFC6960-4.4.1
TEST(OcspResponder, IgnoresOrRepeatsNonces) {
  const std::string nonce(16, 'n');
  Service ignoring;
  EXPECT_EQ(ignoring.ask(ignoring.certificate.serial, kLater, nonce).nonce, "");
  EXPECT_TRUE(ignoring.last->is_for_all);
  Service echoing(Responder::Options{.nonces = Nonces::echoed});
  const OcspFindings found = echoing.ask(echoing.certificate.serial, kLater, nonce);
  EXPECT_EQ(found.nonce, "\x04\x10" + nonce);
  EXPECT_TRUE(found.is_verified);
  EXPECT_FALSE(echoing.last->is_for_all);
  echoing.ask(echoing.certificate.serial, kLater, nonce);
  EXPECT_EQ(echoing.signatures, 2);
  EXPECT_EQ(echoing.ask(echoing.certificate.serial).nonce, "");
  EXPECT_TRUE(echoing.last->is_for_all);
}

TEST(OcspResponder, RefusesWhatIsNoRequest) {
  Service service;
  EXPECT_EQ(service.responder->answer("", kLater)->status, ResponseStatus::malformed_request);
  EXPECT_EQ(ca::hex(service.responder->answer("x", kLater)->der), "30030a0101");
}

TEST(OcspResponder, HasNothingToSayBeforeItHasAKey) {
  Service service;
  const Responder fresh(service.ca.store(), {&service.ca.issuer()}, service.random, {});
  service.responder = std::make_unique<Responder>(
      service.ca.store(), std::vector{&service.ca.issuer()}, service.random, Responder::Options{});
  EXPECT_EQ(service.ask(service.certificate.serial).response_status, OCSP_RESPONSE_STATUS_TRYLATER);
}

// BR-7.1.2.8: one certificate a month, through ledger and audit log.
TEST(OcspResponder, RenewsItsCertificateInTime) {
  Service service;
  EXPECT_EQ(service.count(ca::ocsp::kResponderProfile), 1U);
  tests::run(service.responder->tend(kIssuingTime + days(10)));
  EXPECT_EQ(service.count(ca::ocsp::kResponderProfile), 1U);
  tests::run(service.responder->tend(kIssuingTime + days(10) + seconds(1)));
  EXPECT_EQ(service.count(ca::ocsp::kResponderProfile), 2U);
  // An answer of the longest life ends before the certificate does.
  EXPECT_TRUE(service.ask(service.certificate.serial, kIssuingTime + days(11)).is_verified);
  std::vector<std::string> events;
  for (const auto& entry : service.ca.audit()) {
    if (entry.actor == "server") events.push_back(entry.event);
  }
  EXPECT_THAT(events, testing::Contains("certificate.intended").Times(2));
  EXPECT_THAT(service.ca.ledger_faults(), testing::IsEmpty());
}

/// A signer that stops working when it is told to.
class Failing final : public ca::Signer {
 public:
  Failing(std::unique_ptr<ca::Signer> inner, const bool& fails)
      : inner_(std::move(inner)), fails_(fails) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_->algorithm(); }
  std::string sign(std::string_view message) override {
    if (fails_) throw std::runtime_error("the module is gone");
    return inner_->sign(message);
  }

 private:
  std::unique_ptr<ca::Signer> inner_;
  const bool& fails_;
};

// P-51: what may have been signed is revoked, and a CRL is asked for.
TEST(OcspResponder, RevokesACertificateWhoseSigningNobodySawThrough) {
  bool fails = true;
  ca::SystemRandom random;
  const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
  const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  auto issuing =
      ca::create_issuing_ca(names, ca::KeyAlgorithm::ecdsa_p256, root, random, kIssuingTime);
  IssuingStore ca(
      {.root_der = root.der,
       .issuer = std::make_unique<ca::Issuer>(
           std::vector{issuing.der}, std::make_unique<Failing>(std::move(issuing.signer), fails),
           ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"})});
  int crls = 0;
  Responder responder(ca.store(), {&ca.issuer()}, random,
                      {.on_revoked = [&](auto&, const auto&, auto) { ++crls; }});
  EXPECT_THROW(tests::run(responder.tend(kIssuingTime)), std::runtime_error);
  fails = false;
  tests::run(responder.tend(kIssuingTime + seconds(60)));
  EXPECT_EQ(crls, 1);
  std::vector<bool> revoked;
  ca.store().read([&](const storage::Snapshot& snapshot) {
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
      revoked.push_back(entry.revoked);
      return storage::Scan::proceed;
    });
  });
  EXPECT_THAT(revoked, testing::UnorderedElementsAre(true, false));
  EXPECT_THAT(ca.ledger_faults(), testing::IsEmpty());
}

// P-62
TEST(OcspResponderCertificate, PassesAsAResponderAndAsNothingElse) {
  Service service;
  service.ca.store().read([&](const storage::Snapshot& snapshot) {
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
      const auto view = ca::view_certificate(entry.certificate).value();
      EXPECT_EQ(ca::ocsp::is_for_ocsp_signing(view), entry.profile == ca::ocsp::kResponderProfile);
      return storage::Scan::proceed;
    });
  });
}

// I4: a subscriber's certificate that calls itself a responder's is found.
TEST(OcspResponderCertificate, IsToldFromASubscribersByTheProof) {
  Service service;
  const auto entry = service.ca.find(service.certificate.serial);
  ca::LedgerEntry changed = *entry;
  changed.profile = ca::ocsp::kResponderProfile;
  service.ca.put_raw("ledger", ca::serial_key(entry->issuer_id, entry->serial), changed.encode());
  EXPECT_THAT(service.ca.ledger_faults(), testing::Contains(testing::HasSubstr("OCSP signing")));
}

// BR-5.4.1 A-1 I2: the audit log has the number and the hash of every signed answer.
TEST(OcspResponder, TellsTheAuditLogWhatItSigned) {
  Service service;
  const auto sign = [&](ca::Time now) {
    return service.responder->answer(ocsp_request(service.ca.issuer(), service.certificate.serial),
                                     now);
  };
  const auto first = sign(kLater);
  const auto second = sign(kLater + days(2));
  EXPECT_EQ(first->number, 1U);
  EXPECT_EQ(second->status, ResponseStatus::try_later) << "the first is not recorded for two days";
  tests::run(service.responder->record_signatures(kLater + days(2)));
  const auto third = sign(kLater + days(2));
  const auto fourth = sign(kLater + days(4));
  EXPECT_EQ(third->number, 2U);
  EXPECT_EQ(fourth->status, ResponseStatus::try_later);
  tests::run(service.responder->tend(kLater + days(4)));
  tests::run(service.responder->tend(kLater + days(4)));
  std::vector<std::string> told;
  std::string chain;
  for (const auto& entry : service.ca.audit()) {
    if (entry.event != "ocsp.signed") continue;
    EXPECT_EQ(entry.subject, service.ca.issuer().id());
    told.push_back(entry.facts.at(0).second + "-" + entry.facts.at(1).second);
    chain = entry.facts.at(2).second;
  }
  EXPECT_THAT(told, testing::ElementsAre("1-1", "2-2"));
  const std::string of_one = ca::sha256(ca::sha256(first->der));
  EXPECT_EQ(chain, ca::hex(ca::sha256(of_one + ca::sha256(third->der))));
}

// A cached answer is no signature, and is given out whatever the audit log can take.
TEST(OcspResponder, GivesOutWhatItHasWhileNothingCanBeRecorded) {
  Service service;
  const std::string request = ocsp_request(service.ca.issuer(), service.certificate.serial);
  const auto first = service.responder->answer(request, kLater);
  EXPECT_EQ(service.responder->answer(request, kLater + hours(5)), first);
}

// S-4 BR-4.9.10: the ordinary rotation, a restart after the old issuer's end.
TEST(OcspResponder, AnswersForTheOthersWhenAnIssuerHasEnded) {
  const tests::TestCa ended = tests::make_test_ca(kIssuingTime - days(4000));
  ASSERT_LT(ended.issuer->certificate().not_after, kIssuingTime);
  IssuingStore good;
  const std::string serial = good.issue().serial;
  ca::SystemRandom random;
  Responder responder(
      good.store(), std::vector<const ca::Issuer*>{ended.issuer.get(), &good.issuer()}, random, {});
  EXPECT_EQ(responder.keys_to_make(kIssuingTime), 1U) << "none for the one that has ended";
  EXPECT_NO_THROW(tests::run(responder.tend(kIssuingTime)));
  const auto answer = responder.answer(ocsp_request(good.issuer(), serial), kLater);
  EXPECT_EQ(
      tests::read_response(answer->der, good.issuer(), good.root_der(), serial, kLater).status,
      V_OCSP_CERTSTATUS_GOOD);
}

// The first key says that it is in reach, and fails: those behind it do not wait for it.
TEST(OcspResponder, AnswersForTheOthersWhenAnIssuingKeyFails) {
  const tests::TestCa inner = tests::make_test_ca(kIssuingTime);
  const ca::Issuer failing({inner.issuer->certificate_der()},
                           std::make_unique<FailingKey>(inner.issuer->signer()),
                           tests::test_urls());
  IssuingStore good;
  const std::string serial = good.issue().serial;
  ca::SystemRandom random;
  Responder responder(good.store(), std::vector<const ca::Issuer*>{&failing, &good.issuer()},
                      random, {});
  EXPECT_THROW(tests::run(responder.tend(kIssuingTime)), ca::SigningFailed);
  const auto answer = responder.answer(ocsp_request(good.issuer(), serial), kLater);
  EXPECT_EQ(
      tests::read_response(answer->der, good.issuer(), good.root_der(), serial, kLater).status,
      V_OCSP_CERTSTATUS_GOOD);
}

}  // namespace
