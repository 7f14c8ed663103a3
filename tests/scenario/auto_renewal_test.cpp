// Orders that renew their certificate by themselves: STAR, RFC 8739.
#include "tests/scenario/auto_renewal.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "acme/records/order_record.h"
#include "ca/ledger.h"
#include "tests/support/invariants.h"

namespace tests {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// RFC8739-3.1.1
TEST_F(AutoRenewal, IsReflectedAsItIsKept) {
  const Json made = body_of(order(payload(wanted())));
  EXPECT_EQ(made["auto-renewal"], (Json{{"end-date", ca::rfc3339(start + days(10))},
                                        {"lifetime", 2 * 86'400},
                                        {"lifetime-adjust", 86'400},
                                        {"allow-certificate-get", true}}));
  EXPECT_FALSE(made.contains("star-certificate"));
}

// RFC8739-3.1.1 RFC8739-3.2 BR-1.6.1
TEST_F(AutoRenewal, WhatCannotBeKeptIsMalformedAndChangesNothing) {
  const auto changed = [&](const char* member, const Json& value) {
    Json renewal = wanted();
    renewal[member] = value;
    return payload(renewal);
  };
  Json beside = payload(wanted());
  beside["notAfter"] = ca::rfc3339(start + days(3));
  Json before = payload(wanted());
  before["notBefore"] = ca::rfc3339(start);
  Json other_profile = payload(wanted());
  other_profile["profile"] = "shortlived";
  const std::vector<Json> rows{
      beside,
      before,
      other_profile,
      payload(Json::object()),
      payload("x"),
      changed("end-date", nullptr),
      changed("end-date", "tomorrow"),
      changed("end-date", ca::rfc3339(start)),
      changed("end-date", ca::rfc3339(start + days(20) + seconds(1))),
      changed("lifetime", nullptr),
      changed("lifetime", "86400"),
      changed("lifetime", 86'400.5),
      changed("lifetime", 0),
      changed("lifetime", -1),
      changed("lifetime", 3'599),
      changed("lifetime", 9'223'372'036'854'775'807),
      changed("lifetime", 5 * 86'400),
      changed("lifetime-adjust", -1),
      changed("start-date", ca::rfc3339(start + days(8))),
      changed("start-date", ca::rfc3339(start + days(10))),
      changed("allow-certificate-get", "true"),
  };
  for (const Json& each : rows) {
    SCOPED_TRACE(each.dump());
    refusal_of(order(each), ProblemType::malformed);
  }
  EXPECT_EQ(read(world, client, *client.account() + "/orders")["orders"], Json::array());
}

// RFC8739-3.4
TEST_F(AutoRenewal, GetIsAgreedOnOnlyWhereItIsOffered) {
  world.meta.auto_renewal->certificate_get = false;
  const ClientOrder made = finalized(wanted());
  EXPECT_FALSE(made.body["auto-renewal"].contains("allow-certificate-get"));
  refusal_of(get(made), ProblemType::malformed);
  EXPECT_TRUE(world.post(client, made.body["star-certificate"], "").has_value());
  const JwsClient other = registered(world);
  refusal_of(world.post(other, made.body["star-certificate"], ""), ProblemType::unauthorized);
}

// RFC8739-2.2 RFC8739-3.3 RFC8739-3.5
TEST_F(AutoRenewal, PublishesTheNextCertificateHalfwayForTheSameKeyUntilTheEndDate) {
  const ClientOrder made = finalized(wanted());
  EXPECT_EQ(made.body["status"], "valid");
  EXPECT_FALSE(made.body.contains("certificate"));
  EXPECT_EQ(made.body["expires"], ca::rfc3339(start + days(10)));
  std::string serial;
  std::size_t count = 0;
  for (hours passed{0}; passed < days(10); passed += hours(12)) {
    const ca::CertificateView view = leaf(made);
    const ca::Time now = world.clock.seconds();
    EXPECT_LE(view.not_before, now);
    EXPECT_EQ(view.spki, key->public_key().spki());
    EXPECT_LE(view.not_after, start + days(10));
    EXPECT_GE(view.not_after - now, std::min<seconds>(days(1), start + days(10) - now));
    if (view.serial != serial) ++count;
    serial = view.serial;
    pass(hours(12));
  }
  EXPECT_EQ(count, 5U);
  EXPECT_EQ(signatures(), 5U);
  world.clock.advance(seconds(1));
  refusal_of(get(made), ProblemType::auto_renewal_expired);
  refusal_of(world.post(client, made.body["star-certificate"], ""),
             ProblemType::auto_renewal_expired);
  EXPECT_EQ(look(made)["status"], "valid");
  EXPECT_EQ(world.work(), 0U);
}

// RFC8739-3.3 RFC8739-4.3
TEST_F(AutoRenewal, RepliesSayWhenTheCertificateBeginsAndEndsAndHowLongItIsFresh) {
  const ClientOrder made = finalized(wanted());
  pass(hours(30));
  const acme::Reply reply = get(made).value();
  const ca::CertificateView view = leaf(made);
  EXPECT_EQ(reply.certificate_times.value().not_before, view.not_before);
  EXPECT_EQ(reply.certificate_times.value().not_after, view.not_after);
  // The next but one is there after three days.
  EXPECT_EQ(reply.cached_for, days(3) - hours(30));
  const auto posted = world.post(client, made.body["star-certificate"], "");
  EXPECT_EQ(posted.value().body, reply.body);
  EXPECT_FALSE(posted.value().cached_for);
}

// RFC8739-3.1.1 RFC8739-3.5: a certificate is not given out under two URLs.
TEST_F(AutoRenewal, CertificateResourceDoesNotHaveIt) {
  const ClientOrder made = finalized(wanted());
  std::string url = made.body["star-certificate"];
  url.replace(url.find("/star/"), 6, "/cert/");
  refusal_of(world.post(client, url, ""), ProblemType::malformed);
}

// RFC8739-2.3 RFC8739-3.1.2
TEST_F(AutoRenewal, CancellationEndsItForGood) {
  const ClientOrder made = finalized(wanted());
  for (const char* wrong : {"{}", R"({"status":"valid"})", R"({"status":"deactivated"})", "[]"}) {
    refusal_of(world.post(client, made.url, wrong), ProblemType::malformed);
  }
  const ca::Time end = leaf(made).not_after;
  const Json canceled = body_of(cancel(made));
  EXPECT_EQ(canceled["status"], "canceled");
  EXPECT_EQ(canceled["expires"], ca::rfc3339(end));
  refusal_of(get(made), ProblemType::auto_renewal_canceled);
  refusal_of(world.post(client, made.body["star-certificate"], ""),
             ProblemType::auto_renewal_canceled);
  refusal_of(cancel(made), ProblemType::auto_renewal_cancellation_invalid);
  pass(hours(72));
  EXPECT_EQ(signatures(), 1U);
  EXPECT_EQ(look(made)["status"], "canceled");
}

// RFC8739-3.1.2
TEST_F(AutoRenewal, CancellationIsForValidOrdersThatRenewThemselves) {
  const auto reply = order(payload(wanted()));
  const ClientOrder pending{reply.value().location.value(), body_of(reply)};
  refusal_of(cancel(pending), ProblemType::auto_renewal_cancellation_invalid);
  EXPECT_EQ(look(pending)["status"], "pending");
  const ClientOrder plain = ordered(world, client, {"c.example"});
  refusal_of(cancel(plain), ProblemType::malformed);
  const JwsClient other = registered(world);
  refusal_of(world.post(other, pending.url, R"({"status":"canceled"})"), ProblemType::unauthorized);
}

// RFC8739-3.1.2 BR-6.1.1.3
TEST_F(AutoRenewal, RevocationIsRefusedAndACompromisedKeyIsNotRenewed) {
  const ClientOrder made = finalized(wanted());
  const std::string der = ca::from_pem("CERTIFICATE", get(made).value().body).value().front();
  const auto revoke = [&](const JwsClient& who, const char* reason) {
    return world.post(who, world.url(acme::paths::kRevokeCert),
                      R"({"certificate":")" + ca::base64url(der) + R"(","reason":)" + reason + "}");
  };
  const JwsClient stranger = registered(world);
  const auto advice = [&](const JwsClient& who, const char* reason) {
    const auto refused = revoke(who, reason);
    refusal_of(refused, ProblemType::auto_renewal_revocation_not_supported);
    return refused.error().detail();
  };
  EXPECT_EQ(advice(stranger, "1").find("keyCompromise"), std::string::npos);
  EXPECT_EQ(advice(stranger, "1").find("blocked"), std::string::npos);
  EXPECT_NE(advice(client, "4").find("or say with reason keyCompromise"), std::string::npos);
  pass(hours(25));
  EXPECT_EQ(signatures(), 2U);
  const std::string said = advice(client, "1");
  EXPECT_NE(said.find("its key is blocked"), std::string::npos) << said;
  EXPECT_EQ(said.find("say with"), std::string::npos) << "that has just been said";
  pass(hours(72));
  EXPECT_EQ(signatures(), 2U);
  EXPECT_EQ(look(made)["error"]["type"], "urn:ietf:params:acme:error:badCSR");
}

// RFC8739-2.2 S17
TEST_F(AutoRenewal, WaitsForAStopToEnd) {
  const ClientOrder made = finalized(wanted());
  stop_all();
  pass(hours(60));
  EXPECT_EQ(signatures(), 1U);
  refusal_of(get(made), ProblemType::server_internal);
  EXPECT_EQ(look(made)["status"], "valid");
  resume_all();
  pass(hours(1));
  EXPECT_EQ(signatures(), 2U);
  EXPECT_LE(leaf(made).not_before, world.clock.seconds());
}

// RFC8739-3.5 T-B1
TEST_F(AutoRenewal, GoesOnAfterARestartAndSkipsWhatFellIntoIt) {
  const ClientOrder made = finalized(wanted());
  world.clock.advance(days(5) + hours(6));
  world.restart();
  world.work();
  EXPECT_EQ(signatures(), 2U);
  EXPECT_EQ(leaf(made).not_after, start + days(8));
  pass(hours(48));
  EXPECT_EQ(signatures(), 3U);
}

// RFC8739-3.3
TEST_F(AutoRenewal, AnOutageUntilTheEndIsSaidInTheOrder) {
  const ClientOrder made = finalized(wanted());
  world.clock.advance(days(11));
  world.restart();
  world.work();
  EXPECT_EQ(signatures(), 1U);
  EXPECT_EQ(look(made)["error"]["type"], "urn:ietf:params:acme:error:serverInternal");
}

// RFC8739-2.2 ACME-STATUS-2
TEST_F(AutoRenewal, EndsWithItsAccount) {
  const ClientOrder made = finalized(wanted());
  body_of(world.post(client, *client.account(), R"({"status":"deactivated"})"));
  pass(hours(72));
  EXPECT_EQ(signatures(), 1U);
}

// RFC8739-2.2 BR-4.2.1
TEST_F(AutoRenewal, EndsWithItsAuthorizations) {
  const ClientOrder made = finalized(wanted());
  body_of(world.post(client, made.authorization(1), R"({"status":"deactivated"})"));
  pass(hours(72));
  EXPECT_EQ(signatures(), 1U);
  EXPECT_EQ(look(made)["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  EXPECT_EQ(look(made)["status"], "valid");
  // The newest one has ended meanwhile, and why is said there too.
  refusal_of(get(made), ProblemType::unauthorized);
}

// BR-4.2.1: an authorization that would not last is not used again.
TEST_F(AutoRenewal, ProvesNamesAnewThatWouldNotLast) {
  body_of(order(payload(wanted())));
  ClientOrder first = ready_order(world, client, kRenewedNames);
  pass(hours(15 * 24));
  Json later = wanted();
  later["end-date"] = ca::rfc3339(world.clock.seconds() + days(18));
  EXPECT_EQ(body_of(order(payload(later)))["status"], "pending");
  later["end-date"] = ca::rfc3339(world.clock.seconds() + days(10));
  EXPECT_EQ(body_of(order(payload(later)))["status"], "ready");
}

// BR-4.2.2.1
TEST_F(AutoRenewal, AsksForCaaBeforeEachCertificateAndEndsWhenItForbids) {
  const ClientOrder made = finalized(wanted());
  world.dns.forget_questions();
  pass(hours(25));
  EXPECT_THAT(world.dns.questions(), testing::Contains("CAA a.example"));
  EXPECT_THAT(world.dns.questions(), testing::Contains("CAA b.example"));
  EXPECT_EQ(signatures(), 2U);
  world.dns.set_caa("b.example", {{.flags = 0, .tag = "issue", .value = "other.example"}});
  pass(hours(60));
  EXPECT_EQ(signatures(), 2U);
  EXPECT_FALSE(look(made).contains("error"));  // records may be put right until then
  pass(hours(24));
  EXPECT_EQ(look(made)["error"]["type"], "urn:ietf:params:acme:error:caa");
  world.dns.set_caa("b.example", {});
  pass(hours(24));
  EXPECT_EQ(signatures(), 2U);
}

// RFC8739-2.2 REV-20
TEST_F(AutoRenewal, EndsWhenTheCaTakesItsCertificateBack) {
  const ClientOrder made = finalized(wanted());
  acme::IncidentRecord record;
  record.opened_at = world.clock.seconds();
  record.revoke_at = world.clock.seconds() + hours(30);
  open_incident(record, {leaf(made).serial});
  pass(hours(26));
  EXPECT_EQ(signatures(), 1U);
  EXPECT_TRUE(look(made).contains("error"));
  pass(hours(8));
  refusal_of(get(made), ProblemType::unauthorized);
}

// RFC8739-3.1.1 RFC8739-3.5
TEST_F(AutoRenewal, BeginsAtItsStartDateAndNotSooner) {
  Json renewal = wanted();
  renewal["start-date"] = ca::rfc3339(start + days(3));
  const ClientOrder made = finalized(renewal);
  EXPECT_EQ(made.body["status"], "processing");
  EXPECT_EQ(world.post(client, made.url, "").value().retry_after, days(3));
  pass(hours(30));
  world.restart();
  pass(hours(30));
  EXPECT_EQ(look(made)["status"], "processing");
  EXPECT_EQ(signatures(), 0U);
  pass(hours(12));
  EXPECT_EQ(look(made)["status"], "valid");
  EXPECT_EQ(leaf(made).not_before, start + days(3));
  EXPECT_EQ(leaf(made).not_after, start + days(5));
}

// RFC8555-7.5.2 RFC8739-3.1.1
TEST_F(AutoRenewal, ThatWaitsForItsStartDateHoldsNoAuthorization) {
  Json renewal = wanted();
  renewal["start-date"] = ca::rfc3339(start + days(3));
  const ClientOrder made = finalized(renewal);
  body_of(world.post(client, made.authorization(0), R"({"status":"deactivated"})"));
  pass(hours(73));
  EXPECT_EQ(look(made)["status"], "invalid");
  EXPECT_EQ(signatures(), 0U);
}

// RFC8555-7.4 RFC8739-3.1.1
TEST_F(AutoRenewal, AndOtherOrdersForTheSameNamesAreNotTheSame) {
  const auto plain = ordered(world, client, kRenewedNames);
  const auto renewing = order(payload(wanted()));
  EXPECT_NE(renewing.value().location, plain.url);
  EXPECT_EQ(ordered(world, client, kRenewedNames).url, plain.url);
  EXPECT_NE(order(payload(wanted())).value().location, renewing.value().location);
}

// T-C9 I3 RFC8739-3.5: what a store must not say of such an order.
TEST_F(AutoRenewal, WhatCannotBeTrueIsFound) {
  const ClientOrder made = finalized(wanted());
  pass(hours(25));
  const auto id = acme::OrderId::parse(made.url.substr(made.url.rfind('/') + 1)).value();
  const std::string second = acme::star_certificate_key(id, 1);
  using Renewal = acme::AutoRenewalRecord;
  using Attempt = acme::StarCertificateRecord;
  const auto faults_after = [&](auto&& change) {
    const auto before = world.store->read([&](const storage::Snapshot& snapshot) {
      return std::pair(acme::kAutoRenewals.get(snapshot, id.octets()).value(),
                       acme::kStarCertificates.get(snapshot, second).value());
    });
    auto [renewal, attempt] = before;
    change(renewal, attempt);
    const auto put = [&](const Renewal& one, const Attempt& other) {
      world.store->write_and_wait([&](storage::Transaction& transaction) {
        acme::kAutoRenewals.put(transaction, id.octets(), one);
        acme::kStarCertificates.put(transaction, second, other);
      });
    };
    put(renewal, attempt);
    std::string all;
    for (const std::string& fault : faults_of(*world.store, world.issuers())) all += fault + "\n";
    put(before.first, before.second);
    return all;
  };
  using testing::HasSubstr;
  EXPECT_EQ(faults_after([](Renewal&, Attempt&) {}), "");
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.index = 0; }),
              HasSubstr("two certificates for one place in its schedule"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.index = 2; }),
              HasSubstr("not as long as its schedule says"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.not_after += hours(1); }),
              HasSubstr("other times than it has named"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.serial[3] ^= 1; }),
              HasSubstr("which is not in the ledger"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.serial[3] ^= 1; }),
              HasSubstr("which does not note it"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.caa[1].checked_at -= hours(10); }),
              HasSubstr("CAA of \"b.example\" was not checked"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.caa.pop_back(); }),
              HasSubstr("without a CAA check of its own of \"b.example\""));
  EXPECT_THAT(faults_after([](Renewal& each, Attempt&) {
                each.problem = acme::Problem(ProblemType::caa, "a test");
              }),
              HasSubstr("says why it does not renew itself, which the audit log does not"));
  EXPECT_THAT(faults_after([](Renewal&, Attempt& each) { each.issued = false; }),
              HasSubstr("shows another certificate than its newest"));
  EXPECT_THAT(faults_after([&](Renewal& each, Attempt&) { each.end_date = start + days(3); }),
              HasSubstr("ends after its end date"));
  EXPECT_THAT(faults_after([](Renewal& each, Attempt&) { each.current_end -= hours(1); }),
              HasSubstr("another end than that of its newest"));
  EXPECT_THAT(faults_after([&](Renewal& each, Attempt&) { each.canceled_at = start; }),
              HasSubstr("is canceled, which is not the last thing the audit log says"));
  EXPECT_THAT(faults_after([](Renewal& each, Attempt&) {
                each.attempts = 1;
                each.current = 0;
              }),
              HasSubstr("does not count a certificate of it"));
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    for (const seconds due : {seconds(0), seconds(days(3))}) {
      acme::kDueWork.erase(
          transaction,
          acme::WorkKey{start + due, acme::WorkKind::renew_certificate, id.octets()}.encode());
    }
  });
  world.is_tampered = true;
  EXPECT_THAT(faults_of(*world.store, world.issuers()),
              testing::Contains(HasSubstr("renews itself but no work is due for it")));
}

