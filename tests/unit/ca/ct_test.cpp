// Certificate Transparency: precertificate, SCTs, certificate, and what is proved of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ct.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <functional>
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
#include "storage/due_work.h"
#include "tests/support/fake_logs.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/ocsp_parts.h"

namespace {

using ca::ct::Log;
using ca::ct::LogKind;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::FakeLogs;
using tests::IssuingStore;
using Behaviour = tests::LogBehaviour;
using tests::kIssuingTime;

/// A CA that logs, over logs of two operators.
struct Logged {
  explicit Logged(tests::TestCa ca = tests::make_test_ca(kIssuingTime)) : store(std::move(ca)) {
    logs.now = kIssuingTime;
    transparency.logs.push_back(logs.add("a1", "A", LogKind::rfc6962));
    transparency.logs.push_back(logs.add("b1", "B", LogKind::static_ct));
    transparency.on_fault = [this](const Log& log, const std::string& fault) {
      faults.push_back(log.name + ": " + fault);
    };
  }
  ca::Judged<std::optional<ca::IssuedCertificate>> try_to_issue(std::string_view profile = "dv") {
    ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("a.example.com").value()},
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
                            .store_until = kIssuingTime + seconds(60),
                            .still_fit = still_fit};
    ca::IssuingParts parts{.store = store.store(),
                           .issuer = store.issuer(),
                           .random = random,
                           .clock = [this] { return now; },
                           .transparency = &transparency};
    return tests::run(ca::issue_certificate(parts, std::move(request), std::move(steps)));
  }
  std::optional<ca::IssuedCertificate> issue(std::string_view profile = "dv") {
    return try_to_issue(profile).value();
  }
  /// The due work of logging, by what it is about.
  std::vector<std::string> to_be_logged() {
    std::vector<std::string> subjects;
    for (const auto& due : store.rows("due_work")) {
      const auto row = storage::WorkKey::decode(due.first);
      if (row.kind == storage::WorkKind::log_certificate) subjects.push_back(row.subject);
    }
    return subjects;
  }
  std::vector<std::string> show(const ca::IssuedCertificate& issued) {
    return tests::run(ca::ct::log_certificate(transparency, store.issuer(), issued.der));
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
  ca::Time now = kIssuingTime;
  ca::IssuanceSteps::StillFit still_fit;
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
  std::vector<std::string> events;
  for (const auto& entry : ca.store.audit()) events.push_back(entry.event);
  EXPECT_THAT(events, testing::ElementsAre("certificate.intended", "precertificate.signed",
                                           "certificate.issued"));
}

/// The list of logs as OpenSSL reads it.
void write_openssl_log_list(const std::filesystem::path& file, const std::vector<Log>& logs) {
  std::ofstream out(file);
  std::string names;
  for (const Log& log : logs) names += (names.empty() ? "" : ",") + log.name;
  out << "enabled_logs=" << names << "\n";
  for (const Log& log : logs) {
    out << "[" << log.name << "]\ndescription=" << log.name
        << "\nkey=" << ca::base64(log.key.spki()) << "\n";
  }
}

// RFC6962-3.3: OpenSSL reads the list and verifies the SCTs.
TEST(Transparency, IsWhatOpenSslVerifies) {
  Logged ca;
  const tests::TempDir folder;
  write_openssl_log_list(folder / "logs.cnf", ca.transparency.logs);
  const ca::IssuedCertificate issued = ca.issue().value();
  const auto certificate = tests::x509_of(issued.der);
  const auto issuer = tests::x509_of(ca.store.issuer().certificate_der());
  CTLOG_STORE* store = CTLOG_STORE_new();
  ASSERT_EQ(CTLOG_STORE_load_file(store, (folder / "logs.cnf").c_str()), 1);
  CT_POLICY_EVAL_CTX* context = CT_POLICY_EVAL_CTX_new();
  CT_POLICY_EVAL_CTX_set1_cert(context, certificate.get());
  CT_POLICY_EVAL_CTX_set1_issuer(context, issuer.get());
  CT_POLICY_EVAL_CTX_set_shared_CTLOG_STORE(context, store);
  CT_POLICY_EVAL_CTX_set_time(
      context,
      static_cast<std::uint64_t>((kIssuingTime + seconds(1)).time_since_epoch().count()) * 1000);
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
    EXPECT_EQ(SCT_set_source(sct, SCT_SOURCE_X509V3_EXTENSION), 1);
    EXPECT_EQ(SCT_validate(sct, context), 1);
    EXPECT_EQ(SCT_get_validation_status(sct), SCT_VALIDATION_STATUS_VALID);
  }
  SCT_LIST_free(scts);
  CT_POLICY_EVAL_CTX_free(context);
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

