// Accounts: making, finding, changing and ending them.
#include "tests/scenario/world.h"

namespace tests {
namespace {

std::string new_account_url(const World& world) {
  return world.url(acme::paths::kNewAccount);
}

// RFC8555-7.3 WIR-14
TEST(NewAccount, CreatesOnceAndFindsAfterwards) {
  World world;
  const JwsClient client;
  const auto created =
      world.post(client, new_account_url(world), R"({"contact":["mailto:a@b.example"]})");
  ASSERT_TRUE(created.has_value());
  EXPECT_EQ(created->outcome, acme::Outcome::created);
  ASSERT_TRUE(created->location.has_value());
  const Json body = body_of(created);
  EXPECT_EQ(body["status"], "valid");
  EXPECT_EQ(body["contact"], Json::array({"mailto:a@b.example"}));
  EXPECT_EQ(body["orders"], *created->location + "/orders");

  // RFC 8555 §7.3.1: the account as it is, whatever else the request says.
  const auto found =
      world.post(client, new_account_url(world), R"({"contact":["mailto:c@d.example"]})");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->outcome, acme::Outcome::ok);
  EXPECT_EQ(found->location, created->location);
  EXPECT_EQ(body_of(found), body);
}

// RFC8555-7.3.1 WIR-14
TEST(NewAccount, OnlyReturnsExistingWhenAskedSo) {
  World world;
  const JwsClient client;
  const std::string only = R"({"onlyReturnExisting":true,"contact":["mailto:a@b.example"]})";
  refusal_of(world.post(client, new_account_url(world), only), ProblemType::account_does_not_exist);
  const auto created = world.post(client, new_account_url(world), "{}");
  const auto found = world.post(client, new_account_url(world), only);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->outcome, acme::Outcome::ok);
  EXPECT_EQ(found->location, created.value().location);
}

// RFC8555-7.3
TEST(NewAccount, WantsTheTermsAgreedToOnlyIfThereAreAny) {
  World world;
  world.meta.terms_of_service = "https://ca.example/terms";
  const JwsClient client;
  const auto refused =
      world.post(client, new_account_url(world), R"({"termsOfServiceAgreed":false})");
  EXPECT_NE(refusal_of(refused, ProblemType::user_action_required).find("https://ca.example/terms"),
            std::string::npos);
  // RFC 8555 §7.3.3
  ASSERT_EQ(refused.error().links().size(), 1);
  EXPECT_EQ(refused.error().links()[0].url, "https://ca.example/terms");
  EXPECT_EQ(refused.error().links()[0].relation, "terms-of-service");
  EXPECT_EQ(refused.error().location(), std::nullopt);
  const auto accepted =
      world.post(client, new_account_url(world), R"({"termsOfServiceAgreed":true})");
  EXPECT_EQ(body_of(accepted)["termsOfServiceAgreed"], true);
}

// RFC8555-7.3
TEST(NewAccount, RefusesBadContactsAndCreatesNothing) {
  World world;
  const JwsClient client;
  refusal_of(world.post(client, new_account_url(world), R"({"contact":["tel:+431"]})"),
             ProblemType::unsupported_contact);
  refusal_of(world.post(client, new_account_url(world), R"({"contact":["mailto:nobody"]})"),
             ProblemType::invalid_contact);
  refusal_of(world.post(client, new_account_url(world), R"({"onlyReturnExisting":true})"),
             ProblemType::account_does_not_exist);
}

// RFC8555-7.3.2
TEST(UpdateAccount, ReplacesAndClearsContactsAndIgnoresTheRest) {
  World world;
  const JwsClient client = registered(world, R"({"contact":["mailto:a@b.example"]})");
  const std::string url = client.account().value();
  EXPECT_EQ(read(world, client, url)["contact"], Json::array({"mailto:a@b.example"}));
  EXPECT_EQ(body_of(world.post(client, url,
                               R"({"contact":["mailto:c@d.example"],"orders":"x"})"))["contact"],
            Json::array({"mailto:c@d.example"}));
  EXPECT_EQ(body_of(world.post(client, url, R"({"status":"revoked"})"))["status"], "valid");
  refusal_of(world.post(client, url, R"({"contact":["ftp://a.example"]})"),
             ProblemType::unsupported_contact);
  EXPECT_EQ(read(world, client, url)["contact"], Json::array({"mailto:c@d.example"}));
  body_of(world.post(client, url, R"({"contact":[]})"));
  EXPECT_EQ(read(world, client, url).value("contact", Json::array()), Json::array());
}

TEST(UpdateAccount, RefusesTheUrlOfAnotherAccount) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  refusal_of(world.post(client, other.account().value(), ""), ProblemType::unauthorized);
  refusal_of(world.post(client, other.account().value(), R"({"status":"deactivated"})"),
             ProblemType::unauthorized);
  EXPECT_EQ(read(world, other, other.account().value())["status"], "valid");
}

// RFC8555-7.3.6 T-D9
TEST(UpdateAccount, DeactivationEndsEveryAccess) {
  World world;
  JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string challenge = challenge_of(world, client, order, 0);
  const auto reply = world.post(client, client.account().value(), R"({"status":"deactivated"})");
  EXPECT_EQ(body_of(reply)["status"], "deactivated");
  const std::vector<std::string> urls{client.account().value(),
                                      order.url,
                                      order.finalize(),
                                      order.authorization(0),
                                      challenge,
                                      world.url(acme::paths::kNewOrder),
                                      client.account().value() + "/orders"};
  for (const std::string& url : urls) {
    SCOPED_TRACE(url);
    refusal_of(world.post(client, url, "{}"), ProblemType::unauthorized);
  }
  client.forget_account();
  refusal_of(world.post(client, new_account_url(world), "{}"), ProblemType::unauthorized);
}

