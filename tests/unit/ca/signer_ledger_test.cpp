// The ledger that a signer keeps itself, and what signing does without it.
#include "ca/custody/signer_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <sstream>

#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/issuance.h"
#include "ca/revocation_index.h"
#include "ca/verify.h"
#include "tests/support/failing_disk.h"
#include "tests/support/fake_logs.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::kIssuingTime;

/// What the ledger says of being writable, to be waited for.
class Standing {
 public:
  auto callback() {
    return [this](const std::optional<std::string>& fault) {
      const std::lock_guard lock(guard_);
      is_writable_ = !fault;
      changed_.notify_all();
    };
  }
  void wait_until_writable() {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return is_writable_; });
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  bool is_writable_ = false;
};

class SignersLedger : public ::testing::Test {
 protected:
  std::shared_ptr<ca::SignerLedger> open() {
    return std::make_shared<ca::SignerLedger>(
        ca::SignerLedgerOptions{.file = file_,
                                .clock = [] { return kIssuingTime - std::chrono::seconds(1); },
                                .try_again = std::chrono::milliseconds(1),
                                .on_change = standing_.callback()});
  }
  std::string refusal() {
    try {
      open();
    } catch (const std::runtime_error& fault) {
      return fault.what();
    }
    return "";
  }

  /// A CA whose key writes into `ledger`.
  tests::TestCa make_ca(std::shared_ptr<ca::SignerLedger> ledger) {
    const ca::HierarchyNames names{.organization = "Chancery Test"};
    const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random_, kIssuingTime);
    auto made =
        ca::create_issuing_ca(names, ca::KeyAlgorithm::ecdsa_p256, root, random_, kIssuingTime);
    auto signer = ca::recorded_signer(std::move(made.signer), std::move(ledger),
                                      ca::hex(ca::sha256(made.der)));
    return {.root_der = root.der,
            .issuer = std::make_unique<ca::Issuer>(
                std::vector{std::move(made.der)}, std::move(signer),
                ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"})};
  }

  ca::Judged<std::optional<ca::IssuedCertificate>> issue(tests::IssuingStore& store) {
    tests::FakeLogs logs;
    logs.now = kIssuingTime;
    ca::ct::Transparency transparency{.logs = {}, .client = logs};
    for (const char* name : {"one", "two"}) {
      transparency.logs.push_back(logs.add(name, name, ca::ct::LogKind::rfc6962));
    }
    return tests::run(ca::issue_certificate(
        {store.store(), store.issuer(), random_, [] { return kIssuingTime; }, &transparency},
        {.identifiers = {ca::DnsName::parse("example.com").value()},
         .public_key = key_->public_key(),
         .profile = *ca::find_profile("dv"),
         .now = kIssuingTime},
        {.owner = {.order = "order-1", .account = "account-1"},
         .note_serial =
             [this](storage::Transaction&, const std::string& serial) {
               noted_ = serial;
               return true;
             },
         .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
         .store_until = kIssuingTime}));
  }

  [[nodiscard]] std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void append(std::string_view octets) const {
    std::ofstream(file_, std::ios::binary | std::ios::app) << octets;
  }
  [[nodiscard]] std::vector<ca::SignerLedgerLine> lines() const {
    std::vector<ca::SignerLedgerLine> found;
    std::istringstream in(text());
    for (std::string line; std::getline(in, line);) {
      if (auto parsed = ca::SignerLedgerLine::parse(line)) found.push_back(*std::move(parsed));
    }
    return found;
  }
  std::vector<std::string> faults(tests::IssuingStore& store, const std::string& ledger) {
    return store.store().read([&](const storage::Snapshot& snapshot) {
      return ca::verify_signer_ledger(snapshot, ledger);
    });
  }

  static ca::SignerLedgerLine a_line(const std::string& serial) {
    return {.when = kIssuingTime,
            .tbs_sha256 = std::string(64, 'a'),
            .content = {.kind = ca::SignedKind::certificate,
                        .number = serial,
                        .intended_sha256 = std::string(64, 'c')},
            .issuer_id = std::string(64, 'b')};
  }

  tests::TempDir dir_;
  std::filesystem::path file_ = dir_ / "signer-ledger";
  ca::SystemRandom random_;
  Standing standing_;
  std::string noted_;
  std::unique_ptr<ca::Signer> key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

// I2 R10
TEST_F(SignersLedger, HasEveryCertificatePrecertificateAndCrlThatWasSigned) {
  tests::IssuingStore store(make_ca(open()));
  const auto issued = issue(store);
  ASSERT_TRUE(issued && *issued);
  tests::run(ca::publish_crl(store.store(), store.issuer(), kIssuingTime, std::chrono::days(4)));
  const auto signed_things = lines();
  ASSERT_EQ(signed_things.size(), 3U);
  EXPECT_EQ(signed_things[0].content.kind, ca::SignedKind::precertificate);
  EXPECT_EQ(signed_things[1].content.kind, ca::SignedKind::certificate);
  EXPECT_EQ(signed_things[2].content.kind, ca::SignedKind::crl);
  EXPECT_EQ(signed_things[1].content.number, ca::hex((*issued)->serial));
  for (const auto& line : signed_things) EXPECT_EQ(line.issuer_id, store.issuer().id());
  EXPECT_THAT(faults(store, text()), IsEmpty());
}

// I2 R10
TEST_F(SignersLedger, ShowsWhatTheStoreDoesNotHaveAndWhatItShouldNotHave) {
  tests::IssuingStore store(make_ca(open()));
  ASSERT_TRUE(issue(store));
  const std::string serial = ca::hex(noted_);
  const std::string all = text();
  std::string without;
  std::istringstream in(all);
  for (std::string line; std::getline(in, line);) {
    if (line.find(" certificate ") == line.npos) without += line + "\n";
  }
  EXPECT_THAT(
      faults(store, without),
      Contains("serial " + serial + ": the signer's ledger has nothing of its certificate"));
  store.erase_raw("ledger", ca::serial_key(store.issuer().id(), noted_));
  EXPECT_THAT(faults(store, all),
              Contains(HasSubstr("certificate " + serial + ", which nobody intended")));
}

TEST_F(SignersLedger, ExplainsWhatIsUnderWay) {
  tests::IssuingStore store(make_ca(open()));
  ca::LintedCertificate linted = store.prepare();
  auto intent = store.commit(std::move(linted));
  tests::run(store.issuer().sign(*std::move(intent)));  // and never stored
  EXPECT_THAT(faults(store, text()), IsEmpty());
}

// I2: what nobody saw the outcome of was signed as it was intended, or somebody used the key.
TEST_F(SignersLedger, ShowsWhatWasSignedUnderAnIntentForSomethingElse) {
  tests::IssuingStore store(make_ca(open()));
  ca::LintedCertificate linted = store.prepare();
  const std::string serial = linted.serial();
  auto intent = store.commit(std::move(linted));
  ca::SignerLedgerLine other = a_line(ca::hex(serial));
  other.issuer_id = store.issuer().id();
  EXPECT_THAT(faults(store, text() + other.text() + "\n"),
              Contains(HasSubstr("which is not what was intended")));
  tests::run(store.issuer().sign(*std::move(intent)));
  ASSERT_TRUE(store.revoke(serial, 0));
  EXPECT_THAT(faults(store, text()), IsEmpty());
  ca::SignerLedgerLine late = lines().back();
  late.when += std::chrono::days(2);
  const std::string head = text().substr(0, text().find(lines().back().text()));
  EXPECT_THAT(faults(store, head + late.text() + "\n"),
              Contains(HasSubstr("after that was revoked")));
}

// I2: a CRL without a revocation, signed under the number of one that was published.
TEST_F(SignersLedger, ShowsEveryCrlThatWasNotPublished) {
  tests::IssuingStore store(make_ca(open()));
  const auto publish = [&](ca::Time when) {
    tests::run(ca::publish_crl(store.store(), store.issuer(), when, std::chrono::days(4)));
  };
  publish(kIssuingTime + std::chrono::seconds(1));
  EXPECT_THAT(faults(store, text()), IsEmpty());
  ca::SignerLedgerLine second = lines().back();
  ASSERT_EQ(second.content.kind, ca::SignedKind::crl);
  second.tbs_sha256 = std::string(64, 'c');
  EXPECT_THAT(faults(store, text() + second.text() + "\n"),
              Contains(HasSubstr("has others than were published")));
  const std::string head = text().substr(0, text().find(lines().back().text()));
  EXPECT_THAT(faults(store, head + second.text() + "\n"),
              Contains(HasSubstr("has others than were published")));
  EXPECT_THAT(faults(store, head), Contains(HasSubstr("has others than were published")));
}

// What is behind the snapshot tells nothing of it, but may explain it.
TEST_F(SignersLedger, IsJudgedAsFarAsTheStoreGoes) {
  tests::IssuingStore store(make_ca(open()));
  const std::string before = text();
  ASSERT_TRUE(issue(store));
  const std::string later = text() + a_line("4711").text() + "\n" + "2026-11-2";
  EXPECT_THAT(store.store().read([&](const storage::Snapshot& snapshot) {
    return ca::verify_signer_ledger(snapshot, later, before.size());
  }),
              IsEmpty());
}

TEST_F(SignersLedger, AsksNothingOfWhatIsOlder) {
  tests::IssuingStore store;
  store.issue("old.example", kIssuingTime - std::chrono::hours(1));
  const auto ledger = open();
  EXPECT_THAT(faults(store, text()), IsEmpty());
  store.issue("new.example", kIssuingTime);
  EXPECT_THAT(faults(store, text()), testing::SizeIs(1));
}

TEST_F(SignersLedger, GoesOnAfterARestart) {
  open()->write_and_wait(a_line("01"));
  open()->write_and_wait(a_line("02"));
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(lines()[1].content.number, "02");
  struct stat found{};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

// R1
TEST_F(SignersLedger, LosesTheLineThatWasNeverWhole) {
  open()->write_and_wait(a_line("01"));
  const std::string whole = text();
  for (const std::string& torn :
       {a_line("02").text(), std::string("2"), a_line("02").text() + "\n" + std::string(600, '\0'),
        std::string(600, '\0') + "\n"}) {
    append(torn);
    open()->write_and_wait(a_line("04"));
    const auto now = lines();
    EXPECT_EQ(now.back().content.number, "04");
    EXPECT_TRUE(text().starts_with(whole));
    EXPECT_THAT(text(), HasSubstr("octets of lines that were never whole"));
    EXPECT_EQ(text().find('\0'), std::string::npos);
  }
}

// R1: lines behind octets that were lost are evidence, and nobody's to cut off.
TEST_F(SignersLedger, IsRefusedWhenWholeLinesStandBehindLostOnes) {
  open()->write_and_wait(a_line("01"));
  append(std::string(600, '\0') + "\n" + a_line("03").text() + "\n");
  const std::string before = text();
  EXPECT_THAT(refusal(), HasSubstr("has whole lines behind octets that were lost"));
  EXPECT_EQ(text(), before);
}

TEST_F(SignersLedger, IsRefusedWhenItsEndIsNoText) {
  append(std::string(100'000, '\0'));
  std::filesystem::permissions(file_, std::filesystem::perms(0600));
  EXPECT_THAT(refusal(), HasSubstr("ends in what no signer wrote"));
}

TEST_F(SignersLedger, IsRefusedWhenSomebodyElseWroteIt) {
  append("this is no ledger\n");
  std::filesystem::permissions(file_, std::filesystem::perms(0600));
  EXPECT_THAT(refusal(), HasSubstr("has a line near its end that no signer wrote"));
}

TEST_F(SignersLedger, IsRefusedWhenOthersCanReadIt) {
  append("# mine\n");
  std::filesystem::permissions(file_, std::filesystem::perms(0640));
  EXPECT_THAT(refusal(), HasSubstr("its mode must be 0600"));
}

TEST_F(SignersLedger, IsOfOneProcessAtATime) {
  const auto first = open();
  EXPECT_THAT(refusal(), HasSubstr("is in use by another process"));
}

// SEC-I2: without the line there is no signature, and no serial is used up for it.
TEST_F(SignersLedger, StopsSigningWhileItCannotBeWrittenAndGoesOnByItself) {
  const auto ledger = open();
  tests::IssuingStore store(make_ca(ledger));
  ca::LintedCertificate linted = store.prepare();
  const std::string tbs = linted.tbs();
  auto intent = store.commit(std::move(linted));
  {
    const tests::FailingDisk disk;
    EXPECT_THROW(tests::run(store.issuer().sign(*std::move(intent))), ca::SigningFailed);
    EXPECT_THROW(store.issuer().signer().sign(tbs), ca::SigningFailed);
    EXPECT_TRUE(store.issuer().signer().outage());
  }
  standing_.wait_until_writable();
  EXPECT_FALSE(store.issuer().signer().outage());
  EXPECT_THAT(lines(), IsEmpty());
  ASSERT_TRUE(issue(store));
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_THAT(faults(store, text()), IsEmpty());
}

TEST_F(SignersLedger, SignsNothingButCertificatesAndCrls) {
  tests::IssuingStore store(make_ca(open()));
  for (const std::string& other : {std::string("text"), std::string("\x30\x00", 2)}) {
    EXPECT_THROW(store.issuer().signer().sign(other), ca::SigningFailed);
  }
  EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(SignersLedger, KeepsTheLinesOfManyAtOnce) {
  const auto ledger = open();
  constexpr int kMany = 200;
  boost::asio::io_context context;
  int written = 0;
  for (int i = 0; i < kMany; ++i) {
    boost::asio::co_spawn(context, ledger->write(a_line("aa")), [&](std::exception_ptr fault) {
      if (!fault) ++written;
    });
  }
  context.run();
  EXPECT_EQ(written, kMany);
  EXPECT_EQ(lines().size(), std::size_t{kMany});
}

TEST(SignerLedgerLine, IsReadExactlyAsItIsWritten) {
  const ca::SignerLedgerLine line{.when = kIssuingTime,
                                  .tbs_sha256 = std::string(64, 'a'),
                                  .content = {.kind = ca::SignedKind::crl, .number = "12"},
                                  .issuer_id = std::string(64, 'b')};
  const std::string text = line.text();
  ca::SignerLedgerLine certificate = line;
  certificate.content = {.kind = ca::SignedKind::certificate,
                         .number = "4711",
                         .intended_sha256 = std::string(64, 'd')};
  EXPECT_EQ(ca::SignerLedgerLine::parse(certificate.text()).value().text(), certificate.text());
  certificate.content.intended_sha256.clear();
  EXPECT_FALSE(ca::SignerLedgerLine::parse(certificate.text()));
  EXPECT_FALSE(ca::SignerLedgerLine::parse(text + " " + std::string(64, 'd')));
  ASSERT_TRUE(ca::SignerLedgerLine::parse(text));
  EXPECT_EQ(ca::SignerLedgerLine::parse(text)->text(), text);
  for (const std::string& other :
       {text + " ", " " + text, text + " x",
        std::string(text).replace(text.find(" crl"), 4, " CRL"),
        std::string(text).replace(text.find(" 12 "), 4, " 012 "),
        std::string(text).replace(0, 4, "26"), std::string(text).replace(21, 1, "A"),
        text.substr(0, text.size() - 1)}) {
    EXPECT_FALSE(ca::SignerLedgerLine::parse(other)) << other;
  }
}

}  // namespace