// T-B7 R1 RFC8739-2.2: the process ends at every point of a renewal.
TEST(AutoRenewalCrash, LeavesASoundStoreAndTheNextRunGoesOn) {
  bool was_killed = true;
  for (std::size_t handlers = 1; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    ToBeRenewed renewed;
    was_killed = renewed.world.work_until_killed(handlers);
    renewed.world.restart();
    renewed.settle();
    EXPECT_EQ(
        renewed.fetch().value().certificate_times.value().not_after - renewed.world.clock.seconds(),
        days(2) - hours(13) - minutes(6));
    ASSERT_LT(handlers, 100);
  }
}

// RFC8739-3.1.2: what is being signed when the order is canceled is not given out either.
TEST(AutoRenewalCrash, AndThenACancellationLeaveNoSerialInDoubt) {
  bool was_killed = true;
  std::size_t doubtful = 0;
  for (std::size_t handlers = 1; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    ToBeRenewed renewed;
    World& world = renewed.world;
    was_killed = world.work_until_killed(handlers);
    world.restart();
    body_of(world.post(renewed.client, renewed.made.url, R"({"status":"canceled"})"));
    renewed.settle();
    refusal_of(renewed.fetch(), ProblemType::auto_renewal_canceled);
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (entry.certificate.empty()) {
          ++doubtful;
          EXPECT_TRUE(entry.revoked);
        }
        return storage::Scan::proceed;
      });
    });
    ASSERT_LT(handlers, 100);
  }
  EXPECT_GT(doubtful, 0U);
}

