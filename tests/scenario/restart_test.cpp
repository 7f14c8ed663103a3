// What survives the end of the process, and what a signer that fails leaves behind.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "acme/fulfilment/due_work.h"
#include "acme/fulfilment/issuance_work.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"
#include "tests/support/run.h"

namespace tests {
namespace {

std::vector<ca::LedgerEntry> ledger_of(const World& world) {
  return world.store->read([](const storage::Snapshot& snapshot) {
    std::vector<ca::LedgerEntry> entries;
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
      entries.push_back(entry);
      return storage::Scan::proceed;
    });
    return entries;
  });
}

// T-B7
TEST(Restart, AttemptsEveryChallengeThatWasAcceptedBefore) {
  World world;
  const JwsClient client = registered(world);
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("n" + std::to_string(i) + ".example");
  const ClientOrder order = ordered(world, client, names);
  for (const std::string& name : names) world.fetcher.serve_challenges(name, client.thumbprint());
  for (std::size_t i = 0; i < names.size(); ++i) {
    body_of(world.post(client, challenge_of(world, client, order, i), "{}"));
  }
  world.restart();
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// T-B7 acme-3.10.3
TEST(Restart, GoesOnWithAnOrderThatHasNoSerialYet) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.restart();
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

// T-B3 acme-3.10.3
TEST(Restart, NeverSignsASerialAgainButFailsTheOrderAndRevokesTheSerial) {
  for (const auto fault : {SignerWatch::Fault::before_signing, SignerWatch::Fault::after_signing}) {
    World world;
    const JwsClient client = registered(world);
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const ClientOrder order = ready_order(world, client, {"a.example"});
    body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
    world.signer_watch.fault = fault;
    world.work();
    EXPECT_EQ(read(world, client, order.url)["status"], "processing");
    world.restart();
    world.work();
    const Json ended = read(world, client, order.url);
    EXPECT_EQ(ended["status"], "invalid");
    EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:serverInternal");
    EXPECT_EQ(ended["error"]["detail"],
              "the server stopped while it issued the certificate; please create a new order");
    const auto entries = ledger_of(world);
    ASSERT_EQ(entries.size(), 1);
    EXPECT_TRUE(entries[0].revoked);
    EXPECT_TRUE(entries[0].certificate.empty());
  }
}

// T-B3
TEST(Signer, ThatFailsEndsTheOrderWithoutARestartToo) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.signer_watch.fault = SignerWatch::Fault::after_signing;
  world.work();
  world.clock.advance(std::chrono::seconds(1));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  ASSERT_EQ(ledger_of(world).size(), 1);
  EXPECT_TRUE(ledger_of(world)[0].revoked);
  // The same names are issued at once under a new order.
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
}

TEST(Restart, RefusesNoncesOfTheEarlierRun) {
  World world;
  const JwsClient client = registered(world);
  const std::string nonce = world.nonces->issue();
  world.restart();
  const std::string url = client.account().value();
  const auto reply = acme::authenticate(*world.services, acme::Authentication::kid, url,
                                        client.request(url, nonce, ""));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().type(), ProblemType::bad_nonce);
}

/// A runner on threads of its own.
class RunningWork {
 public:
  explicit RunningWork(World& world)
      : runner_(*world.services, acme::DueWorkRunner::Executors::all_on(pool_.get_executor()), {}),
        running_(boost::asio::co_spawn(pool_, runner_.run(), boost::asio::use_future)) {}
  ~RunningWork() {
    boost::asio::co_spawn(pool_, runner_.stop(), boost::asio::use_future).get();
    running_.get();
    pool_.join();
  }
  RunningWork(const RunningWork&) = delete;
  RunningWork& operator=(const RunningWork&) = delete;
  acme::DueWorkRunner* operator->() { return &runner_; }

 private:
  boost::asio::thread_pool pool_{2};
  acme::DueWorkRunner runner_;
  std::future<void> running_;
};

// The real loop, with its own thread, instead of single steps.
TEST(Runner, PicksUpWorkAsSoonAsItIsWokenAndStops) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  RunningWork work(world);
  world.services->wake_due_work = [&] { work->wake(); };
  const auto wait_for = [&](const std::string& url, const std::string& status) {
    while (read(world, client, url)["status"] != status) std::this_thread::yield();
  };
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  const ClientOrder order = ordered(world, client, {"a.example"});
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  wait_for(order.url, "ready");
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  wait_for(order.url, "valid");
}

// RFC8555-7.4: "valid" in the answer to finalize spares the client the polling.
TEST(Runner, FinalizeAnswersWithTheCertificateIfItIsThereSoon) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  RunningWork work(world);
  world.services->finish_due_work = [&](acme::WorkKey piece, std::chrono::milliseconds) {
    return work->finish(std::move(piece), std::chrono::hours(1));
  };
  const Json answer =
      body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  EXPECT_EQ(answer["status"], "valid");
  EXPECT_TRUE(answer.contains("certificate"));
}

TEST(Runner, FinishReturnsAtOnceForAPieceThatHasEnded) {
  World world;
  RunningWork work(world);
  acme::WorkKey ended = acme::issuance_work(acme::OrderId::fresh(world.random, world.clock.now()));
  run(work->finish(std::move(ended), std::chrono::hours(1)));
}

TEST(Runner, FinishLosesPatienceWithAPieceThatDoesNotEnd) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  boost::asio::thread_pool pool(1);
  acme::DueWorkRunner asleep(  // nobody calls run()
      *world.services, acme::DueWorkRunner::Executors::all_on(pool.get_executor()), {});
  world.services->finish_due_work = [&](acme::WorkKey piece, std::chrono::milliseconds) {
    return asleep.finish(std::move(piece), std::chrono::milliseconds(1));
  };
  const Json answer =
      body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  EXPECT_EQ(answer["status"], "processing");
  pool.join();
}

TEST(Runner, RunsTheKindsOfOtherFloorsAndPostponesWhatFails) {
  World world;
  const acme::WorkKey good{acme::kAtOnce, acme::WorkKind::check_domains, std::string(16, 'a')};
  const acme::WorkKey bad{acme::kAtOnce, acme::WorkKind::check_domains, std::string(16, 'b')};
  const acme::WorkKey strange{acme::kAtOnce, acme::WorkKind::application_clock, "nobody runs it"};
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    for (const acme::WorkKey& key : {good, bad, strange}) acme::put_work(transaction, key);
  });
  const auto run_good_ones = [&](acme::WorkKey key) -> boost::asio::awaitable<void> {
    if (key == bad) throw std::runtime_error("not today");
    auto end = [key](storage::Transaction& transaction) {
      acme::kDueWork.erase(transaction, key.encode());
    };
    co_await world.store->write(std::move(end));
  };
  acme::DueWorkRunner runner(*world.services,
                             acme::DueWorkRunner::Executors::all_on(world.idle.get_executor()), {},
                             {{acme::WorkKind::check_domains, {run_good_ones, {4, 1}}}});
  run(runner.step());
  const auto is_there = [&](const acme::WorkKey& key) {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return acme::kDueWork.contains(snapshot, key.encode());
    });
  };
  acme::WorkKey later = bad;
  later.due = world.clock.seconds() + std::chrono::seconds(1);
  EXPECT_FALSE(is_there(good));
  EXPECT_FALSE(is_there(bad));
  EXPECT_TRUE(is_there(later));
  EXPECT_TRUE(is_there(strange));
}

}  // namespace
}  // namespace tests
