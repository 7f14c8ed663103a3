#include "ca/crypto/weak_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ca/certificate_profile.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/signer.h"
#include "ca/subscriber_key.h"

namespace ca {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A key that OpenSSL made for this test, and what its command line says of it:
// `openssl rsa -noout -modulus | sha1sum`, `openssl pkey -pubout -outform DER | sha256sum`.
constexpr std::string_view kModulus =
    "b7eaf86dde6484ed2c9589cef1cd42234a3f746da50b646442dcd0ee2e4d4a15bd6e0294b5919aa373e6d36b"
    "eaf419349219f2899d0bbb55112e1f7d66e673d9185e06e9f8e5e51aa298f54551fa051b1027b28852d960a5"
    "f622ff41fb6775625cdde0eddd19b5e3d9f1b0e6916d83b2dc051574acbc8c7412331972b4b2bec4642c4575"
    "d6738b243ae000cb37d4a92f98ab14ffad57f7faffb7df031cab5f6564c545f90175647ceb3c1f92db0f8884"
    "09ff8e1dea060cd94480a2f1938d31ca2a2901c69983a0de9e6054b297534da40a8283fdb55b8283e3258e3a"
    "85d9481d5e04aa6860d879a43b390679ea34164aeae0bb0dd72e145e008144fa2996fe69";
constexpr std::string_view kOfModulus = "8fe1e39096fa30d593fc";  // its last 20 digits
constexpr std::string_view kOfKey =
    "8e93274a0d61c175133e1f3a3d056215dea1017bea4268e6c4c986eff544e207";

PublicKey rsa_key() {
  return PublicKey::from_rsa(from_hex(kModulus).value(), std::string("\x01\x00\x01", 3)).value();
}

/// The P-256 list with that key alone.
WeakKeys list_of(const PublicKey& key) {
  WeakKeys lists;
  EXPECT_TRUE(lists.add("P-256", hex(key.spki_sha256()) + "\n").has_value());
  return lists;
}

std::string fault_of(std::string_view text) {
  WeakKeys lists;
  const auto added = lists.add("blacklist.RSA-2048", text);
  return added ? "" : added.error();
}

// K-3 T-E1 BR-6.1.1.3: as openssl-vulnkey knew them.
TEST(WeakKeys, AreKnownByTheDigestOfTheirModulus) {
  WeakKeys lists;
  const std::string others = "# made for a test\n\n00000000000000000000\nffffffffffffffffffff\n";
  ASSERT_TRUE(lists.add("blacklist.RSA-2048", others).has_value());
  EXPECT_FALSE(lists.has(rsa_key()));
  ASSERT_TRUE(lists.add("more", std::string(kOfModulus)).has_value()) << "without a last line feed";
  EXPECT_TRUE(lists.has(rsa_key()));
  EXPECT_EQ(lists.size(), 3U);
  EXPECT_FALSE(lists.has(generate_signer(KeyAlgorithm::ecdsa_p256)->public_key()));
}

// K-3 BR-6.1.1.3: keys of every kind, made from the keys themselves.
TEST(WeakKeys, AreKnownByTheDigestOfTheKey) {
  const std::string name = std::string(kOfKey) + "  le64/rsa2048/4711.key\r\n";
  for (const std::string& text : {std::string(kOfKey), std::string(kOfKey) + " *x.key", name}) {
    WeakKeys lists;
    ASSERT_TRUE(lists.add("RSA-2048.txt", text).has_value()) << text;
    EXPECT_TRUE(lists.has(rsa_key())) << text;
  }
  const auto weak = generate_signer(KeyAlgorithm::ecdsa_p384);
  const auto good = generate_signer(KeyAlgorithm::ecdsa_p384);
  const WeakKeys lists = list_of(weak->public_key());
  EXPECT_TRUE(lists.has(weak->public_key()));
  EXPECT_FALSE(lists.has(good->public_key()));
}

TEST(WeakKeys, AreCountedOnce) {
  WeakKeys lists;
  const std::string line = std::string(kOfModulus) + "\n";
  ASSERT_TRUE(lists.add("a", line + line).has_value());
  ASSERT_TRUE(lists.add("b", line).has_value());
  EXPECT_EQ(lists.size(), 1U);
}

// K-3: which lists are missing is said by their names.
TEST(WeakKeys, SayWhichListsAreMissing) {
  WeakKeys lists;
  EXPECT_EQ(lists.without_list().size(), kKeysWithLists.size());
  const std::string text(kOfKey);
  for (const char* name : {"blacklist.RSA-2048", "debian-RSA-4096.txt", "P-256.and.P-384"}) {
    ASSERT_TRUE(lists.add(name, text).has_value());
  }
  EXPECT_THAT(lists.without_list(), ElementsAre("RSA-3072", "P-521"));
}

TEST(WeakKeys, RefuseWhatIsNoList) {
  const std::string key(kOfKey);
  const std::string modulus(kOfModulus);
  EXPECT_EQ(fault_of(""), "there is no key in it");
  EXPECT_EQ(fault_of("# nothing\n\n"), "there is no key in it");
  for (const std::string& line :
       {std::string("x"), modulus.substr(1), modulus + "0", " " + modulus, modulus + " ",
        modulus + "  name", key.substr(1), key + "0", key + " name", "g" + modulus.substr(1),
        std::string("-----BEGIN RSA PRIVATE KEY-----")}) {
    EXPECT_THAT(fault_of(modulus + "\n# a\n" + line + "\n"), HasSubstr("line 3 is neither"))
        << line;
  }
}

// K-3: a command that could not read a key leaves this in the list, which then looks whole.
TEST(WeakKeys, RefuseTheDigestOfNothing) {
  EXPECT_THAT(fault_of(std::string(kOfKey) + "\n" + hex(sha256("")) + "  -\n"),
              HasSubstr("line 2 is the SHA-256 of nothing"));
}

/// The lists of the process, for as long as it is there.
struct Held {
  explicit Held(WeakKeys lists) {
    hold_keys_against(std::make_shared<const WeakKeys>(std::move(lists)));
  }
  ~Held() { hold_keys_against(nullptr); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
};

// K-3 T-E1
TEST(WeakKeys, AreCertifiedByNoProfile) {
  const auto weak = generate_signer(KeyAlgorithm::ecdsa_p256);
  const CertificateProfile& profile = *find_profile("dv");
  EXPECT_TRUE(judge_subscriber_key(weak->public_key(), profile).has_value());
  {
    const Held held(list_of(weak->public_key()));
    const auto judged = judge_subscriber_key(weak->public_key(), profile);
    ASSERT_FALSE(judged.has_value());
    EXPECT_EQ(judged.error().kind(), RejectionKind::bad_public_key);
    EXPECT_THAT(std::string(judged.error().detail()), HasSubstr("BR 6.1.1.3"));
    const auto good = generate_signer(KeyAlgorithm::ecdsa_p256);
    EXPECT_TRUE(judge_subscriber_key(good->public_key(), profile).has_value());
    EXPECT_TRUE(PublicKey::from_spki(weak->public_key().spki()).has_value())
        << "what is stored is read back";
  }
  EXPECT_TRUE(judge_against_lists(weak->public_key()).has_value());
}

}  // namespace
}  // namespace ca
