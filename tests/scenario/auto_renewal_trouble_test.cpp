// What gets in the way of orders that renew their certificate by themselves (RFC 8739).
#include <gmock/gmock.h>

#include "acme/renewal.h"
#include "ca/audit_log.h"
#include "tests/scenario/auto_renewal.h"
#include "tests/support/invariants.h"

namespace tests {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

class AutoRenewalTrouble : public AutoRenewal {
 protected:
  [[nodiscard]] std::size_t audited(std::string_view event) const {
    std::size_t count = 0;
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
        if (entry.event == event) ++count;
        return storage::Scan::proceed;
      });
    });
    return count;
  }
  static acme::OrderId id_of(const ClientOrder& made) {
    return acme::OrderId::parse(made.url.substr(made.url.rfind('/') + 1)).value();
  }
  void forbid(const std::string& name) {
    world.dns.set_caa(name, {{.flags = 0, .tag = "issue", .value = "other.example"}});
  }
};

constexpr const char* kUnauthorized = "urn:ietf:params:acme:error:unauthorized";
constexpr const char* kCaa = "urn:ietf:params:acme:error:caa";

// RFC8739-2.2 REV-20: two overlap, and the older one is what was wrong.
TEST_F(AutoRenewalTrouble, AnIncidentAboutAnEarlierCertificateEndsIt) {
  const ClientOrder made = finalized(wanted());
  const std::string first = leaf(made).serial;
  pass(hours(25));
  ASSERT_NE(leaf(made).serial, first);
  acme::IncidentRecord record;
  record.opened_at = world.clock.seconds();
  record.revoke_at = world.clock.seconds() + hours(1);
  open_incident(record, {first});
  pass(hours(72));
  EXPECT_EQ(signatures(), 2U);
  EXPECT_EQ(error_of(made), kUnauthorized);
  EXPECT_EQ(revoked(), 1U) << "who lists serials says which";
}

/// Whether an incident names an account or a certificate of it.
class AutoRenewalSelection : public AutoRenewalTrouble, public testing::WithParamInterface<bool> {};

// RFC8739-2.2 REV-20: it was opened, and the next certificate was there before it had looked.
TEST_P(AutoRenewalSelection, TakesInWhatWasRenewedMeanwhile) {
  const ClientOrder made = finalized(wanted());
  const std::string first = leaf(made).serial;
  pass(hours(2));
  acme::IncidentRecord record;
  record.opened_at = world.clock.seconds();
  pass(hours(23));
  ASSERT_EQ(signatures(), 2U);
  record.revoke_at = world.clock.seconds();
  std::vector<std::string> serials;
  if (GetParam()) {
    serials = {first};
  } else {
    const std::string account = client.account().value();
    record.selection.accounts = {account.substr(account.rfind('/') + 1)};
  }
  open_incident(record, serials);
  EXPECT_EQ(revoked(), 2U);
  pass(hours(72));
  EXPECT_EQ(signatures(), 2U);
  EXPECT_EQ(error_of(made), kUnauthorized);
}

INSTANTIATE_TEST_SUITE_P(EitherWay, AutoRenewalSelection, testing::Bool());

// BR-4.2.2.1 BR-5.4.1
TEST_F(AutoRenewalTrouble, TheAuditLogSaysOnceForACertificateWhyCaaIsInTheWay) {
  const ClientOrder made = finalized(wanted());
  forbid("b.example");
  pass(hours(40));
  EXPECT_EQ(audited("order.caa_refused"), 1U);
  world.dns.fail("b.example", "SERVFAIL");
  pass(hours(4));
  EXPECT_EQ(audited("order.caa_refused"), 2U) << "another reason";
  world.dns.answer_again("b.example");
  pass(hours(3));
  EXPECT_EQ(audited("order.caa_refused"), 2U);
  EXPECT_EQ(error_of(made), "");
  pass(hours(3));
  EXPECT_EQ(audited("order.caa_refused"), 3U) << "the one that ends it";
  EXPECT_EQ(audited("order.renewal_ended"), 1U);
  EXPECT_EQ(error_of(made), kCaa);
}

// BR-4.2.2.1 BR-5.4.1: what was put right once may be wrong again.
TEST_F(AutoRenewalTrouble, TheNextCertificateHasItsOwnEntries) {
  const ClientOrder made = finalized(wanted());
  forbid("a.example");
  pass(hours(30));
  world.dns.set_caa("a.example", {});
  pass(hours(30));
  EXPECT_EQ(signatures(), 2U);
  forbid("a.example");
  pass(hours(20));
  EXPECT_EQ(audited("order.caa_refused"), 2U);
  EXPECT_EQ(error_of(made), "");
}

