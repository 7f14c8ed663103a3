// Incidents: many certificates revoked for one reason, in steps.
#include "acme/fulfilment/incident_work.h"

#include <gmock/gmock.h>

#include "acme/records/incident_record.h"
#include "acme/renewal.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "ca/revocation_index.h"
#include "tests/scenario/world.h"
#include "tests/support/run.h"

namespace tests {
namespace {

constexpr std::chrono::hours kDay{24};

/// A CA with three certificates of two accounts.
class Incident : public testing::Test {
 protected:
  std::string issue(const JwsClient& client, ca::Signer& with, const std::string& name) {
    const Json order = issued(world, client, with, {name});
    const auto view = ca::view_certificate(leaf_of(world, client, order["certificate"])).value();
    return view.serial;
  }
  ca::LedgerEntry entry(const std::string& serial) {
    return world.store
        ->read([&](const storage::Snapshot& snapshot) {
          return ca::Ledger::find(snapshot, world.issuer->id(), serial);
        })
        .value();
  }
  void open(acme::IncidentRecord record, const std::vector<std::string>& serials = {}) {
    record.opened_at = world.clock.seconds();
    record.opened_by = "a person";
    record.why = "a test";
    record.selection.by_serial = !serials.empty();
    if (record.revoke_at < record.opened_at) record.revoke_at = record.opened_at;
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      acme::open_incident(transaction, "i-1", record, serials);
    });
  }
  static acme::IncidentRecord because(std::uint8_t reason) {
    acme::IncidentRecord record;
    record.reason = reason;
    return record;
  }
  acme::IncidentRecord incident() {
    return world.store
        ->read([&](const storage::Snapshot& snapshot) {
          return acme::kIncidents.get(snapshot, "i-1");
        })
        .value();
  }
  /// Until there is nothing left that is due.
  void work() {
    for (int i = 0; i < 50 && world.work() > 0; ++i) {
    }
  }
  std::string window_end(const std::string& serial) {
    const auto view = ca::view_certificate(entry(serial).certificate).value();
    const std::string reference =
        acme::CertificateReference{view.authority_key_identifier, serial}.text();
    return body_of(
        acme::read_renewal_info(*world.services, {.id = reference}))["suggestedWindow"]["end"];
  }

  World world;
  JwsClient one = registered(world);
  JwsClient two = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::unique_ptr<ca::Signer> other_key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::string a = issue(one, *key, "a.example");
  std::string b = issue(one, *other_key, "b.example");
  std::string c = issue(two, *key, "c.example");
};

// by serials, with what is none of ours counted.
TEST_F(Incident, RevokesAListOfSerials) {
  open(because(4), {a, std::string(20, '\x11'), c});
  work();
  EXPECT_TRUE(entry(a).revoked);
  EXPECT_EQ(entry(a).revocation_reason, 4);
  EXPECT_FALSE(entry(b).revoked);
  EXPECT_TRUE(entry(c).revoked);
  const acme::IncidentRecord done = incident();
  EXPECT_EQ(done.state, acme::IncidentState::done);
  EXPECT_EQ(done.selected, 2U);
  EXPECT_EQ(done.revoked, 2U);
  EXPECT_EQ(done.unknown, 1U);
  // Published too, as soon as the next CRL may be.
  world.clock.advance(kDay);
  work();
  const std::string crl = world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::newest_crl(snapshot, world.issuer->id()).value();
  });
  EXPECT_NE(crl.find(a), crl.npos);
  EXPECT_NE(crl.find(c), crl.npos);
}

// every revocation says which incident it is of.
TEST_F(Incident, IsNotedInEveryAuditEntry) {
  acme::IncidentRecord record = because(9);
  record.selection.accounts = {entry(a).account};
  open(record);
  work();
  std::vector<std::string> of_incident;
  std::vector<std::string> events;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& each) {
      if (each.subject == "i-1") events.push_back(each.event);
      for (const auto& [name, value] : each.facts) {
        if (name != "incident") continue;
        EXPECT_EQ(value, "i-1");
        EXPECT_EQ(each.actor, "a person");
        of_incident.push_back(each.subject);
      }
      return storage::Scan::proceed;
    });
  });
  EXPECT_THAT(of_incident, testing::UnorderedElementsAre(ca::hex(a), ca::hex(b)));
  EXPECT_THAT(events, testing::ElementsAre("incident.opened", "incident.done"));
}

// K-6 R-4 BR-6.1.1.3: a key that is known to be compromised is not certified from then on, however
// long its certificates are still to live.
TEST_F(Incident, BlocksACompromisedKeyBeforeAnythingIsRevoked) {
  const std::string hash = key->public_key().spki_sha256();
  const std::string other_hash = other_key->public_key().spki_sha256();
  const auto is_blocked = [&](const std::string& each) {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return ca::Ledger::is_key_blocked(snapshot, each);
    });
  };
  acme::IncidentRecord record = because(1);
  record.revoke_at = world.clock.seconds() + kDay;
  record.selection.spki_sha256 = {hash};
  open(record);
  EXPECT_TRUE(is_blocked(hash)) << "in the very transaction that opens it";
  EXPECT_FALSE(is_blocked(other_hash));
  work();
  EXPECT_EQ(incident().state, acme::IncidentState::waiting);
  EXPECT_FALSE(entry(a).revoked);
  const ClientOrder order = ready_order(world, one, {"d.example"});
  refusal_of(world.post(one, order.finalize(), csr_payload(*key, {"d.example"})),
             acme::ProblemType::bad_csr);
}

