// revokeCert.
#include "acme/records/due_work_record.h"
#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

/// A CA with one certificate to revoke.
class Revocation : public testing::Test {
 protected:
  acme::Result<acme::Reply> revoke(const JwsClient& requester, const std::string& rest = "") {
    return revoke(requester, leaf, rest);
  }
  acme::Result<acme::Reply> revoke(const JwsClient& requester,
                                   const std::string& der,
                                   const std::string& rest) {
    return world.post(requester, world.url(acme::paths::kRevokeCert),
                      R"({"certificate":")" + ca::base64url(der) + "\"" + rest + "}");
  }
  ca::LedgerEntry entry() {
    const std::string serial = ca::view_certificate(leaf).value().serial;
    return world.store
        ->read([&](const storage::Snapshot& snapshot) {
          return ca::Ledger::find(snapshot, world.issuer->id(), serial);
        })
        .value();
  }
  bool is_key_blocked() {
    const std::string hash = holder.public_key().spki_sha256();
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return ca::Ledger::is_key_blocked(snapshot, hash);
    });
  }

  World world;
  JwsClient owner = registered(world);
  JwsClient holder;  // signs with the key of the certificate
  Json order = issued(world, owner, holder.signer(), {"a.example"});
  std::string leaf = leaf_of(world, owner, order["certificate"]);
};

// RFC8555-7.6 WIR-21 R-2
TEST_F(Revocation, TakesTheReasonsASubscriberMayGive) {
  for (const int reason : {2, 6, 7, 8, 9, 10, 11, -1, 256}) {
    SCOPED_TRACE(reason);
    refusal_of(revoke(owner, ",\"reason\":" + std::to_string(reason)),
               ProblemType::bad_revocation_reason);
  }
  refusal_of(revoke(holder, ",\"reason\":9"), ProblemType::bad_revocation_reason);
  EXPECT_FALSE(entry().revoked);
  ASSERT_TRUE(revoke(owner, ",\"reason\":4").has_value());
  EXPECT_TRUE(entry().revoked);
  EXPECT_EQ(entry().revocation_reason, 4);
  EXPECT_FALSE(is_key_blocked());
  EXPECT_EQ(read(world, owner, world.url("/acme/order/") + entry().order)["status"], "valid");
}

// RFC8555-7.6
TEST_F(Revocation, WithoutAReasonIsUnspecifiedAndHappensOnce) {
  const auto reply = revoke(owner);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->outcome, acme::Outcome::ok);
  EXPECT_EQ(entry().revocation_reason, 0);
  refusal_of(revoke(owner), ProblemType::already_revoked);
}

// RFC8555-7.6 R-4
TEST_F(Revocation, ByTheCertificateKeyIsKeyCompromiseAndBlocksTheKey) {
  ASSERT_TRUE(revoke(holder, ",\"reason\":5").has_value());
  EXPECT_EQ(entry().revocation_reason, 1);
  EXPECT_TRUE(is_key_blocked());
}

// R-5
TEST_F(Revocation, ByTheCertificateKeyMakesALesserReasonKeyCompromise) {
  ASSERT_TRUE(revoke(owner, ",\"reason\":4").has_value());
  EXPECT_FALSE(is_key_blocked());
  ASSERT_TRUE(revoke(holder).has_value());
  EXPECT_EQ(entry().revocation_reason, 1);
  EXPECT_TRUE(is_key_blocked());
  refusal_of(revoke(holder), ProblemType::already_revoked);
}

// RFC8555-7.6
TEST_F(Revocation, IsRefusedToStrangersAndOtherKeys) {
  const JwsClient stranger = registered(world);
  refusal_of(revoke(stranger), ProblemType::unauthorized);
  refusal_of(revoke(JwsClient{}), ProblemType::unauthorized);
  JwsClient owner_key_as_jwk = registered(world);
  owner_key_as_jwk.forget_account();
  refusal_of(revoke(owner_key_as_jwk), ProblemType::unauthorized);
  EXPECT_FALSE(entry().revoked);
}

