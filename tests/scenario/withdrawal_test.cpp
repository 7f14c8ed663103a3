// A signature that was certainly not made: the order loses a serial and nothing else.
#include <gmock/gmock.h>

#include <utility>

#include "acme/fulfilment/issuance_work.h"
#include "acme/records/withdrawn_intent.h"
#include "ca/crypto/signature_not_made.h"
#include "ca/ct/precertificate.h"
#include "ca/hierarchy.h"
#include "tests/scenario/auto_renewal.h"
#include "tests/support/fake_logs.h"
#include "tests/support/invariants.h"

namespace tests {
namespace {

/// A key in a device that is found to be gone when it is asked for a signature, so many times.
class Elusive final : public ca::Signer {
 public:
  Elusive(std::unique_ptr<ca::Signer> inner, int& absences)
      : inner_(std::move(inner)), absences_(absences) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_->algorithm(); }
  std::string sign(std::string_view message) override {
    if (absences_ > 0) {
      --absences_;
      throw ca::SignatureNotMade("the token is not there");
    }
    return inner_->sign(message);
  }

 private:
  std::unique_ptr<ca::Signer> inner_;
  int& absences_;
};

class Withdrawal : public AutoRenewal {
 protected:
  Withdrawal() {
    const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
    const auto algorithm = ca::KeyAlgorithm::ecdsa_p256;
    const ca::Time now = world.clock.seconds();
    const ca::KeyedCertificate root = ca::create_root(names, algorithm, world.random, now);
    ca::KeyedCertificate issuing = ca::create_issuing_ca(names, algorithm, root, world.random, now);
    auto with_elusive_key =
        std::make_unique<ca::Issuer>(std::vector<std::string>{issuing.der},
                                     std::make_unique<Elusive>(std::move(issuing.signer), absences),
                                     ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"});
    const auto replaced = std::exchange(world.issuer, std::move(with_elusive_key));
    world.restart();
    world.work();  // the first CRL
  }
  /// An order that was finalized, and whose certificate was begun once.
  ClientOrder begun() {
    ClientOrder order = ready_order(world, client, {"a.example"});
    body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
    world.work();
    return order;
  }
  std::string status(const ClientOrder& order) { return look(order)["status"]; }
  std::vector<ca::LedgerEntry> entries() {
    std::vector<ca::LedgerEntry> found;
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, world.issuer->id(), [&](const ca::LedgerEntry& entry) {
        found.push_back(entry);
        return storage::Scan::proceed;
      });
    });
    return found;
  }
  void expect_one_certificate(std::size_t serials) {
    EXPECT_EQ(entries().size(), serials);
    std::size_t certificates = 0;
    for (const ca::LedgerEntry& entry : entries()) {
      EXPECT_EQ(entry.revoked, entry.certificate.empty());
      certificates += entry.certificate.empty() ? 0 : 1;
    }
    EXPECT_EQ(certificates, 1);
  }

  int absences = 0;
};

// R6 T-B3
TEST_F(Withdrawal, LeavesAnOrderToBeIssuedUnderAnotherSerial) {
  absences = 1;
  const ClientOrder order = begun();
  EXPECT_EQ(status(order), "processing");
  world.clock.advance(std::chrono::seconds(1));
  world.work();
  EXPECT_EQ(status(order), "valid");
  expect_one_certificate(2);
}

// T-B3
TEST_F(Withdrawal, LeavesAnOrderThatSurvivesARestart) {
  absences = 1;
  const ClientOrder order = begun();
  world.restart();
  world.work();
  EXPECT_EQ(status(order), "valid");
  expect_one_certificate(2);
}

TEST_F(Withdrawal, IsDoneAsOftenAsTheClaimAllowsAndEndsTheOrderThen) {
  absences = 1'000;
  const ClientOrder order = begun();
  for (auto waited = std::chrono::seconds(0); waited <= 2 * acme::kClaimLife;
       waited += std::chrono::seconds(30)) {
    world.clock.advance(std::chrono::seconds(30));
    world.work();
  }
  EXPECT_EQ(status(order), "invalid");
  EXPECT_GT(entries().size(), 2U);
  for (const ca::LedgerEntry& entry : entries()) EXPECT_TRUE(entry.revoked);
  absences = 0;
  const ClientOrder next = begun();
  EXPECT_EQ(status(next), "valid");
}

// CRP-1.3.4
TEST_F(Withdrawal, BehindAPrecertificateRevokesThatToo) {
  FakeLogs logs;
  logs.now = world.clock.seconds();
  ca::ct::Transparency transparency{.logs = {logs.add("a1", "A", ca::ct::LogKind::rfc6962),
                                             logs.add("b1", "B", ca::ct::LogKind::static_ct)},
                                    .client = logs,
                                    .stagger = std::chrono::milliseconds(20),
                                    .patience = std::chrono::hours(1)};
  logs.on_asked = [&](const ca::ct::Log&) {
    if (logs.asked.size() == 1) absences = 1;
  };
  world.services->transparency = &transparency;
  const ClientOrder order = begun();
  EXPECT_EQ(status(order), "processing");
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_TRUE(entries()[0].revoked);
  EXPECT_TRUE(world.store
                  ->read([&](const storage::Snapshot& snapshot) {
                    return ca::ct::find_precertificate(snapshot, world.issuer->id(),
                                                       entries()[0].serial);
                  })
                  .has_value());
  world.clock.advance(std::chrono::seconds(1));
  world.work();
  EXPECT_EQ(status(order), "valid");
  expect_one_certificate(2);
  world.services->transparency = nullptr;
}

// RFC8739-3.1
TEST_F(Withdrawal, OfTheFirstCertificateLetsAnOrderRenewItself) {
  absences = 1;
  const ClientOrder order = finalized(wanted());
  EXPECT_EQ(status(order), "processing");
  world.clock.advance(std::chrono::seconds(1));
  world.work();
  EXPECT_EQ(status(order), "valid");
  expect_one_certificate(2);
  pass(std::chrono::hours(48));
  EXPECT_EQ(entries().size(), 3U);
}

// R13
TEST_F(Withdrawal, IsProvedByTheAuditLogAndTheLedger) {
  absences = 1;
  const ClientOrder order = begun();
  world.clock.advance(std::chrono::seconds(1));
  world.work();
  world.is_tampered = true;
  const auto id = acme::OrderId::parse(order.url.substr(order.url.rfind('/') + 1)).value();
  const auto in_order = [&](const ca::LedgerEntry& entry) {
    return acme::withdrawn_intent_key(id, entry.issuer_id, entry.serial);
  };
  const auto change = [&](bool is_withdrawn, const std::string& key) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      if (is_withdrawn) transaction.put(acme::kWithdrawnIntents, key, "");
      if (!is_withdrawn) transaction.erase(acme::kWithdrawnIntents, key);
    });
  };
  using testing::Contains;
  using testing::HasSubstr;
  for (const ca::LedgerEntry& entry : entries()) {
    const bool was_withdrawn = entry.revoked;
    EXPECT_TRUE(faults_of(*world.store, world.issuers()).empty());
    change(!was_withdrawn, in_order(entry));
    EXPECT_THAT(faults_of(*world.store, world.issuers()),
                Contains(HasSubstr("not those of the audit log")));
    EXPECT_THAT(faults_of(*world.store, world.issuers()),
                Contains(HasSubstr(was_withdrawn ? "has two serials" : "gave back serial")));
    change(was_withdrawn, in_order(entry));
  }
}

}  // namespace
}  // namespace tests
