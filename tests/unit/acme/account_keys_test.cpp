#include "acme/jose/account_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "ca/crypto/signer.h"
#include "storage/storage_error.h"

namespace acme {
namespace {

ca::PublicKey fresh_key() {
  return ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256)->public_key();
}

/// Whether both are one object, not only equal.
bool same_object(const ca::PublicKey& a, const ca::PublicKey& b) {
  return &a.state() == &b.state();
}

TEST(AccountKeyCache, ParsesAKeyOnce) {
  AccountKeyCache cache;
  const std::string spki = fresh_key().spki();
  const ca::PublicKey first = cache.key(spki);
  EXPECT_EQ(first.spki(), spki);
  EXPECT_TRUE(same_object(first, cache.key(spki)));
}

TEST(AccountKeyCache, GivesBackWhatItWasTold) {
  AccountKeyCache cache;
  const ca::PublicKey key = fresh_key();
  cache.remember(key);
  EXPECT_TRUE(same_object(key, cache.key(key.spki())));
}

TEST(AccountKeyCache, ForgetsTheKeyThatWasUsedLeastRecently) {
  AccountKeyCache cache(2);
  const ca::PublicKey a = fresh_key();
  const ca::PublicKey b = fresh_key();
  const ca::PublicKey c = fresh_key();
  cache.remember(a);
  cache.remember(b);
  cache.key(a.spki());
  cache.remember(c);
  EXPECT_TRUE(same_object(a, cache.key(a.spki())));
  EXPECT_TRUE(same_object(c, cache.key(c.spki())));
  EXPECT_FALSE(same_object(b, cache.key(b.spki())));
}

TEST(AccountKeyCache, ThrowsOnStoredBytesThatAreNoKey) {
  AccountKeyCache cache;
  const std::string spki = fresh_key().spki();
  for (const std::string& bytes :
       {std::string(), spki.substr(1), spki + "x", std::string(91, '\0')}) {
    EXPECT_THROW(cache.key(bytes), storage::CorruptRecord);
  }
}

TEST(AccountKeyCache, ServesManyThreads) {
  AccountKeyCache cache(4);
  std::vector<std::string> spkis;
  for (int i = 0; i < 8; ++i) spkis.push_back(fresh_key().spki());
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 100; ++i) {
        const std::string& spki = spkis[(t + i * i) % spkis.size()];
        EXPECT_EQ(cache.key(spki).spki(), spki);
      }
    });
  }
}

}  // namespace
}  // namespace acme
