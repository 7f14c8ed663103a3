// How orders end that wait for a review, and what is refused before they begin.
#include "acme/records/order_record.h"
#include "policy/domain_control/claims.h"
#include "policy/stops/stop.h"
#include "tests/scenario/reviewed_world.h"

namespace tests {
namespace {

class ReviewEnds : public Reviewed {
 protected:
  void set_suspended(policy::OrgValidationState state) {
    change_validation([&](policy::OrgValidation& validation) { validation.state = state; });
  }
  std::size_t claims() {
    return world.store->read([](const storage::Snapshot& snapshot) {
      std::size_t count = 0;
      snapshot.scan(policy::kDomainClaims.name(), "", [&](std::string_view, std::string_view) {
        ++count;
        return storage::Scan::proceed;
      });
      return count;
    });
  }
  void stop_profile() {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::stop(transaction, {policy::StopKind::profile, "ov"},
                          {.since = now(), .person = "alice", .reason = "incident 12"});
    });
  }
  /// The same catalog without the product.
  void withdraw_product() {
    std::vector<policy::Product> left;
    for (const policy::Product& each : world.catalog.versions()) {
      if (each.name != "ov") left.push_back(each);
    }
    world.catalog = policy::Catalog(std::move(left));
  }
};

// RFC8555-7.1.6: invalid is final, also for an order that was never finalized.
TEST_F(ReviewEnds, RefusalLastsForOrdersThatWereNotFinalized) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  const ClientOrder read_before = ready_order(world, client, {"b.example"});
  const ClientOrder finalized_before = ready_order(world, client, {"c.example"});
  set_suspended(policy::OrgValidationState::suspended);
  EXPECT_EQ(read(world, client, read_before.url)["status"], "invalid");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  refusal_of(world.post(client, finalized_before.finalize(), csr_payload(*key, {"c.example"})),
             ProblemType::order_not_ready);
  set_suspended(policy::OrgValidationState::valid);
  EXPECT_EQ(read(world, client, read_before.url)["status"], "invalid");
  EXPECT_EQ(read(world, client, finalized_before.url)["status"], "invalid");
}

// APP-A-2 APP-A-3 APP-A-10: most clients show the detail alone.
TEST_F(ReviewEnds, RefusalsSayWhereTheApplicationIs) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  const policy::ApplicationId id = applications().front().id;
  reject(id);
  const std::string detail = read(world, client, order.url)["error"]["detail"];
  EXPECT_NE(detail.find("no such company"), std::string::npos) << detail;
  EXPECT_NE(detail.find("https://ca.example/api/v1/applications/" + id.text()), std::string::npos)
      << detail;
}

// APP-A-11: a poll that can change nothing writes nothing.
TEST_F(ReviewEnds, PollsOfARejectedOrderRecordNoClaims) {
  const JwsClient client = client_with(acme::HoldMode::pending);
  const ClientOrder order = ordered(world, client, {"a.example"});
  reject(applications().front().id);
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  EXPECT_EQ(claims(), 0U);
}

// APP-A-9: what is not offered any more is not signed, least of all as something else.
TEST_F(ReviewEnds, HeldOrderOfAWithdrawnProductIsRefused) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder held = finalized(client, "a.example");
  approve(applications().front().id);
  withdraw_product();
  const Json ended = polled(client, held.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:invalidProfile");
}

TEST_F(ReviewEnds, ClaimedOrderOfAWithdrawnProductIsRefused) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder held = finalized(client, "a.example");
  approve(applications().front().id);
  read(world, client, held.url);
  withdraw_product();
  world.work();
  const Json ended = read(world, client, held.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:invalidProfile");
}

// APP-A-3: what changed between newOrder and finalize holds nobody up either.
TEST_F(ReviewEnds, HoldModeFailRefusesFinalizeToo) {
  const JwsClient other = client_with(acme::HoldMode::processing);
  finalized(other, "a.example");
  approve(applications().front().id);
  const JwsClient client = client_with(acme::HoldMode::fail);
  const ClientOrder order = ready_order(world, client, {"b.example"});
  rename_organization("Another Company Ltd");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto refused = world.post(client, order.finalize(), csr_payload(*key, {"b.example"}));
  const std::string detail = refusal_of(refused, ProblemType::user_action_required);
  ASSERT_EQ(applications().size(), 2U);
  EXPECT_EQ(applications().front().state, ApplicationState::draft);
  EXPECT_NE(detail.find(applications().front().id.text()), std::string::npos) << detail;
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

TEST_F(ReviewEnds, NothingIsOpenedWhileTheProfileIsStopped) {
  const JwsClient client = client_with(acme::HoldMode::fail);
  stop_profile();
  refusal_of(asked(client, acme::paths::kNewOrder, "a.example"), ProblemType::server_internal);
  refusal_of(asked(client, acme::paths::kNewApplication, "a.example"),
             ProblemType::server_internal);
  EXPECT_TRUE(applications().empty());
}

TEST_F(ReviewEnds, DraftsCountAsNewOrders) {
  world.limits.rates.insert_or_assign(policy::RateLimitId::new_orders_per_account,
                                      policy::Rate::make(2, std::chrono::hours(1)).value());
  const JwsClient client = client_with(acme::HoldMode::fail);
  refusal_of(asked(client, acme::paths::kNewOrder, "a.example"), ProblemType::user_action_required);
  // The draft that is there costs nothing.
  refusal_of(asked(client, acme::paths::kNewOrder, "a.example"), ProblemType::user_action_required);
  EXPECT_TRUE(asked(client, acme::paths::kNewApplication, "b.example"));
  refusal_of(asked(client, acme::paths::kNewOrder, "c.example"), ProblemType::rate_limited);
  refusal_of(asked(client, acme::paths::kNewApplication, "d.example"), ProblemType::rate_limited);
  EXPECT_EQ(applications().size(), 2U);
}

}  // namespace
}  // namespace tests