// P-51 P-52: whatever is wrong with an SCT is seen, and said.
TEST(Transparency, RefusesEverySctThatIsNotOne) {
  const struct {
    Behaviour behaviour;
    std::string_view says;
  } rows[] = {
      {Behaviour::refuses, "503 Service Unavailable"},
      {Behaviour::silent, "cancelled"},
      {Behaviour::wrong_key, "does not verify for this precertificate"},
      {Behaviour::wrong_certificate, "does not verify for this precertificate"},
      {Behaviour::wrong_log, "the SCT is of log 7878"},
      {Behaviour::of_yesterday, "is not of now"},
      {Behaviour::version_2, "is not of version 1"},
      {Behaviour::no_leaf_index, "has no leaf index"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.says);
    Logged ca;
    ca.logs.behaviours["b1"] = row.behaviour;
    EXPECT_THROW(ca.issue(), std::runtime_error);
    EXPECT_THAT(ca.faults,
                testing::ElementsAre(testing::AllOf(testing::StartsWith("b1: "),
                                                    testing::HasSubstr(std::string(row.says)))));
    EXPECT_TRUE(ca.store.find(ca.serial).value().certificate.empty());
  }
}

// Names of private certificates are not for public logs, which know no root of theirs.
TEST(Transparency, IsNotForPrivateTrust) {
  Logged ca(tests::make_private_ca(kIssuingTime));
  ca.logs.behaviours["a1"] = ca.logs.behaviours["b1"] = Behaviour::refuses;
  const ca::IssuedCertificate issued = ca.issue("private").value();
  EXPECT_FALSE(ca.precertificate().has_value());
  EXPECT_THAT(ca.faults, testing::IsEmpty()) << "nothing was asked";
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

// I2 P-51: when a log is asked, intent and precertificate are on disk already, and what it is shown
// is that precertificate.
TEST(Transparency, NeverShowsLogsWhatIsNotStored) {
  Logged ca;
  std::vector<std::string> events;
  ca.logs.on_asked = [&](const Log&) {
    if (!events.empty()) return;
    EXPECT_TRUE(ca.store.find(ca.serial).has_value());
    EXPECT_TRUE(ca.precertificate().has_value());
    for (const auto& entry : ca.store.audit()) events.push_back(entry.event);
  };
  ASSERT_TRUE(ca.issue().has_value());
  EXPECT_THAT(events, testing::ElementsAre("certificate.intended", "precertificate.signed"));
}

TEST(Transparency, ShowsLogsNothingOfAnIntentThatIsNotWanted) {
  Logged ca;
  ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("a.example.com").value()},
                              .public_key = ca.key->public_key(),
                              .profile = *ca::find_profile("dv"),
                              .now = kIssuingTime};
  ca::IssuanceSteps steps{
      .owner = {.order = "order-1", .account = "account-1"},
      .note_serial = [](storage::Transaction&, const std::string&) { return false; },
      .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
      .store_until = kIssuingTime + seconds(60)};
  ca::IssuingParts parts{.store = ca.store.store(),
                         .issuer = ca.store.issuer(),
                         .random = ca.random,
                         .clock = [] { return kIssuingTime; },
                         .transparency = &ca.transparency};
  EXPECT_FALSE(
      tests::run(ca::issue_certificate(parts, std::move(request), std::move(steps))).value());
  EXPECT_THAT(ca.logs.asked, testing::IsEmpty());
  EXPECT_THAT(ca.store.rows("precertificates"), testing::IsEmpty());
}

// P-51: what cannot be logged is not begun.
TEST(Transparency, BeginsNothingThatTooFewLogsTake) {
  Logged ca;
  ca.transparency.logs.pop_back();
  const auto refused = ca.try_to_issue();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind(), ca::RejectionKind::issuer_unavailable);
  EXPECT_THAT(refused.error().detail(), testing::HasSubstr("two operators"));
  EXPECT_THAT(ca.logs.asked, testing::IsEmpty());
  EXPECT_THAT(ca.store.rows("ledger"), testing::IsEmpty());
}

// P-53
TEST(Transparency, KnowsAListThatCanNeverDo) {
  FakeLogs logs;
  const auto fault = [](const std::vector<Log>& list, seconds validity = days(90)) {
    return ca::ct::list_fault(list, validity, kIssuingTime);
  };
  Log a = logs.add("a", "A", LogKind::rfc6962);
  Log b = logs.add("b", "B", LogKind::static_ct);
  const Log a2 = logs.add("a2", "A", LogKind::rfc6962);
  const Log c = logs.add("c", "C", LogKind::static_ct);
  EXPECT_EQ(fault({a, b}), "");
  EXPECT_EQ(fault({a, b, c}, days(199)), "");
  for (const auto& list : std::vector<std::vector<Log>>{{}, {a}, {a, a2}, {b, c}, {a, a}}) {
    EXPECT_THAT(fault(list), testing::HasSubstr("no 2 usable logs of two operators"));
  }
  EXPECT_THAT(fault({a, b}, days(199)), testing::HasSubstr("valid for 199 days"));
  // Their times: next year's logs will do, last year's never again, and each must meet another.
  a.not_after_from = kIssuingTime + days(365);
  EXPECT_EQ(fault({a, b}), "");
  b.not_after_until = kIssuingTime + days(365);
  EXPECT_NE(fault({a, b}), "");
  a.not_after_from = {};
  EXPECT_EQ(fault({a, b}), "");
  b.not_after_until = kIssuingTime;
  EXPECT_NE(fault({a, b}), "");
}

