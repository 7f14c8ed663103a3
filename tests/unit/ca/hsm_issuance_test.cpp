// Issuing with a key in a device: what a fault of the device leaves in the ledger.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "ca/crl.h"
#include "ca/custody/hsm_signer.h"
#include "ca/issuance.h"
#include "tests/support/hsm/soft_token.h"
#include "tests/unit/ca/hsm_events.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using ca::HsmStanding;
using std::chrono::milliseconds;
using tests::FaultyPkcs11;
using tests::kIssuingTime;

class HsmIssuance : public ::testing::Test {
 protected:
  tests::TestCa make_ca(milliseconds deadline) {
    const ca::HierarchyNames names{.organization = "Chancery Test"};
    const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random_, kIssuingTime);
    const ca::PublicKey key = ca::generate_hsm_key(token_.uri(), ca::KeyAlgorithm::ecdsa_p256);
    std::string der = ca::certify_issuing_ca(names, key, root, random_, kIssuingTime);
    auto signer = ca::open_hsm_signer(token_.uri(), key,
                                      {.sessions = 1,
                                       .deadline = deadline,
                                       .look_again = milliseconds(1),
                                       .on_change = events_.callback()});
    events_.wait_for(HsmStanding::ready);
    return {.root_der = root.der,
            .issuer = std::make_unique<ca::Issuer>(
                std::vector{std::move(der)}, std::move(signer),
                ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"})};
  }

  ca::Judged<std::optional<ca::IssuedCertificate>> issue() {
    ca::IssuingParts parts{store_->store(), store_->issuer(), random_, [] { return kIssuingTime; }};
    ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("example.com").value()},
                                .public_key = key_->public_key(),
                                .profile = *ca::find_profile("dv"),
                                .now = kIssuingTime};
    ca::IssuanceSteps steps{.owner = {.order = "order-1", .account = "account-1"},
                            .note_serial =
                                [this](storage::Transaction&, const std::string& serial) {
                                  noted_ = serial;
                                  return true;
                                },
                            .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
                            .store_until = kIssuingTime};
    return tests::run(
        ca::issue_certificate(std::move(parts), std::move(request), std::move(steps)));
  }

  /// One fault in the middle of a signature: the serial is revoked, and the ledger is sound.
  void expect_sound_after_failure() {
    EXPECT_THROW(issue(), ca::SigningFailed);
    const auto entry = store_->find(noted_);
    ASSERT_TRUE(entry);
    EXPECT_TRUE(entry->certificate.empty());
    EXPECT_TRUE(store_->revoke(noted_, 0));
    EXPECT_TRUE(store_->ledger_faults().empty());
    EXPECT_TRUE(store_->audit_faults().empty());
  }

  std::size_t entries() { return store_->rows("ledger").size(); }

  ca::SystemRandom random_;
  tests::SoftToken token_;
  tests::HsmEvents events_;
  std::string noted_;
  std::unique_ptr<ca::Signer> key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::optional<tests::IssuingStore> store_;
};

TEST_F(HsmIssuance, StoresACertificateThatTheDeviceSigned) {
  store_.emplace(make_ca(std::chrono::hours(1)));
  const auto issued = issue();
  ASSERT_TRUE(issued && *issued);
  EXPECT_TRUE(store_->ledger_faults().empty());
  const ca::PublishedCrls crls = tests::run(
      ca::publish_crl(store_->store(), store_->issuer(), kIssuingTime, std::chrono::days(4)));
  EXPECT_FALSE(crls.full.empty());
  EXPECT_EQ(token_.module().signs, 2);
}

// R6: bad answers sign nothing more and leave a sound ledger.
TEST_F(HsmIssuance, OfADeviceThatLiesEndsAndLeavesASoundLedger) {
  store_.emplace(make_ca(std::chrono::hours(1)));
  token_.module().answer = FaultyPkcs11::Answer::wrong;
  expect_sound_after_failure();
  token_.module().heal();
  events_.wait_for(HsmStanding::halted);
  const auto refused = issue();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ca::RejectionKind::issuer_unavailable);
  EXPECT_EQ(entries(), 1U) << "no intent is made that nobody could sign";
  EXPECT_EQ(token_.module().signs, 1);
}

TEST_F(HsmIssuance, OfADeviceThatIsLateEndsAndLeavesASoundLedger) {
  // A second is enough for a healthy device to be asked, and the one here never answers.
  store_.emplace(make_ca(milliseconds(1'000)));
  token_.module().hold();
  expect_sound_after_failure();
  const auto refused = issue();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ca::RejectionKind::issuer_unavailable);
  EXPECT_EQ(entries(), 1U);
  token_.module().release();
  events_.wait_for(HsmStanding::ready, 2);
  EXPECT_EQ(token_.module().signs, 1) << "the late answer is nobody's";
}

TEST_F(HsmIssuance, OfADeviceThatIsGoneIsRefusedBeforeAnythingIsStoredAndGoesOnWhenItIsBack) {
  store_.emplace(make_ca(std::chrono::hours(1)));
  token_.module().sign_init = CKR_DEVICE_REMOVED;
  token_.module().open_session = CKR_TOKEN_NOT_PRESENT;
  expect_sound_after_failure();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(issue());
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(token_.module().signs, 0);
  token_.module().heal();
  events_.wait_for(HsmStanding::ready, 2);
  const auto issued = issue();
  EXPECT_TRUE(issued && *issued);
  EXPECT_TRUE(store_->ledger_faults().empty());
}

}  // namespace
