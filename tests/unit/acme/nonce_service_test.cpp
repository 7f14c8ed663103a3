#include "acme/nonce_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "ca/crypto/encoding.h"

namespace acme {
namespace {

// RFC8555-6.5
TEST(Nonce, IsGoodExactlyOnce) {
  ca::SystemRandom random;
  NonceService nonces(random);
  const std::string nonce = nonces.issue();
  EXPECT_TRUE(nonces.redeem(nonce));
  EXPECT_FALSE(nonces.redeem(nonce));
  EXPECT_FALSE(nonces.redeem(nonce));
}

// RFC8555-6.5.1 WIR-15
TEST(Nonce, IsBase64urlAndUnique) {
  ca::SystemRandom random;
  NonceService nonces(random);
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i) {
    const std::string nonce = nonces.issue();
    ASSERT_EQ(nonce.size(), 48U);
    ASSERT_TRUE(ca::from_base64url(nonce)) << nonce;
    seen.insert(nonce);
  }
  EXPECT_EQ(seen.size(), 2'000U);
}

// RFC8555-6.5: nonces may come back in any order.
TEST(Nonce, IsGoodInAnyOrderWithinTheWindow) {
  ca::SystemRandom random;
  NonceService nonces(random, 64);
  std::vector<std::string> issued;
  for (int i = 0; i < 64; ++i) issued.push_back(nonces.issue());
  std::ranges::reverse(issued);
  for (const std::string& nonce : issued) EXPECT_TRUE(nonces.redeem(nonce));
  for (const std::string& nonce : issued) EXPECT_FALSE(nonces.redeem(nonce));
}

// RFC8555-6.5 T-D13: memory is the window, so what has left it is refused, used or not.
TEST(Nonce, IsRefusedOutsideTheWindow) {
  ca::SystemRandom random;
  NonceService nonces(random, 8);
  const std::string unused = nonces.issue();
  const std::string used = nonces.issue();
  EXPECT_TRUE(nonces.redeem(used));
  std::vector<std::string> later;
  for (int i = 0; i < 8; ++i) later.push_back(nonces.issue());
  EXPECT_FALSE(nonces.redeem(unused));
  EXPECT_FALSE(nonces.redeem(used));
  for (const std::string& nonce : later) EXPECT_TRUE(nonces.redeem(nonce));
}

TEST(Nonce, AtTheEdgeOfTheWindowIsStillGood) {
  ca::SystemRandom random;
  NonceService nonces(random, 8);
  const std::string oldest = nonces.issue();
  for (int i = 0; i < 7; ++i) nonces.issue();
  EXPECT_TRUE(nonces.redeem(oldest));
}

// RFC8555-6.5 T-D13: a used nonce stays used while the ring turns over others.
TEST(Nonce, IsNeverGoodTwiceHoweverManyFollow) {
  ca::SystemRandom random;
  NonceService nonces(random, 16);
  std::vector<std::string> used;
  for (int i = 0; i < 200; ++i) {
    used.push_back(nonces.issue());
    EXPECT_TRUE(nonces.redeem(used.back()));
  }
  for (const std::string& nonce : used) EXPECT_FALSE(nonces.redeem(nonce));
}

// T-D13: after a restart the key is another one.
TEST(Nonce, OfAnotherProcessIsRefused) {
  ca::SystemRandom random;
  NonceService before(random);
  NonceService after(random);
  const std::string nonce = before.issue();
  after.issue();
  EXPECT_FALSE(after.redeem(nonce));
  EXPECT_TRUE(before.redeem(nonce));
}

// T-D13
TEST(Nonce, IsRefusedWithAnyCharacterChanged) {
  ca::SystemRandom random;
  NonceService nonces(random);
  const std::string nonce = nonces.issue();
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    std::string forged = nonce;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(nonces.redeem(forged)) << i;
  }
  EXPECT_TRUE(nonces.redeem(nonce));
}

// T-D13
TEST(Nonce, IsRefusedInAnyOtherShape) {
  using namespace std::string_literals;
  ca::SystemRandom random;
  NonceService nonces(random);
  const std::string nonce = nonces.issue();
  const std::string rows[] = {"",
                              "A",
                              nonce.substr(1),
                              nonce.substr(0, 47),
                              nonce.substr(0, 44),
                              nonce + "A",
                              nonce + "AAAA",
                              nonce + "=",
                              nonce + "\n",
                              " " + nonce.substr(1),
                              nonce + nonce,
                              std::string(48, 'A'),
                              std::string(48, '\0'),
                              std::string(48, '='),
                              "\xFF" + nonce.substr(1),
                              std::string(100'000, 'A')};
  for (const std::string& row : rows) EXPECT_FALSE(nonces.redeem(row)) << row.substr(0, 60);
  EXPECT_TRUE(nonces.redeem(nonce));
}

// NIST SP 800-38D §8.3: one key is used a bounded number of times.
TEST(Nonce, ComesFromAFreshKeyAfterTheLimitOfOne) {
  ca::SystemRandom random;
  NonceService nonces(random, 64, 4);
  std::vector<std::string> first;
  for (int i = 0; i < 4; ++i) first.push_back(nonces.issue());
  EXPECT_TRUE(nonces.redeem(first[0]));
  EXPECT_TRUE(nonces.redeem(first[3]));
  std::vector<std::string> second;
  for (int i = 0; i < 4; ++i) second.push_back(nonces.issue());
  for (const std::string& nonce : first) EXPECT_FALSE(nonces.redeem(nonce));
  for (const std::string& nonce : second) EXPECT_TRUE(nonces.redeem(nonce));
  for (const std::string& nonce : second) EXPECT_FALSE(nonces.redeem(nonce));
}

// T-D13
TEST(Nonce, IsWonByExactlyOneOf64Threads) {
  ca::SystemRandom random;
  NonceService nonces(random);
  constexpr int kThreads = 64;
  constexpr int kRounds = 40;
  std::vector<std::string> targets;
  for (int i = 0; i < kRounds; ++i) targets.push_back(nonces.issue());
  std::vector<std::atomic<int>> wins(kRounds);
  std::barrier start(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::size_t round = 0; round < kRounds; ++round) {
          start.arrive_and_wait();
          if (nonces.redeem(targets[round])) ++wins[round];
        }
      });
    }
  }
  for (const auto& winners : wins) EXPECT_EQ(winners.load(), 1);
}

TEST(Nonce, IsIssuedAndRedeemedByManyThreadsAtOnce) {
  ca::SystemRandom random;
  NonceService nonces(random);
  std::atomic<int> good = 0;
  std::atomic<int> replayed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          const std::string nonce = nonces.issue();
          if (nonces.redeem(nonce)) ++good;
          if (nonces.redeem(nonce)) ++replayed;
        }
      });
    }
  }
  EXPECT_EQ(good.load(), 4'000);
  EXPECT_EQ(replayed.load(), 0);
}

}  // namespace
}  // namespace acme
