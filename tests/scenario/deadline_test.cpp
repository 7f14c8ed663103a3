// An attempt that does not end by itself is ended.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/scenario/world.h"
#include "tests/support/run.h"

namespace tests {
namespace {

/// A web server that accepts the request and never answers.
class SilentFetcher final : public acme::HttpFetcher {
 public:
  boost::asio::awaitable<acme::Result<acme::FetchedBody>> fetch(ca::Identifier,
                                                                std::string) override {
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    co_await never.async_wait(boost::asio::use_awaitable);
    co_return acme::refuse(ProblemType::connection, "never reached");
  }
};

// T-A18 R5
TEST(Deadline, EndsAnAttemptThatHangs) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  body_of(world.post(client, url, "{}"));

  SilentFetcher silent;
  acme::Services services{
      *world.store, *world.issuer, world.catalog, policy::SpecialUseNames::allowed_in_lab,
      world.random, world.clock,   *world.nonces, *world.keys,
      world.urls,   world.meta,    world.dns,     silent,
      world.prober, world.events,  world.limits,  world.reviews.surroundings(),
      world.polls,  [] {}};
  acme::DueWorkRunner::Limits limits;
  limits.validation_deadline = std::chrono::seconds(0);
  acme::DueWorkRunner runner(
      services, acme::DueWorkRunner::Executors::all_on(world.idle.get_executor()), limits);
  run(runner.step());

  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:connection");
}

}  // namespace
}  // namespace tests