// RFC8555-7.6 R-4 T-D6
TEST_F(Revocation, ByAnAccountThatControlsAllNamesIsCessationOfOperation) {
  const JwsClient next_owner = registered(world);
  const ClientOrder pending = ordered(world, next_owner, {"a.example"});
  refusal_of(revoke(next_owner), ProblemType::unauthorized);
  const ClientOrder ready = ready_order(world, next_owner, {"a.example"});
  body_of(world.post(next_owner, ready.authorization(0), R"({"status":"deactivated"})"));
  refusal_of(revoke(next_owner), ProblemType::unauthorized);
  ready_order(world, next_owner, {"a.example"});
  ASSERT_TRUE(revoke(next_owner, ",\"reason\":1").has_value());
  EXPECT_EQ(entry().revocation_reason, 5);
  EXPECT_FALSE(is_key_blocked());
}

TEST_F(Revocation, KnowsOnlyItsOwnCertificatesToTheLastByte) {
  refusal_of(revoke(owner, "not a certificate", ""), ProblemType::malformed);
  refusal_of(revoke(owner, world.issuer->certificate_der(), ""), ProblemType::malformed);
  std::string altered = leaf;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  refusal_of(revoke(owner, altered, ""), ProblemType::malformed);
  EXPECT_FALSE(entry().revoked);
}

// BR-4.9.7
TEST_F(Revocation, IsOnTheCrlAtOnce) {
  const auto crl = [&] {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return ca::newest_crl(snapshot, world.issuer->id()).value();
    });
  };
  const std::string serial = entry().serial;
  EXPECT_EQ(crl().find(serial), std::string::npos);
  world.clock.advance(acme::kShortestCrlInterval);
  ASSERT_TRUE(revoke(owner).has_value());
  EXPECT_EQ(world.work(), 1);
  EXPECT_NE(crl().find(serial), std::string::npos);
  EXPECT_EQ(world.work(), 0);
}

// T-B11
// R-7 P-6: nobody has to revoke what ends within a week; here anybody can.
TEST_F(Revocation, IsForShortLivedCertificatesToo) {
  const std::string payload =
      R"({"identifiers":[{"type":"dns","value":"s.example"}],"profile":"shortlived"})";
  const auto reply = world.post(owner, world.url(acme::paths::kNewOrder), payload);
  ClientOrder brief{reply.value().location.value(), body_of(reply)};
  prove(world, owner, brief, {"s.example"});
  body_of(world.post(owner, brief.finalize(), csr_payload(holder.signer(), {"s.example"})));
  world.work();
  const Json done = read(world, owner, brief.url);
  ASSERT_EQ(done["status"], "valid");
  leaf = leaf_of(world, owner, done["certificate"]);
  EXPECT_LE(entry().not_after - entry().not_before, std::chrono::days(7));
  ASSERT_TRUE(revoke(owner, R"(,"reason":4)").has_value());
  EXPECT_TRUE(entry().revoked);
  world.clock.advance(acme::kShortestCrlInterval);
  world.work();
  const auto crl = world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::newest_crl(snapshot, world.issuer->id()).value();
  });
  EXPECT_NE(crl.find(entry().serial), std::string::npos);
}

TEST_F(Revocation, OfManyLeadsToOneCrlAndNoneIsForgotten) {
  const JwsClient other_key;
  const Json second = issued(world, owner, other_key.signer(), {"b.example"});
  const std::string other_leaf = leaf_of(world, owner, second["certificate"]);
  ASSERT_TRUE(revoke(owner).has_value());
  ASSERT_TRUE(revoke(owner, other_leaf, "").has_value());
  // The last CRL is too new.
  EXPECT_EQ(world.work(), 0);
  world.clock.advance(acme::kShortestCrlInterval - std::chrono::seconds(1));
  EXPECT_EQ(world.work(), 0);
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(world.work(), 1);
  EXPECT_EQ(world.work(), 0);
}

TEST_F(Revocation, DuringAPublicationLeadsToAnother) {
  world.clock.advance(acme::kShortestCrlInterval);
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    acme::request_crl(transaction, world.issuer->id(), world.clock.seconds());
  });
  // The process is stopped while the CRL is being signed; the revocation comes before it is stored.
  world.signer_watch.fault = SignerWatch::Fault::before_signing;
  world.work();
  ASSERT_TRUE(revoke(owner).has_value());
  EXPECT_EQ(world.work(), 1);
  EXPECT_EQ(world.work(), 0);
}

}  // namespace
}  // namespace tests
