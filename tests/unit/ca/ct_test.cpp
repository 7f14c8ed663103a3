// Certificate Transparency: precertificate, SCTs, certificate, and what is proved of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ct.h>
#include <openssl/x509v3.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/log_policy.h"
#include "ca/ct/precertificate.h"
#include "ca/ct/sct.h"
#include "ca/ct/submission.h"
#include "ca/issuance.h"
#include "ca/ocsp/responder.h"
#include "ca/revocation_index.h"
#include "ca/tbs_certificate.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/ocsp_parts.h"

namespace {

namespace asio = boost::asio;
using ca::ct::Log;
using ca::ct::LogKind;
using ca::ct::SctAnswer;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::IssuingStore;
using tests::kIssuingTime;

enum class Behaviour {
  good,
  refuses,
  silent,
  wrong_key,
  wrong_certificate,
  wrong_log,
  of_yesterday,
  version_2,
  no_leaf_index
};

/// Logs with keys of their own, each doing what it is told.
class FakeLogs final : public ca::ct::LogClient {
 public:
  Log add(const std::string& name,
          const std::string& operator_name,
          LogKind kind,
          Behaviour behaviour = Behaviour::good) {
    auto signer = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const ca::PublicKey key = signer->public_key();
    Log log{.id = ca::sha256(key.spki()),
            .name = name,
            .operator_name = operator_name,
            .url = "http://" + name + ".example/",
            .kind = kind,
            .key = key,
            .not_after_from = {},
            .not_after_until = {}};
    keys_[log.id] = std::move(signer);
    behaviours[name] = behaviour;
    return log;
  }

  asio::awaitable<std::expected<SctAnswer, std::string>> add_pre_chain(
      const Log& log, const std::vector<std::string>& chain) override {
    asked.push_back(log.name);
    const Behaviour behaviour = behaviours.at(log.name);
    if (behaviour == Behaviour::refuses) co_return std::unexpected("503 Service Unavailable");
    if (behaviour == Behaviour::silent) {
      asio::steady_timer timer(co_await asio::this_coro::executor, milliseconds(100));
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      co_return std::unexpected("cancelled");
    }
    co_return answer(log, chain, behaviour);
  }
  asio::awaitable<std::expected<SctAnswer, std::string>> add_chain(
      const Log& log, const std::vector<std::string>& chain) override {
    finals.emplace_back(log.name, chain.front());
    if (behaviours.at(log.name) == Behaviour::refuses) co_return std::unexpected("503");
    co_return SctAnswer{};
  }

  SctAnswer answer(const Log& log, const std::vector<std::string>& chain, Behaviour behaviour) {
    // As a log does it: the poison comes out of what was submitted.
    const auto precertificate = ca::view_certificate(chain.at(0)).value();
    const auto issuer = ca::view_certificate(chain.at(1)).value();
    std::string tbs = ca::ct::without_extension(precertificate.tbs, ca::ct::kPoisonOid).value();
    SctAnswer made;
    made.log_id = log.id;
    auto time = kIssuingTime;
    if (behaviour == Behaviour::of_yesterday) time -= days(2);
    made.timestamp = static_cast<std::uint64_t>(time.time_since_epoch().count()) * 1000 + 5;
    if (log.kind == LogKind::static_ct && behaviour != Behaviour::no_leaf_index) {
      made.extensions = std::string("\0\0\5\0\0\0\0\7", 8);
    }
    if (behaviour == Behaviour::wrong_certificate) tbs += "x";
    auto& signer = behaviour == Behaviour::wrong_key ? *other_key_ : *keys_.at(log.id);
    const std::string signature = signer.sign(ca::ct::precert_signed_data(made, issuer.spki, tbs));
    made.signature = std::string("\4\3\0", 3) + static_cast<char>(signature.size()) + signature;
    if (behaviour == Behaviour::wrong_log) made.log_id = std::string(32, 'x');
    if (behaviour == Behaviour::version_2) made.version = 1;
    return made;
  }

  std::map<std::string, Behaviour> behaviours;
  std::vector<std::string> asked;
  std::vector<std::pair<std::string, std::string>> finals;  // log and certificate