// An SCT is of the time when it is given, however long its log took.
TEST(Transparency, JudgesTimestampsByTheClockOfTheAnswer) {
  Logged ca;
  ca.logs.on_asked = [&](const Log&) {
    ca.now = kIssuingTime + std::chrono::minutes(2);
    ca.logs.now = ca.now;
  };
  EXPECT_TRUE(ca.issue().has_value());
  EXPECT_THAT(ca.faults, testing::IsEmpty());
}

// I9 X-4: a stop, a blocked key or a revocation while logs were waited for.
TEST(Transparency, SignsNothingThatMayNotBeIssuedAnyMore) {
  Logged ca;
  bool asked = false;
  ca.still_fit = [&](const storage::Snapshot&, const std::string& serial) {
    asked = true;
    EXPECT_EQ(serial, ca.serial);
    EXPECT_EQ(ca.logs.asked.size(), 2U) << "only what is judged after the logs is worth anything";
    return false;
  };
  EXPECT_THROW(ca.issue(), std::runtime_error);
  EXPECT_TRUE(asked);
  EXPECT_TRUE(ca.precertificate().has_value());
  EXPECT_TRUE(ca.store.find(ca.serial).value().certificate.empty());
  EXPECT_THAT(ca.to_be_logged(), testing::IsEmpty());
}

TEST(Transparency, SignsNothingThatWasRevokedMeanwhile) {
  Logged ca;
  ca.logs.on_asked = [&](const Log&) { static_cast<void>(ca.store.revoke(ca.serial, 4)); };
  EXPECT_THROW(ca.issue(), std::runtime_error);
  EXPECT_TRUE(ca.store.find(ca.serial).value().certificate.empty());
  EXPECT_TRUE(ca.store.find(ca.serial).value().revoked);
  EXPECT_THAT(ca.store.ledger_faults(), testing::IsEmpty());
}

// CRP-1.3.4: nobody waits for it, and no crash forgets it.
TEST(Transparency, LeavesLoggingTheCertificateAsDueWork) {
  Logged ca;
  const ca::IssuedCertificate issued = ca.issue().value();
  EXPECT_THAT(ca.logs.finals, testing::IsEmpty());
  ca.store.reopen();
  EXPECT_THAT(ca.to_be_logged(),
              testing::ElementsAre(ca::serial_key(ca.store.issuer().id(), issued.serial)));
  EXPECT_THAT(ca.show(issued), testing::IsEmpty());
  EXPECT_THAT(ca.logs.finals, testing::UnorderedElementsAre(testing::Pair("a1", issued.der),
                                                            testing::Pair("b1", issued.der)));
}

TEST(Transparency, ShowsTheCertificateToTheLogsOfItsSctsOnly) {
  Logged ca;
  const ca::IssuedCertificate issued = ca.issue().value();
  ca.transparency.logs.push_back(ca.logs.add("c1", "C", LogKind::rfc6962));
  ca.logs.behaviours["b1"] = Behaviour::refuses;
  EXPECT_THAT(ca.show(issued), testing::ElementsAre("b1: 503"));
  EXPECT_EQ(ca.logs.finals.size(), 2U);
  // A log that is not configured any more is not asked.
  ca.transparency.logs.erase(ca.transparency.logs.begin());
  ca.logs.finals.clear();
  ca.show(issued);
  EXPECT_EQ(ca.logs.finals.size(), 1U);
}

TEST(Transparency, ReadsTheLogsOutOfACertificate) {
  Logged ca;
  const ca::IssuedCertificate issued = ca.issue().value();
  const auto ids = ca::ct::sct_log_ids(issued.der).value();
  EXPECT_THAT(
      ids, testing::UnorderedElementsAre(ca.transparency.logs[0].id, ca.transparency.logs[1].id));
  EXPECT_THAT(ca::ct::sct_log_ids(ca.store.find(ca.serial)->lint_certificate).value(),
              testing::IsEmpty());
  EXPECT_FALSE(ca::ct::sct_log_ids("x"));
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
