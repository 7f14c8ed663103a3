// The offline proof finds what it claims to find: each test breaks one thing in a sound store.
#include <functional>

#include "acme/order.h"
#include "acme/records/account_record.h"
#include "acme/records/certificate_record.h"
#include "acme/records/due_work_record.h"
#include "acme/records/external_key_record.h"
#include "ca/audit_log.h"
#include "tests/scenario/world.h"
#include "tests/support/invariants.h"

namespace tests {
namespace {

using std::chrono::hours;
using storage::Transaction;

/// A store with an issued order, a claimed one and one whose challenge waits.
class VerifyRecords : public testing::Test {
 protected:
  VerifyRecords() {
    EXPECT_EQ(faults_of(*world.store, *world.issuer), std::vector<std::string>{});
    world.is_tampered = true;
  }

  void tamper(const std::function<void(Transaction&)>& change) {
    world.store->write_and_wait([&](Transaction& transaction) { change(transaction); });
  }
  void change_order(const acme::OrderId& id,
                    const std::function<void(acme::OrderRecord&)>& change) {
    tamper([&](Transaction& transaction) {
      auto record = acme::kOrders.get(transaction, id.octets()).value();
      change(record);
      acme::kOrders.put(transaction, id.octets(), record);
    });
  }
  void change_authorization(const std::function<void(acme::AuthorizationRecord&)>& change) {
    const acme::AuthorizationId id = issued_record().authorizations.at(0);
    tamper([&](Transaction& transaction) {
      auto record = acme::kAuthorizations.get(transaction, id.octets()).value();
      change(record);
      acme::kAuthorizations.put(transaction, id.octets(), record);
    });
  }
  acme::OrderRecord issued_record() {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return acme::kOrders.get(snapshot, done.octets()).value();
    });
  }
  void expect_fault(const std::string& part) {
    const auto faults = faults_of(*world.store, *world.issuer);
    for (const std::string& fault : faults) {
      if (fault.find(part) != std::string::npos) return;
    }
    ADD_FAILURE() << "nothing about \"" << part << "\" among " << testing::PrintToString(faults);
  }
  static acme::OrderId id_of(const std::string& url) {
    return acme::OrderId::parse(url.substr(url.rfind('/') + 1)).value();
  }

  World world;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ClientOrder issued_order = ready_order(world, client, {"a.example"});
  acme::OrderId done = [this] {
    body_of(world.post(client, issued_order.finalize(), csr_payload(*key, {"a.example"})));
    world.work();
    return id_of(issued_order.url);
  }();
  acme::OrderId claimed = [this] {
    const ClientOrder order = ready_order(world, client, {"b.example"});
    body_of(world.post(client, order.finalize(), csr_payload(*key, {"b.example"})));
    return id_of(order.url);
  }();
  acme::OrderId waiting = [this] {
    const ClientOrder order = ordered(world, client, {"c.example"});
    body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
    return id_of(order.url);
  }();
};

TEST_F(VerifyRecords, FindsACertificateForOtherNames) {
  change_order(done,
               [](auto& order) { order.identifiers = {ca::DnsName::parse("z.example").value()}; });
  expect_fault("has a certificate for other names");
}

TEST_F(VerifyRecords, FindsACertificateForAnotherKey) {
  const auto other = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  change_order(done, [&](auto& order) { order.spki = other->public_key().spki(); });
  expect_fault("notes a key that is not its request's");
}

TEST_F(VerifyRecords, FindsACertificateThatIsNotInTheLedger) {
  change_order(done, [](auto& order) { order.serial = "other"; });
  expect_fault("do not agree on owner, issuer and serial");
  expect_fault("which does not note it");
}

TEST_F(VerifyRecords, FindsAnOrderThatLostItsCertificate) {
  change_order(done, [](auto& order) { order.certificate.reset(); });
  expect_fault("which does not have it");
  expect_fault("is processing, which is not the last thing the audit log says");
}