 private:
  std::map<std::string, std::unique_ptr<ca::Signer>> keys_;
  std::unique_ptr<ca::Signer> other_key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

/// A CA that logs, over logs of two operators.
struct Logged {
  Logged() {
    transparency.logs.push_back(logs.add("a1", "A", LogKind::rfc6962));
    transparency.logs.push_back(logs.add("b1", "B", LogKind::static_ct));
    transparency.on_fault = [this](const Log& log, const std::string& fault) {
      faults.push_back(log.name + ": " + fault);
    };
  }
  std::optional<ca::IssuedCertificate> issue(std::string_view profile = "dv") {
    ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("a.example").value()},
                                .public_key = key->public_key(),
                                .profile = *ca::find_profile(profile),
                                .now = kIssuingTime};
    ca::IssuanceSteps steps{.owner = {.order = "order-1", .account = "account-1"},
                            .note_serial =
                                [this](storage::Transaction&, const std::string& noted) {
                                  serial = noted;
                                  return true;
                                },
                            .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
                            .store_until = kIssuingTime + seconds(60)};
    ca::IssuingParts parts{.store = store.store(),
                           .issuer = store.issuer(),
                           .random = random,
                           .clock = [] { return kIssuingTime; },
                           .transparency = &transparency};
    return tests::run(ca::issue_certificate(parts, std::move(request), std::move(steps))).value();
  }
  std::optional<std::string> precertificate() {
    return store.store().read([&](const storage::Snapshot& snapshot) {
      return ca::ct::find_precertificate(snapshot, store.issuer().id(), serial);
    });
  }

  IssuingStore store;
  ca::SystemRandom random;
  FakeLogs logs;
  ca::ct::Transparency transparency{
      .logs = {}, .client = logs, .stagger = milliseconds(20), .patience = milliseconds(300)};
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::string serial;
  std::vector<std::string> faults;
};

// P-50 P-52 P-53 P-54 BR-7.1.2.9
TEST(Transparency, PutsVerifiedSctsIntoTheCertificateOfAPrecertificate) {
  Logged ca;
  const ca::IssuedCertificate issued = ca.issue().value();
  const std::string precertificate = ca.precertificate().value();
  const auto final_view = ca::view_certificate(issued.der).value();
  const auto pre_view = ca::view_certificate(precertificate).value();
  EXPECT_EQ(pre_view.serial, final_view.serial);
  EXPECT_EQ(ca::ct::without_extension(final_view.tbs, ca::ct::kSctListOid),
            ca::ct::without_extension(pre_view.tbs, ca::ct::kPoisonOid));
  const ca::Extension* poison = ca::find_extension(pre_view.extensions, ca::ct::kPoisonOid);
  ASSERT_NE(poison, nullptr);
  EXPECT_EQ(poison->criticality, ca::der::Criticality::critical);
  EXPECT_EQ(ca::hex(poison->value), "0500");
  EXPECT_EQ(ca::find_extension(pre_view.extensions, ca::ct::kSctListOid), nullptr);
  EXPECT_THAT(ca.store.ledger_faults(), testing::IsEmpty());
  EXPECT_THAT(ca.store.audit_faults(), testing::IsEmpty());
  EXPECT_THAT(ca.faults, testing::IsEmpty());
  // The certificate is shown to both logs afterwards.
  EXPECT_EQ(ca.logs.finals.size(), 2U);
  EXPECT_EQ(ca.logs.finals.at(0).second, issued.der);
  std::vector<std::string> events;
  for (const auto& entry : ca.store.audit()) events.push_back(entry.event);
  EXPECT_THAT(events, testing::ElementsAre("certificate.intended", "precertificate.signed",
                                           "certificate.issued"));
}

// RFC6962-3.3: OpenSSL reads the list and verifies the SCTs.
TEST(Transparency, IsWhatOpenSslVerifies) {
  Logged ca;
  const ca::IssuedCertificate issued = ca.issue().value();
  const auto certificate = tests::x509_of(issued.der);
  const auto issuer = tests::x509_of(ca.store.issuer().certificate_der());
  CTLOG_STORE* store = CTLOG_STORE_new();
  auto* scts = static_cast<STACK_OF(SCT)*>(
      X509_get_ext_d2i(certificate.get(), NID_ct_precert_scts, nullptr, nullptr));
  ASSERT_NE(scts, nullptr);
  ASSERT_EQ(sk_SCT_num(scts), 2);
  for (int i = 0; i < 2; ++i) {
    SCT* sct = sk_SCT_value(scts, i);
    unsigned char* id = nullptr;
    const std::size_t length = SCT_get0_log_id(sct, &id);
    EXPECT_EQ(length, 32U);
    EXPECT_EQ(SCT_get_version(sct), SCT_VERSION_V1);
    EXPECT_EQ(SCT_get_signature_nid(sct), NID_ecdsa_with_SHA256);
  }
  SCT_LIST_free(scts);
  CTLOG_STORE_free(store);
}

