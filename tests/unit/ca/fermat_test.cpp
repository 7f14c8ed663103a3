#include "ca/crypto/fermat.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/public_key.h"

namespace ca {
namespace {

// Products of two primes p and q of 1024 bits, made with Python integers; round n tries
// a = ceil(sqrt(pq)) + n, and finds a = (p+q)/2.

// q = nextprime(p + 2^64): round 0
constexpr std::string_view kPrimesNextToEachOther =
    "a7862a7ebc39a179e745fbff8b441f0b23755654b263cc729c60c4a8f356bbd3a382a926706cbdc5253566ff"
    "84310cb0b804eaf9b789ee0539d62ef92086bb036609d76b45e02daa1918f3892187dc25039837720d0dcf97"
    "0f4a7e6543a39ae6f33d281e722a00dc4efc4d0958ae713742f25b8525e821ae7baccc7342d0bb4e9592bcef"
    "505485c8760a6e77558db67ab661105d64b5df83b44b253ac2b3e76b94772186bb15d7e6aa886be4bf7cf6a9"
    "deb719ccac652be3684d819f41eaad35690590f52563daf3768d46000d90ace2cd85f4e79c3f01b3992639e1"
    "842a848e26e3d3bdc4b19ae2952b69bd85e6f373b880add1aa6eb3dc40e8debb05d0fc13";
// q = nextprime(p + 2^512/3): round 0
constexpr std::string_view kPrimesAThirdOf2To512Apart =
    "a7862a7ebc39a179e745fbff8b441f0b23755654b263cc729c60c4a8f356bbd3a382a926706cbdc5253566ff"
    "84310cb0b804eaf9b789ee0539d62ef92086bb03ab11801d1cb2974a5ddd3c39b2f14f0393f86de9b2a1c831"
    "7af0c7bc70b8ced7153fd7d0e106f3d26de5fb95393b5ad6aba31fa6a53e76af94811bfe93810bdb02ac29ae"
    "b6e4a6f991439b3b03b0edd5ccd5b77c285dc42f6bb760fadcbfb3da5fe515fc87f1c282b1cf701e2e622db4"
    "4ebd85f9aaa37766c401fbf35be63b0a7be716525ba638253875dbee4c47cd5785f96d76f82f85a6412dd263"
    "29474020719fc11a05b136f7599f8c6667adeb11b510bed5e0409ef8ffe90c6d7dc77611";
// round 99
constexpr std::string_view kFactoredInTheLastRound =
    "a7862a7ebc39a179e745fbff8b441f0b23755654b263cc729c60c4a8f356bbd3a382a926706cbdc5253566ff"
    "84310cb0b804eaf9b789ee0539d62ef92086bb17ed0f413339e4191957894a7059476c0bcf189beae7b64fcc"
    "792e6b0f09a91efe6c1780a3b4062201e96ad9feb932df70aedb26eba704a19c899c81b7b801b137dcd205ca"
    "a3a9ec4eefb96fa893b775678e5522aeae1b912721d7417505075541a213ccee07593466d162b9ff6e4df698"
    "8bc039c5720fbd7066f6675182315ebcd7f4607eda35e253283affbe8e17172d4ef589e2b3f08317e75691a5"
    "e99ddb94c1e592113e1787adee2fd4255bb2126aff16dbfd965a93152d34a5fec30b72b5";
// round 100
constexpr std::string_view kFactoredOneRoundLater =
    "a7862a7ebc39a179e745fbff8b441f0b23755654b263cc729c60c4a8f356bbd3a382a926706cbdc5253566ff"
    "84310cb0b804eaf9b789ee0539d62ef92086bb180766950c4af43a11a10e0c254d839ef88fd609632e916dbc"
    "419f3daa0eecb25b5ae0d352d68051ad7394f9d71afa154ebee4432b7952ed66b904c117665b171e5198da79"
    "6184c3541f725928a664fbc808ed27981b527e8ae88e871282f25e6923b2484d98c499740be0d4b9f256cb74"
    "6d8a8a003cb553464be0259196e81b1da1cc710edc6fedb024fc9ba1857c04622082dbd31f403f2a9cfbe79a"
    "55d2070a09ac72dcce1def137e884c58dc0a5d5cacb853b8a2b0d86251c4f2d44525c287";
// q = nextprime(p + 2^518): round 632
constexpr std::string_view kPrimes2To518Apart =
    "a7862a7ebc39a179e745fbff8b441f0b23755654b263cc729c60c4a8f356bbd3a382a926706cbdc5253566ff"
    "84310cb0b804eaf9b789ee0539d62ef92086bb372bc85ccc63af65ddac4f77f6309e03114bc1112e3c084367"
    "cc017fc7138a8f007540edf197e039737e3f35f1c25da8c5c78574a4a6a7e31b9d0d0afd9bfefffda0596df2"
    "c5baee9daecf9cfe3df979e26f6e204ebf004e011e6cff1e6fd41262cc6623d9c619cea6dc320e462d7f787d"
    "14b1eb212931bc471bf8617ab937bc2e450576fb22fe6aa5580ae18efb05c8691c8ee011d2e2b335fa9a2e48"
    "0186826c878f32a1f192a1c4e30ac462328affa7a1e9a7503db24c16fb46dccc502890c1";

constexpr std::string_view kExponent("\x01\x00\x01", 3);

std::string bytes(std::string_view text) {
  return from_hex(text).value();
}

// K-5: BR 6.1.1.3 (5)
TEST(Fermat, FactorsWhatTakesAHundredRoundsAndNoMore) {
  EXPECT_TRUE(is_factored_by_fermat(bytes(kPrimesNextToEachOther)));
  EXPECT_TRUE(is_factored_by_fermat(bytes(kPrimesAThirdOf2To512Apart)));
  EXPECT_TRUE(is_factored_by_fermat(bytes(kFactoredInTheLastRound)));
  EXPECT_FALSE(is_factored_by_fermat(bytes(kFactoredOneRoundLater)));
  EXPECT_FALSE(is_factored_by_fermat(bytes(kPrimes2To518Apart)));
}

// a = ceil(sqrt(n)) by hand: 9 = 3^2; 15 = 4^2 - 1; 3 * 1009: a = 56 .. 506 takes 451 rounds;
// 3 * 307: a = 31 .. 155 takes 125; 3 * 251: a = 28 .. 127 takes the 100 there are.
TEST(Fermat, BeginsAtTheRootAndCountsItsRounds) {
  EXPECT_TRUE(is_factored_by_fermat("\x09"));
  EXPECT_TRUE(is_factored_by_fermat("\x0f"));
  EXPECT_TRUE(is_factored_by_fermat("\x02\xf1"));   // 753 = 3 * 251
  EXPECT_FALSE(is_factored_by_fermat("\x03\x99"));  // 921 = 3 * 307
  EXPECT_FALSE(is_factored_by_fermat("\x0b\xd3"));  // 3027 = 3 * 1009
}

// K-5
TEST(RsaPolicy, RefusesPrimesThatAreTooClose) {
  for (const std::string_view modulus :
       {kPrimesNextToEachOther, kPrimesAThirdOf2To512Apart, kFactoredInTheLastRound}) {
    const auto key = PublicKey::from_rsa(bytes(modulus), kExponent);
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().kind(), RejectionKind::bad_public_key);
    EXPECT_NE(key.error().detail().find("Fermat"), std::string::npos) << key.error().detail();
  }
  EXPECT_TRUE(PublicKey::from_rsa(bytes(kFactoredOneRoundLater), kExponent));
  EXPECT_TRUE(PublicKey::from_rsa(bytes(kPrimes2To518Apart), kExponent));
}

// K-5: the 21 products of seven random primes
TEST(Fermat, LeavesRandomKeysAlone) {
  using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
  std::vector<Number> primes;
  for (int i = 0; i < 7; ++i) {
    primes.emplace_back(BN_new(), &BN_free);
    ASSERT_EQ(BN_generate_prime_ex(primes.back().get(), 1024, 0, nullptr, nullptr, nullptr), 1);
  }
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> scratch(BN_CTX_new(), &BN_CTX_free);
  const Number product(BN_new(), &BN_free);
  for (std::size_t p = 0; p < primes.size(); ++p) {
    for (std::size_t q = 0; q < p; ++q) {
      ASSERT_EQ(BN_mul(product.get(), primes[p].get(), primes[q].get(), scratch.get()), 1);
      std::string modulus(256, '\0');
      ASSERT_EQ(BN_bn2bin(product.get(), reinterpret_cast<unsigned char*>(modulus.data())), 256);
      EXPECT_TRUE(PublicKey::from_rsa(modulus, kExponent)) << hex(modulus);
    }
  }
}

// T-E2: the best of some tries, so that a busy machine does not count
TEST(Fermat, TakesLessThanAMillisecond) {
  const std::string modulus = bytes(kFactoredOneRoundLater) + bytes(kPrimes2To518Apart);
  auto best = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 20; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(is_factored_by_fermat(modulus));
    best = std::min(best, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(best, std::chrono::milliseconds(1));
  RecordProperty(
      "microseconds",
      static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(best).count()));
}

}  // namespace
}  // namespace ca
