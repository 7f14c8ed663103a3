#include "ca/crypto/hash.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <set>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "ca/crypto/openssl_error.h"
#include "ca/crypto/random.h"

namespace ca {
namespace {

std::string bytes(std::string_view digits) {
  return from_hex(digits).value();
}

// FIPS 180-4 examples
TEST(Hash, MatchesKnownDigests) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha384("abc")),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baec"
            "a134c825a7");
  EXPECT_EQ(hex(sha512("abc")),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c"
            "23a3feebbd"
            "454d4423643ce80e2a9ac94fa54ca49f");
}

// RFC 4231 §4.2, §4.3, §4.7
TEST(Hmac, MatchesKnownCodes) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(hmac_sha384(std::string(20, '\x0b'), "Hi There")),
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152"
            "e8b2fa9cb6");
  EXPECT_EQ(hex(hmac_sha384("Jefe", "what do ya want for nothing?")),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239"
            "ecfab21649");
  EXPECT_EQ(hex(hmac_sha512(std::string(20, '\x0b'), "Hi There")),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b27"
            "4eaea3f4e4be9d914eeb61f1702e696c203a126854");
  EXPECT_EQ(hex(hmac_sha512("Jefe", "what do ya want for nothing?")),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f"
            "65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  EXPECT_EQ(hex(hmac_sha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hash, ComparesByValueAndLength) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

// The GCM specification's test cases 2 and 3
TEST(Sealing, MatchesKnownCiphertexts) {
  EXPECT_EQ(hex(seal(std::string(16, '\0'), std::string(12, '\0'), std::string(16, '\0'))),
            "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
  EXPECT_EQ(hex(seal(bytes("feffe9928665731c6d6a8f9467308308"), bytes("cafebabefacedbaddecaf888"),
                     bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                           "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"))),
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
            "4d5c2af327cd64a62cf35abd2ba6fab4");
  EXPECT_EQ(hex(seal(std::string(16, '\0'), std::string(12, '\0'), "")),
            "58e2fccefa7e3061367f1d57a4e7455a");
}

TEST(Sealing, OpensOnlyWhatWasSealedUnchanged) {
  const std::string key(16, 'k');
  const std::string iv(12, 'i');
  for (const std::string plain : {"", "x", "a counter and a time"}) {
    SCOPED_TRACE(plain);
    const std::string sealed = seal(key, iv, plain);
    EXPECT_EQ(open_sealed(key, iv, sealed), plain);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_FALSE(open_sealed(key, iv, changed)) << at;
    }
    EXPECT_FALSE(open_sealed(key, std::string(12, 'j'), sealed));
    EXPECT_FALSE(open_sealed(std::string(16, 'l'), iv, sealed));
    EXPECT_FALSE(open_sealed(key, iv, std::string_view(sealed).substr(1)));
    EXPECT_FALSE(open_sealed(key, iv, sealed + "x"));
  }
  EXPECT_FALSE(open_sealed(key, iv, ""));
  EXPECT_FALSE(open_sealed(key, iv, std::string(15, 'x')));
}

TEST(Sealing, InsistsOnTheLengthsOfKeyAndIv) {
  EXPECT_THROW(seal(std::string(15, 'k'), std::string(12, 'i'), ""), std::logic_error);
  EXPECT_THROW(seal(std::string(32, 'k'), std::string(12, 'i'), ""), std::logic_error);
  EXPECT_THROW(seal(std::string(16, 'k'), std::string(16, 'i'), ""), std::logic_error);
}

TEST(SystemRandom, GivesFreshBytesOfTheLengthAskedFor) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.bytes(16));
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(random.bytes(0), "");
  EXPECT_EQ(random.bytes(1000).size(), 1000U);
}

// Octets are drawn ahead: neither the end of one supply nor a fork may give them out again.
TEST(SystemRandom, NeverGivesTheSameBytesAgain) {
  SystemRandom random;
  constexpr int kDraws = 5000;
  std::set<std::string> seen;
  for (int i = 0; i < kDraws; ++i)
    seen.insert(random.bytes(8 + static_cast<std::size_t>(i % 100)).substr(0, 8));
  EXPECT_EQ(seen.size(), std::size_t{kDraws});
}

TEST(SystemRandom, GivesAForkedChildBytesOfItsOwn) {
  SystemRandom random;
  static_cast<void>(random.bytes(8));  // there is a supply, which the child inherits
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    const std::string own = random.bytes(16);
    ::_exit(::write(pipe[1], own.data(), own.size()) == 16 ? 0 : 1);
  }
  std::string of_child(16, '\0');
  EXPECT_EQ(::read(pipe[0], of_child.data(), of_child.size()), 16);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(pipe[0]);
  ::close(pipe[1]);
  EXPECT_NE(of_child, random.bytes(16));
}

TEST(OpenSslErrors, NameTheCallThatFailed) {
  EXPECT_NO_THROW(require(true, "EVP_Something"));
  try {
    require(false, "EVP_Something");
    FAIL() << "no exception";
  } catch (const OpenSslError& error) {
    EXPECT_EQ(std::string(error.what()), "EVP_Something failed");
  }
  EXPECT_NO_THROW(require_safe_openssl());
}

}  // namespace
}  // namespace ca