// K-6: the same where certificates were named and not the key.
TEST_F(Incident, BlocksTheKeysOfCertificatesAsTheyAreNoted) {
  acme::IncidentRecord record = because(1);
  record.revoke_at = world.clock.seconds() + kDay;
  open(record, {b});
  work();
  EXPECT_EQ(incident().state, acme::IncidentState::waiting);
  EXPECT_FALSE(entry(b).revoked);
  EXPECT_TRUE(world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::is_key_blocked(snapshot, other_key->public_key().spki_sha256());
  }));
}

// K-9 R-4: the key is swept through all accounts, and blocked.
TEST_F(Incident, OfAKeyRevokesAllItsCertificatesAndBlocksIt) {
  const std::string hash = key->public_key().spki_sha256();
  acme::IncidentRecord record = because(1);
  record.selection.spki_sha256 = {hash};
  open(record);
  work();
  EXPECT_TRUE(entry(a).revoked);
  EXPECT_FALSE(entry(b).revoked);
  EXPECT_TRUE(entry(c).revoked);
  EXPECT_TRUE(world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::is_key_blocked(snapshot, hash);
  }));
}

TEST_F(Incident, SelectsByNameAndByTimeTogether) {
  const ca::Time issued = entry(b).issued_at;
  acme::IncidentRecord record = because(4);
  record.selection.names = {"b.example", "c.example"};
  record.selection.issued_from = issued;
  record.selection.issued_until = issued;
  open(record);
  work();
  EXPECT_FALSE(entry(a).revoked);
  EXPECT_TRUE(entry(b).revoked);
}

// RFC9773-4.2: subscribers are told before, and renew free of rate limits.
TEST_F(Incident, TellsClientsToRenewBeforeItRevokes) {
  world.clock.advance(kDay);
  const ca::Time opened = world.clock.seconds();
  acme::IncidentRecord record = because(4);
  record.revoke_at = opened + kDay;
  open(record, {a});
  work();
  EXPECT_FALSE(entry(a).revoked);
  EXPECT_EQ(incident().state, acme::IncidentState::waiting);
  EXPECT_EQ(window_end(a), ca::rfc3339(opened));
  EXPECT_GT(window_end(b), ca::rfc3339(opened));
  world.clock.advance(kDay);
  work();
  EXPECT_TRUE(entry(a).revoked);
  EXPECT_EQ(entry(a).revoked_at, opened + kDay);
  EXPECT_EQ(window_end(a), ca::rfc3339(opened));
}

TEST_F(Incident, LeavesWhatWasRevokedBeforeOrHasExpired) {
  open(because(4), {a, b});
  work();
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    acme::IncidentRecord second = because(5);
    second.opened_at = world.clock.seconds();
    second.selection.names = {"a.example", "c.example"};
    second.revoke_at = entry(c).not_after + std::chrono::seconds(1);
    acme::open_incident(transaction, "i-2", second, {});
  });
  work();
  world.clock.advance(120 * kDay);
  work();
  const auto second = world.store->read([&](const storage::Snapshot& snapshot) {
    return acme::kIncidents.get(snapshot, "i-2").value();
  });
  EXPECT_EQ(second.state, acme::IncidentState::done);
  EXPECT_EQ(second.untouched, 2U);
  EXPECT_EQ(entry(a).revocation_reason, 4);
  EXPECT_FALSE(entry(c).revoked);
}

// R14: killed anywhere, it goes on, and revokes each once.
TEST_F(Incident, GoesOnAfterAnEndAtAnyStep) {
  open(because(4), {a, b, c});
  for (std::size_t handlers = 1; incident().state != acme::IncidentState::done; ++handlers) {
    ASSERT_LT(handlers, 200U);
    world.work_until_killed(handlers % 7 + 1);
    world.restart();
    if (handlers % 7 == 6) work();
  }
  EXPECT_EQ(incident().revoked, 3U);
}

// Steps are bounded: more certificates than one transaction takes.
TEST_F(Incident, TakesManyInSeveralTransactions) {
  constexpr std::size_t kMany = 1'201;
  std::vector<std::string> serials;
  const ca::LedgerEntry sample = entry(a);
  world.is_tampered = true;  // the ledger entries below have no orders
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    for (std::size_t i = 0; i < kMany; ++i) {
      ca::LedgerEntry copy = sample;
      copy.serial = "\x41" + world.random.bytes(19);
      serials.push_back(copy.serial);
      transaction.put({"ledger"}, ca::serial_key(copy.issuer_id, copy.serial), copy.encode());
    }
  });
  open(because(4), serials);
  int steps = 0;
  while (incident().state != acme::IncidentState::done && steps < 20) {
    world.work();
    ++steps;
  }
  EXPECT_GE(steps, 6);
  EXPECT_EQ(incident().revoked, kMany);
}

}  // namespace
}  // namespace tests
