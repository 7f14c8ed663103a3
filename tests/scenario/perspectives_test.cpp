// Corroboration in whole issuances: BR 3.2.2.9. The perspectives themselves, with sockets, are in
// tests/unit/server/perspectives_test.cpp.
#include "acme/validation/corroboration.h"

#include <utility>

#include "acme/authorization.h"
#include "acme/records/authorization_record.h"
#include "acme/records/order_record.h"
#include "ca/audit_log.h"
#include "ca/certificate_profile.h"
#include "tests/scenario/world.h"
#include "tests/support/test_ca.h"

namespace tests {
namespace {

using policy::Vote;

/// Four in three regions; those in a set do not agree.
class FakePerspectives final : public acme::Perspectives {
 public:
  boost::asio::awaitable<std::vector<Vote>> control(acme::ValidationSubject subject) override {
    asked.push_back("control " + ca::value_of(subject.identifier));
    co_return votes(not_control);
  }
  boost::asio::awaitable<std::vector<Vote>> caa(ca::DnsName name, acme::CaaApplicant) override {
    asked.push_back("caa " + name.text());
    co_return votes(not_caa.contains(name.text()) ? not_caa.at(name.text()) : std::set<int>{});
  }

  std::vector<std::string> asked;
  std::set<int> not_control;
  std::map<std::string, std::set<int>> not_caa;

 private:
  static std::vector<Vote> votes(const std::set<int>& dissenting) {
    const char* const regions[] = {"ripe", "arin", "apnic", "ripe", "arin"};
    std::vector<Vote> all;
    for (int i = 0; i < 5; ++i) {
      const bool agrees = !dissenting.contains(i);
      all.push_back({"p" + std::to_string(i), regions[i], "192.0.2." + std::to_string(i) + ":443",
                     agrees, agrees ? "seen" : "another token"});
    }
    return all;
  }
};

class Corroborated : public testing::Test {
 protected:
  Corroborated() { world.services->perspectives = &perspectives; }

  World world;
  FakePerspectives perspectives;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

std::size_t votes_in_audit(const World& world) {
  std::size_t count = 0;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
      for (const auto& [name, value] : entry.facts) {
        if (name == "hop" && value.starts_with("perspective p")) ++count;
      }
      return storage::Scan::proceed;
    });
  });
  return count;
}

// A-4 M-8: every vote is stored, with address and reason.
TEST_F(Corroborated, KeepsEveryVote) {
  perspectives.not_control = {3};
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
  EXPECT_EQ(perspectives.asked, (std::vector<std::string>{"control a.example", "caa a.example"}));
  EXPECT_EQ(votes_in_audit(world), 5);
  world.store->read([&](const storage::Snapshot& snapshot) {
    acme::kAuthorizations.scan_prefix(
        snapshot, "", [&](std::string_view, const acme::AuthorizationRecord& record) {
          const auto& decided = *acme::deciding_challenge(record);
          EXPECT_EQ(decided.hops.back(), "corroborated by 4 of 5 perspectives");
          EXPECT_EQ(decided.hops.at(decided.hops.size() - 3),
                    "perspective p3 (ripe, 192.0.2.3:443) does not agree: another token");
          EXPECT_NE(decided.caa.value().found.find("corroborated by 5 of 5"), std::string::npos);
          return storage::Scan::proceed;
        });
  });
}

// M-1: not met, not issued.
TEST_F(Corroborated, RefusesWithoutAQuorum) {
  perspectives.not_control = {1, 4};
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  body_of(world.post(client, url, "{}"));
  world.work();
  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  const std::string detail = challenge["error"]["detail"];
  EXPECT_NE(detail.find("2 of 5 remote perspectives did not agree"), std::string::npos) << detail;
  EXPECT_EQ(votes_in_audit(world), 5) << "also of an attempt that failed";
  EXPECT_EQ(perspectives.asked.size(), 1U) << "CAA is not asked for in vain";
  // M-6: a new attempt begins anew.
  perspectives.not_control = {};
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
}

// M-6 T-A12: what some see at one attempt and others at the next adds up to nothing.
TEST_F(Corroborated, CountsNoVoteOfAnEarlierAttempt) {
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  for (const std::set<int>& dissenting : {std::set{1, 4}, std::set{0, 2}, std::set{3, 4}}) {
    perspectives.not_control = dissenting;
    const ClientOrder order = ordered(world, client, {"a.example"});
    body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
    world.work();
    EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  }
  EXPECT_EQ(perspectives.asked, std::vector<std::string>(3, "control a.example"))
      << "all of them anew";
}

// D-4 T-A12, SSL.com 2026: what all others say does not matter if we see nothing.
TEST_F(Corroborated, NeverTakesTheWordOfOthersForItsOwn) {
  world.fetcher.serve_challenges("a.example", "another-thumbprint");
  const ClientOrder order = ordered(world, client, {"a.example"});
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  EXPECT_TRUE(perspectives.asked.empty());
}