TEST_F(VerifyRecords, FindsASignatureWithoutAValidAuthorization) {
  change_authorization(
      [](auto& record) { record.challenges[0].status = acme::ChallengeStatus::invalid; });
  expect_fault("was not valid");
}

TEST_F(VerifyRecords, FindsASignatureBeforeTheValidation) {
  change_authorization(
      [](auto& record) { *record.challenges[0].validated_at += std::chrono::minutes(61); });
  expect_fault("was not valid");
}

// C-7 BR-4.2.2.1
TEST_F(VerifyRecords, FindsASignatureWithoutACaaCheckInTheHoursBefore) {
  change_authorization([](auto& record) { record.challenges.at(0).caa->checked_at -= hours(9); });
  expect_fault("CAA of \"a.example\" was not checked in the 8 hours before");
  // What counts is the check after the claim.
  change_order(done, [](auto& record) {
    record.caa.emplace(0, acme::CaaEvidence{record.created, "checked again"});
  });
  EXPECT_EQ(faults_of(*world.store, *world.issuer), std::vector<std::string>{});
  change_order(done, [](auto& record) { record.caa.clear(); });
  change_authorization([](auto& record) { record.challenges.at(0).caa.reset(); });
  expect_fault("CAA of \"a.example\" was not checked in the 8 hours before");
}

TEST_F(VerifyRecords, FindsASignatureAfterTheAuthorizationWasTakenBack) {
  change_authorization(
      [](auto& record) { record.deactivated_at = record.created - std::chrono::minutes(61); });
  expect_fault("was taken back");
}

TEST_F(VerifyRecords, FindsByTheAuditLogAloneThatAnOrderBecameValidWithoutAuthorization) {
  const std::string authorization = issued_record().authorizations.at(0).text();
  tamper([&](Transaction& transaction) {
    const ca::Time now = world.clock.seconds();
    ca::append_audit(transaction, {now, "authorization.deactivated", "x", authorization, {}});
    ca::append_audit(transaction, {now, "order.valid", "server", done.text(), {}});
  });
  expect_fault("became valid while authorization " + authorization + " was deactivated");
}

TEST_F(VerifyRecords, FindsTheAuthorizationOfAnotherAccount) {
  const JwsClient other = registered(world);
  const std::string url = other.account().value();
  change_authorization([&](auto& record) {
    record.account = acme::AccountId::parse(url.substr(url.rfind('/') + 1)).value();
  });
  expect_fault("of another account");
}

TEST_F(VerifyRecords, FindsWorkThatWasLost) {
  tamper([&](Transaction& transaction) {
    std::vector<std::string> keys;
    transaction.scan(acme::kDueWork.name(), "", [&](std::string_view row, std::string_view) {
      keys.emplace_back(row);
      return storage::Scan::proceed;
    });
    for (const std::string& row : keys) acme::kDueWork.erase(transaction, row);
  });
  expect_fault("order " + claimed.text() + " is processing but no work is due for it");
  expect_fault("is being validated but no work is due for it");
}

TEST_F(VerifyRecords, FindsAStatusThatWentBackwards) {
  change_order(claimed, [](auto& order) {
    order.claim.reset();
    order.csr.clear();
    order.spki.clear();
  });
  expect_fault("order " + claimed.text() + " is pending, which is not the last thing");
  tamper([&](Transaction& transaction) {
    ca::append_audit(transaction,
                     {world.clock.seconds(), "order.processing", "x", done.text(), {}});
  });
  expect_fault("order " + done.text() + " went from valid to processing");
}