// P-53
TEST(Transparency, NeedsTwoOrThreeSctsByLifetime) {
  EXPECT_EQ(ca::ct::scts_needed(days(180)), 2U);
  EXPECT_EQ(ca::ct::scts_needed(days(180) + seconds(1)), 3U);
  FakeLogs logs;
  const Log a = logs.add("a", "A", LogKind::rfc6962);
  const Log a2 = logs.add("a2", "A", LogKind::rfc6962);
  const Log b = logs.add("b", "B", LogKind::static_ct);
  const Log c = logs.add("c", "C", LogKind::static_ct);
  EXPECT_TRUE(ca::ct::are_enough({&a, &b}, 2));
  EXPECT_FALSE(ca::ct::are_enough({&a}, 2));
  EXPECT_FALSE(ca::ct::are_enough({&a, &a}, 2));
  EXPECT_FALSE(ca::ct::are_enough({&a, &a2}, 2));  // one operator
  EXPECT_FALSE(ca::ct::are_enough({&b, &c}, 2));   // no log of RFC 6962
  EXPECT_TRUE(ca::ct::are_enough({&a, &a2, &b}, 3));
  EXPECT_FALSE(ca::ct::are_enough({&a, &b}, 3));
}

TEST(Transparency, AsksInAnOrderThatIsSoonEnough) {
  FakeLogs logs;
  std::vector<Log> all;
  all.push_back(logs.add("a", "A", LogKind::rfc6962));
  all.push_back(logs.add("b", "B", LogKind::static_ct));
  all.push_back(logs.add("c", "C", LogKind::static_ct));
  all.push_back(logs.add("a2", "A", LogKind::static_ct));
  all.push_back(logs.add("old", "D", LogKind::rfc6962));
  all.back().not_after_until = kIssuingTime;
  ca::SystemRandom random;
  std::set<std::string> firsts;
  for (int i = 0; i < 60; ++i) {
    const auto order = ca::ct::submission_order(all, kIssuingTime, 2, random);
    ASSERT_EQ(order.size(), 4U);
    firsts.insert(order.front()->name);
    const bool soon = ca::ct::are_enough({order[0], order[1]}, 2) ||
                      ca::ct::are_enough({order[0], order[1], order[2]}, 2);
    EXPECT_TRUE(soon);
  }
  EXPECT_GE(firsts.size(), 3U);
  all.erase(all.begin());
  EXPECT_TRUE(ca::ct::submission_order(all, kIssuingTime, 2, random).empty());
}

TEST(Transparency, TakesAnotherLogWhenOneFails) {
  Logged ca;
  ca.transparency.logs.push_back(ca.logs.add("c1", "C", LogKind::rfc6962));
  for (const Behaviour behaviour :
       {Behaviour::refuses, Behaviour::wrong_key, Behaviour::wrong_certificate,
        Behaviour::wrong_log, Behaviour::of_yesterday, Behaviour::version_2,
        Behaviour::no_leaf_index, Behaviour::silent}) {
    SCOPED_TRACE(static_cast<int>(behaviour));
    ca.logs.behaviours["b1"] = behaviour;
    const auto issued = ca.issue();
    ASSERT_TRUE(issued.has_value());
    const auto view = ca::view_certificate(issued->der).value();
    EXPECT_NE(ca::find_extension(view.extensions, ca::ct::kSctListOid), nullptr);
  }
  EXPECT_THAT(ca.store.ledger_faults(), testing::IsEmpty());
}