// M-7: the quorum holds for CAA by itself.
TEST_F(Corroborated, AsksForCaaByItself) {
  perspectives.not_caa["a.example"] = {0, 1};
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  body_of(world.post(client, url, "{}"));
  world.work();
  EXPECT_EQ(read(world, client, url)["error"]["type"], "urn:ietf:params:acme:error:caa");
  EXPECT_EQ(votes_in_audit(world), 10) << "M-8: five on control, and five on CAA";
}

// C-4 with M-7: a look-up before signing is corroborated too, each name for itself.
TEST_F(Corroborated, AsksAgainBeforeSigning) {
  const ClientOrder order = ready_order(world, client, {"a.example", "b.example"});
  world.clock.advance(std::chrono::hours(8));
  perspectives.asked.clear();
  perspectives.not_caa["b.example"] = {0, 1};
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example", "b.example"})));
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:caa");
  EXPECT_EQ(ended["error"]["subproblems"].size(), 1U);
  std::ranges::sort(perspectives.asked);
  EXPECT_EQ(perspectives.asked, (std::vector<std::string>{"caa a.example", "caa b.example"}));
  // M-8: which name, why, and who saw what.
  std::vector<std::string> facts;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
      if (entry.event != "order.caa_refused") return storage::Scan::proceed;
      for (const auto& [name, value] : entry.facts) facts.push_back(name + " " + value);
      return storage::Scan::proceed;
    });
  });
  ASSERT_EQ(facts.size(), 8U) << "a name, a reason, five votes, and what they came to";
  EXPECT_EQ(facts.at(0), "identifier b.example");
  EXPECT_NE(facts.at(1).find("2 of 5 remote perspectives did not agree"), std::string::npos);
  EXPECT_EQ(facts.at(2), "vote perspective p0 (ripe, 192.0.2.0:443) does not agree: another token");
  EXPECT_EQ(facts.at(7), "vote corroborated by 3 of 5 perspectives");
}

// T-B14 M-1: what was proven while nobody else was asked counts for nothing once others are.
TEST_F(Corroborated, TakesNothingThatWasProvenBeforeOthersWereAsked) {
  world.services->perspectives = nullptr;
  const ClientOrder ready = ready_order(world, client, {"a.example"});
  world.services->perspectives = &perspectives;
  EXPECT_EQ(ordered(world, client, {"a.example"}).body["status"], "pending")
      << "neither the order that is open nor its authorization";
  body_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  const Json ended = read(world, client, ready.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
  EXPECT_EQ(ordered(world, client, {"a.example"}).body["status"], "ready")
      << "what they have corroborated counts again";
}

// M-1: five from 2026-12-15 on. The world begins on 2026-12-01.
TEST_F(Corroborated, CountsPerspectivesByTheDateOfTheAttempt) {
  class Four final : public acme::Perspectives {
    boost::asio::awaitable<std::vector<Vote>> control(acme::ValidationSubject) override {
      co_return votes();
    }
    boost::asio::awaitable<std::vector<Vote>> caa(ca::DnsName, acme::CaaApplicant) override {
      co_return votes();
    }
    static std::vector<Vote> votes() {
      return {{"a", "ripe", "1", true, ""},
              {"b", "arin", "2", true, ""},
              {"c", "apnic", "3", true, ""},
              {"d", "ripe", "4", true, ""}};
    }
  } four;
  world.services->perspectives = &four;
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
  world.clock.advance(std::chrono::hours(24 * 14));
  world.fetcher.serve_challenges("b.example", client.thumbprint());
  const ClientOrder order = ordered(world, client, {"b.example"});
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
}

/// A product for a network of one's own, and the one for the web.
policy::Catalog private_and_public() {
  policy::Product web = policy::Catalog().default_product();
  policy::Product own = web;
  own.name = "own";
  own.trust = policy::Trust::privately;
  own.profile = ca::find_profile("private");
  return policy::Catalog(std::vector<policy::Product>{own, web});
}

// BR 3.2.2.9 is about public trust: under private trust nobody else is asked, neither when a name
// is proven nor before it is signed, and what was proven so is proven anew for the web.
TEST(PrivateTrust, NeedsNobodyElse) {
  World world({}, private_and_public());
  const auto replaced = std::exchange(world.issuer, make_private_ca(world.clock.seconds()).issuer);
  world.restart();
  FakePerspectives perspectives;
  perspectives.not_control = {0, 1, 2, 3, 4};
  world.services->perspectives = &perspectives;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
  const ClientOrder later = ready_order(world, client, {"a.example"});
  world.clock.advance(std::chrono::hours(8));
  perspectives.not_caa["a.example"] = {0, 1};
  body_of(world.post(client, later.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, later.url)["status"], "valid");
  EXPECT_TRUE(perspectives.asked.empty());
  const auto web =
      world.post(client, world.url(acme::paths::kNewOrder),
                 R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":"dv"})");
  EXPECT_EQ(body_of(web)["status"], "pending") << "what nobody corroborated is not used again";
  EXPECT_EQ(ordered(world, client, {"a.example"}).body["status"], "ready");
}

}  // namespace
}  // namespace tests