TEST_F(VerifyRecords, FindsIndexesThatLeadNowhere) {
  tamper([&](Transaction& transaction) {
    const acme::OrderRecord record = acme::kOrders.get(transaction, waiting.octets()).value();
    transaction.erase(acme::kAccountOrders, record.account.octets() + waiting.octets());
    transaction.put(acme::kAccountOrders, record.account.octets() + std::string(16, 'x'), "");
    transaction.put(acme::kAccountKeys, std::string(32, 'x'), record.account.octets());
    const auto other = acme::kOrders.get(transaction, claimed.octets()).value();
    acme::kAuthorizations.erase(transaction, other.authorizations.at(0).octets());
  });
  expect_fault("is not in the list of its account");
  expect_fault("which is not its own");
  expect_fault("leads to an account that does not have it");
  expect_fault("which is not stored");
}

TEST_F(VerifyRecords, FindsAnAuthorizationThatIsTooOld) {
  change_authorization([](acme::AuthorizationRecord& record) {
    record.challenges.front().validated_at =
        *record.challenges.front().validated_at - 201 * std::chrono::hours(24);
  });
  expect_fault("was too old");
}

TEST_F(VerifyRecords, FindsReuseThatIsNotNoted) {
  const acme::OrderRecord record = issued_record();
  tamper([&](Transaction& transaction) {
    const auto key = record.authorizations.at(0).octets() + waiting.octets();
    transaction.put(acme::kAuthorizationOrders, key, "");
    transaction.put(acme::kOpenOrders, acme::open_order_key(record), done.octets());
    transaction.put(acme::kReplacements, "x", done.octets());
  });
  expect_fault("is not listed in order " + waiting.text());
  expect_fault("order " + done.text() + " was claimed but would still be given out");
  expect_fault("replacements has a row");
}

TEST_F(VerifyRecords, FindsAnOrderThatItsAuthorizationDoesNotKnow) {
  change_authorization([](acme::AuthorizationRecord& record) { record.order.reset(); });
  expect_fault("order " + done.text() + " uses authorization");
}

// T-D11
TEST_F(VerifyRecords, FindsAKeyThatTheAuditLogDoesNotKnow) {
  const std::string url = client.account().value();
  const std::string account = url.substr(url.rfind('/') + 1);
  tamper([&](Transaction& transaction) {
    const ca::Time now = world.clock.seconds();
    ca::append_audit(
        transaction,
        {now, "account.key_changed", account, account, {{"from", "aa"}, {"to", "bb"}}});
    ca::append_audit(
        transaction,
        {now, "account.key_changed", account, account, {{"from", "cc"}, {"to", "dd"}}});
  });
  expect_fault("account " + account + " changed a key that was not its own");
  expect_fault("account " + account + " does not have the key it changed to last");
}

// RFC8555-7.3.4
TEST_F(VerifyRecords, FindsExternalKeysThatDoNotAddUp) {
  const acme::AccountId id = world.urls.account_of(client.account().value()).value();
  acme::ExternalKeyRecord key;
  key.secret = std::string(32, 's');
  key.max_uses = 1;
  key.uses = 2;
  tamper([&](Transaction& transaction) {
    auto account = acme::kAccounts.get(transaction, id.octets()).value();
    account.external = acme::ExternalAccount{"absent", "{}"};
    acme::kAccounts.put(transaction, id.octets(), account);
    acme::kExternalKeys.put(transaction, "kid", key);
  });
  expect_fault("account " + id.text() + " is not listed with the external key absent");
  expect_fault("external key absent opened accounts but is not stored");
  expect_fault("external key kid counts 2 accounts, lists 0 and opened 0");
  expect_fault("external key kid opened more accounts than it may");
}

TEST_F(VerifyRecords, FindsRowsOfLimitsThatNoLimitLooksFor) {
  tamper([&](Transaction& transaction) {
    acme::kArrivals.put(transaction, "short", acme::ArrivalRecord{world.clock.instant()});
  });
  expect_fault("rate_limit_arrivals has a row that no limit looks for");
}

TEST_F(VerifyRecords, FindsARecordThatDoesNotDecode) {
  tamper([&](Transaction& transaction) {
    transaction.put(acme::kOrders.name(), done.octets(), "damage");
  });
  expect_fault("order " + done.text() + ": ");
}

}  // namespace
}  // namespace tests