// S17 BR-4.2.2.1: a stop ends when the newest certificate is over, and one look-up fails.
TEST_F(AutoRenewalTrouble, OneLookUpThatFailsAfterAStopEndsNothing) {
  const ClientOrder made = finalized(wanted());
  stop_all();
  pass(hours(60));
  world.dns.fail("a.example", "SERVFAIL");
  resume_all();
  pass(hours(2));
  EXPECT_EQ(error_of(made), "");
  EXPECT_EQ(signatures(), 1U);
  world.dns.answer_again("a.example");
  pass(hours(1));
  EXPECT_EQ(signatures(), 2U);
  EXPECT_LE(leaf(made).not_before, world.clock.seconds());
}

// BR-4.2.2.1
TEST_F(AutoRenewalTrouble, CaaThatCannotBeReadForHalfALifetimeEndsIt) {
  const ClientOrder made = finalized(wanted());
  pass(hours(23));
  world.dns.fail("a.example", "SERVFAIL");
  pass(hours(24));
  EXPECT_EQ(error_of(made), "");
  pass(hours(3));
  EXPECT_EQ(error_of(made), kCaa);
  EXPECT_EQ(signatures(), 1U);
}

// S17: records that forbid are an answer.
TEST_F(AutoRenewalTrouble, RecordsThatForbidEndItWhenTheNewestIsOver) {
  const ClientOrder made = finalized(wanted());
  stop_all();
  pass(hours(60));
  forbid("a.example");
  resume_all();
  pass(hours(1));
  EXPECT_EQ(error_of(made), kCaa);
}

// RFC9773-5: each of its many could be named once.
TEST_F(AutoRenewalTrouble, ItsCertificatesFreeNoOtherOrderFromALimit) {
  world.limits.rates.insert_or_assign(policy::RateLimitId::certificates_per_name_set,
                                      policy::Rate::make(1, hours(10'000)).value());
  const ClientOrder made = finalized(wanted());
  pass(hours(40));
  const ca::CertificateView view = leaf(made);
  Json plain = payload(Json());
  plain.erase("auto-renewal");
  plain["replaces"] = acme::CertificateReference{view.authority_key_identifier, view.serial}.text();
  refusal_of(order(plain), ProblemType::rate_limited);
  world.clock.advance(hours(23));
  world.work();
  refusal_of(order(plain), ProblemType::rate_limited);
}

// RFC8739-3.1.1 BR-3.2.2.4.22: what counts for ten days is not enough for twelve.
TEST_F(AutoRenewalTrouble, IsNotBegunBeyondWhatItsProofsCountFor) {
  std::vector<policy::Product> products = policy::Catalog().products();
  for (policy::Product& product : products) {
    product.methods = {policy::ValidationMethod::dns_persist_01};
  }
  world.catalog = policy::Catalog(std::move(products));
  world.meta.caa_identities = {"ca.example"};
  world.meta.issuer_domain_names = {"ca.example"};
  for (const std::string& name : kRenewedNames) {
    world.dns.set_txt("_validation-persist." + name,
                      {"ca.example; accounturi=" + client.account().value()});
  }
  const auto made_until = [&](ca::Time end) {
    Json renewal = wanted();
    renewal["end-date"] = ca::rfc3339(end);
    const auto reply = order(payload(renewal));
    return ClientOrder{reply.value().location.value(), body_of(reply)};
  };
  const ClientOrder longer = made_until(start + days(12));
  for (std::size_t i = 0; i < kRenewedNames.size(); ++i) {
    body_of(world.post(client, challenge_of(world, client, longer, i), "{}"));
  }
  world.work();
  ASSERT_EQ(look(longer)["status"], "ready");
  EXPECT_THAT(refusal_of(world.post(client, longer.finalize(), csr_payload(*key, kRenewedNames)),
                         ProblemType::unauthorized),
              testing::HasSubstr(ca::rfc3339(start + days(10))));
  EXPECT_EQ(look(longer)["status"], "ready");
  const ClientOrder shorter = made_until(start + days(10));
  ASSERT_EQ(shorter.body["status"], "ready");
  body_of(world.post(client, shorter.finalize(), csr_payload(*key, kRenewedNames)));
  world.work();
  EXPECT_EQ(look(shorter)["status"], "valid");
}

// I6 RFC8739-2.2: what the server ended stays ended.
TEST_F(AutoRenewalTrouble, ThatEndedItIsFollowedByTheProof) {
  const ClientOrder made = finalized(wanted());
  forbid("a.example");
  pass(hours(50));
  ASSERT_EQ(error_of(made), kCaa);
  const std::string id = id_of(made).text();
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    ca::append_audit(transaction, {world.clock.seconds(), "order.renewed", "server", id, {}});
  });
  world.is_tampered = true;
  using testing::Contains;
  EXPECT_THAT(faults_of(*world.store, world.issuers()),
              Contains("orders: order " + id + " was renewed after that had ended"));
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    auto renewal = acme::kAutoRenewals.get(transaction, id_of(made).octets()).value();
    renewal.problem.reset();
    acme::kAutoRenewals.put(transaction, id_of(made).octets(), renewal);
  });
  EXPECT_THAT(faults_of(*world.store, world.issuers()),
              Contains("orders: order " + id + " ended to renew itself, and does not say why"));
}

}  // namespace
}  // namespace tests
