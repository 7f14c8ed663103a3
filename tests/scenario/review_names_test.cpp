// Orders of a validated organization for names that people have to look at (docs/reviews.md).
#include "tests/scenario/reviewed_world.h"

namespace tests {
namespace {

class NamesToLookAt : public Reviewed {
 protected:
  std::vector<std::string> missing(const policy::ApplicationId& id) {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      const auto application = policy::kApplications.get(snapshot, id.octets()).value();
      const policy::Product& product =
          *world.catalog.version(application.product, application.product_version);
      const auto steps =
          policy::steps_missing(snapshot, application, product, GateName::org_vetting);
      return std::vector<std::string>(steps.begin(), steps.end());
    });
  }
  JwsClient validated(acme::HoldMode hold) {
    JwsClient client = client_with(acme::HoldMode::processing);
    finalized(client, "a.example");
    approve(applications().front().id);
    world.clock.advance(std::chrono::seconds(1));
    if (hold != acme::HoldMode::processing) client = client_with(hold);
    return client;
  }
};

// ALI-08 APP-A-7: the registrant of a domain is compared before anything names its organization;
// the organization itself is not looked at again.
TEST_F(NamesToLookAt, WaitForPeopleOnce) {
  const JwsClient client = validated(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "www.ministry.gov");
  EXPECT_EQ(order.body["status"], "processing");
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "processing");
  ASSERT_EQ(applications().size(), 2U);
  const policy::ApplicationId id = applications().front().id;
  EXPECT_EQ(missing(id), std::vector<std::string>{"registrant_match"});
  // The same again waits for the same.
  EXPECT_EQ(finalized(client, "www.ministry.gov").body["status"], "processing");
  EXPECT_EQ(applications().size(), 2U);
  approve(id);
  EXPECT_EQ(polled(client, order.url)["status"], "valid");
  const ClientOrder next = finalized(client, "mail.ministry.gov");
  world.work();
  EXPECT_EQ(read(world, client, next.url)["status"], "valid");
  EXPECT_EQ(finalized(client, "www.other.gov").body["status"], "processing");
  EXPECT_EQ(applications().size(), 3U);
}

// EVG-3.2.2.7 BR-4.2.1
TEST_F(NamesToLookAt, AreThoseInOtherCharactersToo) {
  const JwsClient client = validated(acme::HoldMode::processing);
  EXPECT_EQ(finalized(client, "xn--ggle-55da.com").body["status"], "processing");
  EXPECT_EQ(missing(applications().front().id), std::vector<std::string>{"denied_lists"});
  EXPECT_EQ(certificates(), 0U);
}

// APP-A-3
TEST_F(NamesToLookAt, AreRefusedWhereTheKeySaysSo) {
  const JwsClient client = validated(acme::HoldMode::fail);
  EXPECT_TRUE(asked(client, acme::paths::kNewOrder, "b.example"));
  const std::string detail = refusal_of(asked(client, acme::paths::kNewOrder, "www.ministry.gov"),
                                        ProblemType::user_action_required);
  EXPECT_NE(detail.find(applications().front().id.text()), std::string::npos) << detail;
}

TEST_F(NamesToLookAt, KeepAnOrderPendingWhereTheKeySaysSo) {
  const JwsClient client = validated(acme::HoldMode::pending);
  const ClientOrder order = proven_order(world, client, {"www.ministry.gov"});
  EXPECT_EQ(order.body["status"], "pending");
  ASSERT_EQ(applications().size(), 2U);
  // APP-A-3: whoever tries all the same is told where to look.
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto refused =
      world.post(client, order.finalize(), csr_payload(*key, {"www.ministry.gov"}));
  const std::string detail = refusal_of(refused, ProblemType::order_not_ready);
  const std::string id = applications().front().id.text();
  EXPECT_NE(detail.find("/api/v1/applications/" + id), std::string::npos) << detail;
  ASSERT_EQ(refused.error().links().size(), 1U);
  EXPECT_TRUE(refused.error().links()[0].url.ends_with(id));
  approve(applications().front().id);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// APP-A-5: as often as people can be done with it.
TEST_F(NamesToLookAt, AreAskedForMoreOftenOnceSomebodyLooks) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  world.clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(world.post(client, order.url, "")->retry_after, std::chrono::hours(1));
  const auto task = world.store->read([&](const storage::Snapshot& snapshot) {
    return policy::tasks_of(snapshot, applications().front().id).front().id;
  });
  ASSERT_TRUE(act([&](const policy::Here& here) { return policy::claim_task(here, task); }));
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(world.post(client, order.url, "")->retry_after, std::chrono::minutes(15));
}

// APP-A-10: the reason is the true one.
TEST_F(NamesToLookAt, TellWhatAnOrderDiedOf) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  world.clock.advance(std::chrono::days(31));
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  const std::string detail = ended["error"]["detail"];
  EXPECT_NE(detail.find("still looking"), std::string::npos) << detail;
}

}  // namespace
}  // namespace tests