// T-D9 T-B6
TEST(UpdateAccount, DeactivationWinsAgainstRequestsThatWereAuthenticatedBefore) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string challenge = challenge_of(world, client, order, 0);
  auto late_order = world.prepared(client, world.url(acme::paths::kNewOrder),
                                   R"({"identifiers":[{"type":"dns","value":"b.example"}]})");
  auto late_challenge = world.prepared(client, challenge, "{}");
  auto late_contact = world.prepared(client, client.account().value(), R"({"contact":[]})");
  auto late_withdrawal =
      world.prepared(client, order.authorization(0), R"({"status":"deactivated"})");
  body_of(world.post(client, client.account().value(), R"({"status":"deactivated"})"));
  std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> late;
  late.push_back(std::move(late_order));
  late.push_back(std::move(late_challenge));
  late.push_back(std::move(late_contact));
  late.push_back(std::move(late_withdrawal));
  for (const auto& reply : World::run_together(std::move(late))) {
    refusal_of(reply, ProblemType::unauthorized);
  }
}

// RFC8555-7.1.2.1 WIR-10
TEST(AccountOrders, AreListedPageByPageWithoutInvalidOnes) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  ordered(world, other, {"other.example"});
  std::vector<std::string> expected;
  for (int i = 0; i < 105; ++i) {
    world.clock.advance(std::chrono::milliseconds(2));
    expected.push_back(ordered(world, client, {"n" + std::to_string(i) + ".example"}).url);
  }
  const Json withdrawn = read(world, client, expected.at(7));
  body_of(world.post(client, withdrawn["authorizations"][0], R"({"status":"deactivated"})"));
  expected.erase(expected.begin() + 7);

  const std::string list = client.account().value() + "/orders";
  std::vector<std::string> all;
  std::vector<std::size_t> sizes;
  std::optional<std::string> next = list;
  while (next) {
    const auto page = world.post(client, *next, "");
    const auto orders = body_of(page)["orders"].get<std::vector<std::string>>();
    all.insert(all.end(), orders.begin(), orders.end());
    sizes.push_back(orders.size());
    ASSERT_LE(page->links.size(), 1);
    next.reset();
    if (page->links.empty()) break;
    EXPECT_EQ(page->links[0].relation, "next");
    next = page->links[0].url;
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{20, 20, 20, 20, 20, 4}));
  EXPECT_EQ(all, expected);

  refusal_of(world.post(other, list, ""), ProblemType::unauthorized);
}

/// The order's id, as in a cursor.
std::string id_in(const std::string& url) {
  return url.substr(url.rfind('/') + 1);
}

// RFC8555-7.1.2.1
TEST(AccountOrders, EndWithoutALinkWhenAPageIsExactlyFull) {
  World world;
  const JwsClient client = registered(world);
  const std::string list = client.account().value() + "/orders";
  EXPECT_EQ(body_of(world.post(client, list, ""))["orders"], Json::array());
  for (int i = 0; i < 20; ++i) ordered(world, client, {"n" + std::to_string(i) + ".example"});
  const auto full = world.post(client, list, "");
  EXPECT_EQ(body_of(full)["orders"].size(), 20);
  EXPECT_TRUE(full->links.empty());
}

// RFC8555-7.1.2.1: a page of a list that holds next to nothing still ends and leads on.
TEST(AccountOrders, ReadNoMoreThanABoundedNumberOfInvalidOnes) {
  World world;
  const JwsClient client = registered(world);
  for (int i = 0; i < 130; ++i) {
    world.clock.advance(std::chrono::milliseconds(2));
    ordered(world, client, {"n" + std::to_string(i) + ".example"});
  }
  world.clock.advance(std::chrono::hours(24 * 30));  // all of them have expired
  const std::string last = ordered(world, client, {"last.example"}).url;
  const auto first = world.post(client, client.account().value() + "/orders", "");
  EXPECT_EQ(body_of(first)["orders"], Json::array());
  ASSERT_EQ(first->links.size(), 1);
  const auto second = world.post(client, first->links[0].url, "");
  EXPECT_EQ(body_of(second)["orders"], Json::array({last}));
  EXPECT_TRUE(second->links.empty());
}

// RFC8555-7.1.2.1
TEST(AccountOrders, TakeNoCursorButTheirOwn) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const std::string mine = id_in(ordered(world, client, {"a.example"}).url);
  const std::string theirs = id_in(ordered(world, other, {"b.example"}).url);
  const std::string list = client.account().value() + "/orders";
  EXPECT_EQ(body_of(world.post(client, list + "?cursor=" + mine, ""))["orders"], Json::array());
  for (const std::string& query :
       {std::string("x"), std::string("cursor"), std::string("cursor="), "cursor=" + theirs,
        "cursor=" + mine + "&", "cursor=" + mine + "&cursor=" + mine, "cursor=" + mine + "A",
        "cursor=" + mine.substr(1), "cursor= " + mine, "Cursor=" + mine, "a=b&cursor=" + mine,
        "cursor=" + id_in(client.account().value()), std::string("cursor=0"),
        std::string("limit=5")}) {
    SCOPED_TRACE(query);
    refusal_of(world.post(client, list + "?" + query, ""), ProblemType::malformed);
  }
}

}  // namespace
}  // namespace tests
