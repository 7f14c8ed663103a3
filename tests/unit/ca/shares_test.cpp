#include "ca/custody/shares.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace {

using ca::gf256_inverse;
using ca::gf256_times;
using ca::KeyShare;

std::vector<KeyShare> split(const std::string& secret, std::size_t threshold, std::size_t count) {
  ca::SystemRandom random;
  return ca::split_secret(ca::SecretText(std::string(secret)), threshold, count, random);
}

std::string joined(const std::vector<KeyShare>& shares) {
  const auto secret = ca::join_shares(shares);
  return secret ? secret->text() : "refused: " + secret.error();
}

/// Every way to take `size` of `all`.
std::vector<std::vector<KeyShare>> subsets(const std::vector<KeyShare>& all, std::size_t size) {
  std::vector<std::vector<KeyShare>> found;
  for (unsigned mask = 0; mask < (1U << all.size()); ++mask) {
    std::vector<KeyShare> some;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (((mask >> i) & 1U) != 0) some.push_back(all[i]);
    }
    if (some.size() == size) found.push_back(std::move(some));
  }
  return found;
}

TEST(Gf256, IsTheFieldOfFips197) {
  // The examples of FIPS 197 §4.2 and §4.2.1.
  EXPECT_EQ(gf256_times(0x57, 0x83), 0xC1);
  EXPECT_EQ(gf256_times(0x57, 0x13), 0xFE);
  EXPECT_EQ(gf256_times(0x57, 0x02), 0xAE);
  for (unsigned a = 0; a < 256; ++a) {
    const auto x = static_cast<std::uint8_t>(a);
    EXPECT_EQ(gf256_times(x, 1), x);
    EXPECT_EQ(gf256_times(x, 0), 0);
    EXPECT_EQ(gf256_times(x, gf256_inverse(x)), a == 0 ? 0 : 1) << a;
    for (unsigned b = 0; b < 256; ++b) {
      const auto y = static_cast<std::uint8_t>(b);
      ASSERT_EQ(gf256_times(x, y), gf256_times(y, x));
      ASSERT_EQ(gf256_times(x, static_cast<std::uint8_t>(y ^ 0x35)),
                gf256_times(x, y) ^ gf256_times(x, 0x35));
    }
  }
}

TEST(KeyShares, GiveTheSecretBackFromEverySubsetThatIsLargeEnough) {
  const std::string secret("a key\0with any octets \xff\x80", 24);
  for (std::size_t threshold = 2; threshold <= 5; ++threshold) {
    const auto shares = split(secret, threshold, 5);
    for (std::size_t size = 1; size <= 5; ++size) {
      for (const auto& some : subsets(shares, size)) {
        if (size < threshold) {
          EXPECT_NE(joined(some).find("are needed"), std::string::npos);
        } else {
          EXPECT_EQ(joined(some), secret);
        }
      }
    }
  }
  EXPECT_EQ(joined(split("x", 255, 255)), "x");
  EXPECT_EQ(joined(split(std::string(65'536, 'k'), 2, 2)), std::string(65'536, 'k'));
}

/// With one share too few nothing is known: for each value of the secret, every value of the share
/// comes from exactly one choice of the coefficient.
TEST(KeyShares, TellNothingWhenThereAreTooFew) {
  for (const unsigned secret : {0U, 1U, 0x42U, 0xFFU}) {
    for (const unsigned x : {1U, 2U, 255U}) {
      std::map<unsigned, int> seen;
      for (unsigned coefficient = 0; coefficient < 256; ++coefficient) {
        ++seen[secret ^
               gf256_times(static_cast<std::uint8_t>(coefficient), static_cast<std::uint8_t>(x))];
      }
      EXPECT_EQ(seen.size(), 256U);
    }
  }
}

TEST(KeyShares, NameTheOneThatIsWrong) {
  const auto shares = split("the secret", 3, 5);
  const auto others = split("the secret", 3, 5);
  EXPECT_NE(joined({shares[0], shares[1], others[2]}).find("share 3 (set "), std::string::npos);
  EXPECT_NE(joined({shares[0], shares[1], shares[1]}).find("share 2 was given twice"),
            std::string::npos);
  EXPECT_NE(joined({}).find("no share"), std::string::npos);
  for (std::size_t wrong = 0; wrong < 4; ++wrong) {
    std::vector<KeyShare> given(shares.begin(), shares.begin() + 4);
    given[wrong].data[3] ^= 1;
    EXPECT_NE(joined(given).find("share " + std::to_string(wrong + 1) + " is wrong"),
              std::string::npos);
  }
  std::vector<KeyShare> just_enough(shares.begin(), shares.begin() + 3);
  just_enough[1].data[0] ^= 1;
  EXPECT_NE(joined(just_enough).find("one of the shares is wrong"), std::string::npos);
}

TEST(KeyShares, AreNotMadeFromWhatMakesNoSense) {
  for (const auto& [threshold, count] :
       {std::pair<std::size_t, std::size_t>{1, 3}, {0, 0}, {4, 3}, {2, 256}}) {
    EXPECT_THROW(split("secret", threshold, count), std::invalid_argument);
  }
  EXPECT_THROW(split("", 2, 3), std::invalid_argument);
  EXPECT_THROW(split(std::string(65'537, 'k'), 2, 3), std::invalid_argument);
}

TEST(KeyShareText, IsReadBackOrRefusedByName) {
  const KeyShare share = split("the secret", 2, 3)[1];
  const std::string text = ca::share_text(share);
  EXPECT_EQ(ca::parse_share(text), share);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
    const auto parsed = ca::parse_share(damaged);
    ASSERT_FALSE(parsed) << i;
    const bool before_number = i < text.find("of: ");
    if (!before_number) {
      EXPECT_TRUE(parsed.error().starts_with("is share 2, but")) << damaged;
    }
    EXPECT_FALSE(ca::parse_share(text.substr(0, i)));
  }
  EXPECT_FALSE(ca::parse_share(text + "\n"));
}

}  // namespace