// P-51: without enough SCTs there is no certificate, and the serial is assigned and revocable.
TEST(Transparency, SignsNothingWithoutEnoughScts) {
  Logged ca;
  ca.logs.behaviours["b1"] = Behaviour::wrong_key;
  EXPECT_THROW(ca.issue(), std::runtime_error);
  EXPECT_THAT(ca.faults, testing::ElementsAre(testing::HasSubstr("does not verify")));
  EXPECT_TRUE(ca.precertificate().has_value());
  EXPECT_TRUE(ca.store.find(ca.serial).value().certificate.empty());
  EXPECT_THAT(ca.store.ledger_faults(), testing::IsEmpty());
  ca::ocsp::Responder responder(ca.store.store(), {&ca.store.issuer()}, ca.random, {});
  tests::run(responder.tend(kIssuingTime));
  const std::string request = tests::ocsp_request(ca.store.issuer(), ca.serial);
  const auto status = [&] {
    return tests::read_response(responder.answer(request, kIssuingTime)->der, ca.store.issuer(),
                                ca.store.root_der(), ca.serial, kIssuingTime)
        .status;
  };
  EXPECT_EQ(status(), V_OCSP_CERTSTATUS_GOOD);
  ASSERT_TRUE(ca.store.revoke(ca.serial, 4));
  EXPECT_EQ(status(), V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_THAT(ca.store.ledger_faults(), testing::IsEmpty());
}

TEST(Transparency, NeverShowsLogsWhatIsNotStored) {
  Logged ca;
  ca.transparency.logs.pop_back();
  EXPECT_THROW(ca.issue(), std::runtime_error);  // one log is never enough
  EXPECT_THAT(ca.logs.asked, testing::IsEmpty());
}

TEST(Transparency, RefusesACertificateOfTheOtherKind) {
  Logged ca;
  ca.logs.behaviours["b1"] = Behaviour::refuses;
  EXPECT_THROW(ca.issue(), std::runtime_error);
  // A certificate without SCTs for a serial whose precertificate was logged.
  const auto linted = ca::view_certificate(ca.store.find(ca.serial)->lint_certificate).value();
  const std::string bare = ca::assemble_signed(
      linted.tbs, ca::der_algorithm_identifier(ca.store.issuer().signer().algorithm()),
      ca.store.issuer().signer().sign(linted.tbs));
  ca::IssuedCertificate other;
  other.serial = ca.serial;
  other.der = bare;
  EXPECT_THROW(ca.store.record(other), std::logic_error);
}

// I2: planted faults of precertificates are found.
TEST(Transparency, IsProvedOffline) {
  Logged ca;
  ca.issue();
  const std::string key = ca::serial_key(ca.store.issuer().id(), ca.serial);
  const std::string sound = ca.precertificate().value();
  const auto faults_with = [&](const std::string& planted) {
    ca.store.put_raw("precertificates", key, planted);
    auto faults = ca.store.ledger_faults();
    ca.store.put_raw("precertificates", key, sound);
    return faults;
  };
  EXPECT_THAT(faults_with("x"), testing::Contains(testing::HasSubstr("precertificate")));
  std::string broken = sound;
  broken.back() = static_cast<char>(broken.back() ^ 1);
  EXPECT_THAT(faults_with(broken), testing::Contains(testing::HasSubstr("signature")));
  const auto entry = ca.store.find(ca.serial).value();
  EXPECT_THAT(faults_with(entry.certificate), testing::Contains(testing::HasSubstr("poison")));
  ca.store.put_raw("precertificates", ca::serial_key(ca.store.issuer().id(), "\x41"), sound);
  EXPECT_THAT(ca.store.ledger_faults(), testing::Contains(testing::HasSubstr("not in the ledger")));
  ca.store.erase_raw("precertificates", key);
  EXPECT_THAT(ca.store.ledger_faults(),
              testing::Contains(testing::HasSubstr("SCTs without a precertificate")));
}

TEST(Transparency, TakesExtensionsOutExactlyAsTheyWentIn) {
  Logged ca;
  const ca::LintedCertificate linted = ca.store.prepare();
  const std::string poisoned = ca::ct::with_extension(linted.tbs(), ca::ct::poison_extension());
  EXPECT_EQ(ca::ct::without_extension(poisoned, ca::ct::kPoisonOid), linted.tbs());
  EXPECT_FALSE(ca::ct::without_extension(linted.tbs(), ca::ct::kPoisonOid));
  const std::string twice = ca::ct::with_extension(poisoned, ca::ct::poison_extension());
  EXPECT_FALSE(ca::ct::without_extension(twice, ca::ct::kPoisonOid));
  EXPECT_FALSE(ca::ct::without_extension("x", ca::ct::kPoisonOid));
  EXPECT_THROW(ca::ct::with_extension("\x30", ca::ct::poison_extension()), std::logic_error);
}

}  // namespace