// RFC8739-3.1.2: a cancellation at any point of a renewal is the end. That none was given out after
// it is what the proof at the end of a world says, by the order of the audit log.
TEST(AutoRenewalRace, CancellationAmidARenewalIsTheEnd) {
  bool was_running = true;
  std::size_t overtaken = 0;
  for (std::size_t handlers = 1; was_running; ++handlers) {
    SCOPED_TRACE(handlers);
    ToBeRenewed renewed;
    World& world = renewed.world;
    boost::asio::io_context context;
    bool has_ended = false;
    boost::asio::co_spawn(context, world.runner->step(),
                          [&](std::exception_ptr, std::size_t) { has_ended = true; });
    for (std::size_t i = 0; i < handlers && context.run_one() > 0; ++i) {
    }
    was_running = !has_ended;
    body_of(world.post(renewed.client, renewed.made.url, R"({"status":"canceled"})"));
    context.run();
    renewed.settle();
    refusal_of(renewed.fetch(), ProblemType::auto_renewal_canceled);
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (entry.certificate.empty()) ++overtaken;
        EXPECT_EQ(entry.certificate.empty(), entry.revoked);
        return storage::Scan::proceed;
      });
    });
    ASSERT_LT(handlers, 100);
  }
  EXPECT_GT(overtaken, 0U);
}

}  // namespace
}  // namespace tests
