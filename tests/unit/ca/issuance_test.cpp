#include "ca/issuance.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/planted_subjects.h"

namespace {

using tests::kIssuingTime;

class Issuance : public ::testing::Test {
 protected:
  explicit Issuance(tests::TestCa ca = tests::make_test_ca(kIssuingTime)) : store_(std::move(ca)) {}

  ca::Judged<std::optional<ca::IssuedCertificate>> issue() {
    ca::IssuingParts parts{store_.store(), store_.issuer(), random_, [this] { return now_; }};
    ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse(name_).value()},
                                .public_key = key_->public_key(),
                                .profile = *ca::find_profile(profile_),
                                .now = now_,
                                .subject = subject_};
    return tests::run(
        ca::issue_certificate(std::move(parts), std::move(request),
                              {.owner = {.order = "order-1", .account = "account-1"},
                               .note_serial = note_serial_,
                               .conclude = conclude_,
                               .store_until = kIssuingTime + std::chrono::minutes(10)}));
  }

  std::size_t entries() { return store_.rows("ledger").size(); }

  tests::IssuingStore store_;
  ca::SystemRandom random_;
  std::unique_ptr<ca::Signer> key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::string profile_ = "dv";
  ca::Subject subject_;
  std::string name_ = "example.com";
  ca::Time now_ = kIssuingTime;
  std::string noted_;
  ca::IssuanceSteps::NoteSerial note_serial_ = [this](storage::Transaction&,
                                                      const std::string& serial) {
    noted_ = serial;
    return true;
  };
  ca::IssuanceSteps::Conclude conclude_ = [](storage::Transaction& transaction,
                                             const ca::IssuedCertificate& issued) {
    transaction.put({"settings"}, "concluded", issued.serial);
  };
};

TEST_F(Issuance, StoresTheCertificateWithItsConclusion) {
  const auto issued = issue();
  ASSERT_TRUE(issued && *issued);
  EXPECT_EQ((*issued)->serial, noted_);
  const auto entry = store_.find(noted_);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->certificate, (*issued)->der);
  EXPECT_EQ(entry->order, "order-1");
  EXPECT_EQ(entry->account, "account-1");
  EXPECT_EQ(store_.rows("settings").at(0).second, noted_);
  EXPECT_TRUE(store_.ledger_faults().empty());
  EXPECT_TRUE(store_.audit_faults().empty());
}

TEST_F(Issuance, LeavesASoundLedgerWithEveryKindOfSubject) {
  for (const auto& [profile, subject] : {std::pair<std::string, ca::Subject>{"iv", tests::person()},
                                         {"ov", tests::company()},
                                         {"ev", tests::registered_company()}}) {
    profile_ = profile;
    subject_ = subject;
    const auto issued = issue();
    ASSERT_TRUE(issued && *issued) << profile;
    EXPECT_EQ(store_.find(noted_)->profile, profile);
  }
  EXPECT_TRUE(store_.ledger_faults().empty());
}

class PrivateIssuance : public Issuance {
 protected:
  PrivateIssuance() : Issuance(tests::make_private_ca(kIssuingTime)) {}
};

TEST_F(PrivateIssuance, LeavesASoundLedgerToo) {
  profile_ = "private";
  subject_ = tests::company();
  const auto issued = issue();
  ASSERT_TRUE(issued && *issued);
  EXPECT_EQ(store_.find(noted_)->profile, "private");
  EXPECT_TRUE(store_.ledger_faults().empty());
}

// One root is for browsers or it is not: neither kind of issuer signs for the other.
TEST_F(PrivateIssuance, IsNotForTheWeb) {
  const auto issued = issue();
  ASSERT_FALSE(issued);
  EXPECT_NE(issued.error().detail().find("br_issuer_trust"), std::string::npos);
}

TEST_F(Issuance, SignsNothingWhenTheNoteIsRefused) {
  note_serial_ = [](storage::Transaction&, const std::string&) { return false; };
  const auto issued = issue();
  ASSERT_TRUE(issued);
  EXPECT_FALSE(*issued);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(Issuance, RefusesWhatTheIssuerRefuses) {
  now_ += std::chrono::days(366 * 30);
  const auto issued = issue();
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().kind(), ca::RejectionKind::issuer_unavailable);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(Issuance, LeavesAnIntentWithoutCertificateWhenTheConclusionFails) {
  conclude_ = [](storage::Transaction&, const ca::IssuedCertificate&) {
    throw std::logic_error("no longer wanted");
  };
  EXPECT_THROW(issue(), std::logic_error);
  const auto entry = store_.find(noted_);
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->certificate.empty());
  EXPECT_TRUE(store_.ledger_faults().empty());
}

}  // namespace
