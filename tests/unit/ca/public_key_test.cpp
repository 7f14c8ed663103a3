#include "ca/crypto/public_key.h"

#include <gtest/gtest.h>

#include <chrono>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/key_policy.h"
#include "ca/crypto/signer.h"
#include "ca/der/reader.h"
#include "ca/der/writer.h"
#include "tests/unit/ca/names_its_rule.h"

namespace ca {
namespace {

// Moduli of 2048 bits, odd. Nobody knows their factors beyond what is said here.
// Divisible by 757 and by no smaller prime.
constexpr std::string_view kSmallestFactor757 =
    "c2b38755cd37880e16ac4191a26aa0ae044f1574f037afc644d82a531289bafae53169606ce193c22eefa279"
    "b02e3d8dccb1c51d0eba0ea84770a08716e6fec353b97377b34e8ece7e9ee51d9212824c83c8cb28eb4ed2e3"
    "895e8b6b263cfa5e67ec326a42343354f22d2882d1a89b37ad0c9bb6e9526a69d97e967b6c18d982d1dcec53"
    "212a8d9bc17a9262453bf4912e7a26e9c76c603fe7e8f9f60a227385459c945c43fc052715850a031ad2d5f1"
    "e05b3e13f8c110fb3a828159c9d22950eb25f8a1fc2e6a591ce3bc0c10755c97f5f554ed83239ef54ba2e161"
    "9fb9af5084768b8c54dd0ba5626467ba04a10547b401ba8570c1dca1756b72898dd63a25";

// Divisible by 751, the largest prime below the limit.
constexpr std::string_view kDivisibleBy751 =
    "fc891b4a6a50df4db4d66a3a47469a4d8cdb305fdd2e16096e36aab0d1bc52d9230d977ee22571594720771f"
    "8ca8181166d2287672fdf2022a96fb1a14a0f9e77f1b103cdf1582b0eab477d26415479c65dc9f503f63af83"
    "bd0561e6211c70cf49952399c4aaeac137dc76fb0f17a3007e62aa0a1df9fd789c6539382b0537e65affb229"
    "7631a992f0ce583505c6af0758d5563dab2cd31ee315128862c33a4fb774eb5248db40af72158370d269a9a5"
    "ae658f33fe3b890b93f448b3a5aa3c814f426dcbb394fb36bb2d420f0f88080b10a3d6b2aa05e11ab2715945"
    "795e8229451abd81f1d69ed617f5e837d70820fe119a72d174c9df6acc011cdd947402c1";

// 1 modulo every odd prime up to 167.
constexpr std::string_view kRocaModulus =
    "98f135d25f557203301850c5a38fd547923a736994e3bf911a61dbe22e44158bae97ba94d0eda82f8f6d0558"
    "4ef8aa38922766581e27a1c08a6a63ec24ede6a46b4cb2424a23d5962217beaddbc496cb8e81973e0becd7b0"
    "3898d190f9ebdacc0cb1e29c658cda1495e60af593bd04cf0fd630f1f29d0da9953f48f1a09f76b5a170b338"
    "39263059f28c105d1fb17c2390c192cfd3ac94af0f21ddb66cad4a268d116ece1738f7d93d9c172411e20b8f"
    "6b0d549b6f03675a1600a35a099950d836f675cc81e74ef5e8e25d940ed904759531985d5d9dc9f81818e811"
    "892f902bd23f08240f5f4200bfbb13f0ce032f52a0a15d14bb2edad60b7c375d0c94bd35";

const std::string k65537("\x01\x00\x01", 3);

std::string bytes(std::string_view digits) {
  return from_hex(digits).value();
}

std::string good_modulus() {
  return bytes(kSmallestFactor757);
}

std::string spki(std::string_view algorithm, std::string_view subject_public_key) {
  return der::sequence({algorithm, der::bit_string(subject_public_key)});
}

std::string rsa_algorithm() {
  return bytes("300d06092a864886f70d0101010500");
}
std::string p256_algorithm() {
  return bytes("301306072a8648ce3d020106082a8648ce3d030107");
}

std::string rsa_content(std::string_view modulus, std::string_view exponent) {
  return der::sequence({der::unsigned_integer(modulus), der::unsigned_integer(exponent)});
}

void expect_refused(const Judged<PublicKey>& key, std::string_view detail) {
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind(), RejectionKind::bad_public_key);
  EXPECT_NE(key.error().detail().find(detail), std::string::npos) << key.error().detail();
  EXPECT_TRUE(tests::names_its_rule(key.error().detail())) << key.error().detail();
}

// BR7.1.3.1 P-7
TEST(PublicKey, WritesTheSpkiOfTheBaselineRequirements) {
  const struct {
    KeyAlgorithm algorithm;
    KeyKind kind;
    unsigned bits;
    std::string identifier;
  } rows[] = {
      {KeyAlgorithm::ecdsa_p256, KeyKind::ec_p256, 256,
       "301306072a8648ce3d020106082a8648ce3d030107"},
      {KeyAlgorithm::ecdsa_p384, KeyKind::ec_p384, 384, "301006072a8648ce3d020106052b81040022"},
      {KeyAlgorithm::rsa_2048, KeyKind::rsa, 2048, "300d06092a864886f70d0101010500"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.identifier);
    const auto signer = generate_signer(row.algorithm);
    const PublicKey& key = signer->public_key();
    EXPECT_EQ(key.kind(), row.kind);
    EXPECT_EQ(key.bits(), row.bits);
    const auto outer = der::only(key.spki(), der::Tag::sequence);
    ASSERT_TRUE(outer);
    EXPECT_EQ(hex(der::Reader(outer->content).next()->whole), row.identifier);
    EXPECT_EQ(key.spki_sha256(), sha256(key.spki()));
    const auto again = PublicKey::from_spki(key.spki());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, key);
    EXPECT_EQ(again->spki(), key.spki());
    EXPECT_FALSE(*again == generate_signer(KeyAlgorithm::ecdsa_p256)->public_key());
  }
}

TEST(PublicKey, IsTheSameFromItsNumbersAndFromItsSpki) {
  const auto rsa = PublicKey::from_rsa(good_modulus(), k65537);
  ASSERT_TRUE(rsa);
  EXPECT_EQ(rsa->spki(), spki(rsa_algorithm(), rsa_content(good_modulus(), k65537)));
  EXPECT_EQ(rsa->bits(), 2048U);
  EXPECT_EQ(PublicKey::from_spki(rsa->spki())->spki(), rsa->spki());

  const auto signer = generate_signer(KeyAlgorithm::ecdsa_p256);
  const std::string point = signer->public_key().spki().substr(27);
  const auto ec = PublicKey::from_ec(KeyKind::ec_p256, point.substr(0, 32), point.substr(32));
  ASSERT_TRUE(ec);
  EXPECT_EQ(*ec, signer->public_key());
}

// BR6.1.5 BR6.1.6 T-E1 T-E2 T-E3 K-1 K-2 K-4
TEST(RsaPolicy, AcceptsOnlyTheThreeSizesAndOneExponent) {
  const auto modulus_of = [](std::size_t octets) {
    return good_modulus().substr(0, 1) + std::string(octets - 256, '\x5b') +
           good_modulus().substr(1);
  };
  std::string bits_2047 = good_modulus();
  bits_2047.front() = '\x7f';
  std::string even = good_modulus();
  even.back() = '\x24';
  const struct {
    std::string_view name;
    std::string modulus, exponent;
    std::string_view detail;
  } rows[] = {
      {"1024 bits", good_modulus().substr(128), k65537, " bits;"},
      {"2047 bits", bits_2047, k65537, "2047 bits"},
      {"2056 bits", modulus_of(257), k65537, "2056 bits"},
      {"16384 bits", std::string(2048, '\xff'), k65537, "16384 bits"},
      {"no modulus", "", k65537, "empty"},
      {"leading zero", std::string(1, '\0') + good_modulus(), k65537, "leading zero"},
      {"zero", std::string(256, '\0'), k65537, "leading zero"},
      {"even", even, k65537, "even"},
      {"divisible by 751", bytes(kDivisibleBy751), k65537, "divisible by 751"},
      {"divisible by 3", std::string(256, '\xff'), k65537, "divisible by 3"},
      {"ROCA", bytes(kRocaModulus), k65537, "ROCA"},
      {"e = 1", good_modulus(), "\x01", "exponent is 1;"},
      {"e = 2", good_modulus(), "\x02", "exponent is 2;"},
      {"e = 3", good_modulus(), "\x03", "exponent is 3;"},
      {"no e", good_modulus(), "", "exponent is 0;"},
      {"e with a leading zero", good_modulus(), std::string("\0\x01\0\x01", 4),
       "exponent is 65537;"},
      {"e = 65539", good_modulus(), std::string("\x01\0\x03", 3), "exponent is 65539;"},
      {"e of 2048 bits", good_modulus(), good_modulus(), "exponent is a number of 2048 bits"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    expect_refused(PublicKey::from_rsa(row.modulus, row.exponent), row.detail);
    if (!row.modulus.starts_with('\0') && !row.modulus.empty() && !row.exponent.starts_with('\0') &&
        !row.exponent.empty()) {
      expect_refused(
          PublicKey::from_spki(spki(rsa_algorithm(), rsa_content(row.modulus, row.exponent))),
          row.detail);
    }
  }
}

// BR6.1.6: every prime below 752, one by one
TEST(RsaPolicy, FindsEverySmallFactor) {
  for (unsigned prime = 3; prime < 752; prime += 2) {
    bool composite = false;
    for (unsigned d = 3; d * d <= prime; d += 2) composite = composite || prime % d == 0;
    if (composite) continue;
    // An odd multiple of the prime: take the remainder away, or the remainder and the prime.
    unsigned remainder = 0;
    for (int octet = 0; octet < 256; ++octet) remainder = (remainder * 256 + 0xC1) % prime;
    const unsigned less = remainder % 2 == 0 ? remainder : remainder + prime;
    std::string modulus(256, '\xC1');
    const unsigned tail = 0xC1C1 - less;
    modulus[254] = static_cast<char>(tail >> 8U);
    modulus[255] = static_cast<char>(tail & 0xFFU);
    SCOPED_TRACE(prime);
    const auto key = PublicKey::from_rsa(modulus, k65537);
    ASSERT_FALSE(key.has_value());
    EXPECT_NE(key.error().detail().find("divisible by"), std::string::npos);
  }
}

// T-E2: the whole check takes at most 1 ms
TEST(RsaPolicy, IsDecidedWithoutArithmeticOnHugeNumbers) {
  const std::string modulus(2048, '\xff');
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(judge_rsa(modulus, modulus));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
}

// T-E4 P-7
TEST(PublicKey, RefusesOtherAlgorithmIdentifiers) {
  const auto signer = generate_signer(KeyAlgorithm::ecdsa_p256);
  const std::string point = signer->public_key().spki().substr(26);
  const std::string numbers = rsa_content(good_modulus(), k65537);
  const auto algorithm = [](std::string_view oid, std::string_view parameters) {
    return der::sequence({der::object_identifier(oid), parameters});
  };
  const std::string null = bytes("0500");
  const struct {
    std::string_view name;
    std::string der;
    std::string_view detail;
  } rows[] = {
      {"RSA without NULL", spki(algorithm("1.2.840.113549.1.1.1", ""), numbers),
       "1.2.840.113549.1.1.1"},
      {"RSA with other parameters", spki(algorithm("1.2.840.113549.1.1.1", bytes("3000")), numbers),
       "another form"},
      {"RSA-PSS", spki(algorithm("1.2.840.113549.1.1.10", ""), numbers), "1.2.840.113549.1.1.10"},
      {"P-256 without a curve", spki(algorithm("1.2.840.10045.2.1", ""), point),
       "1.2.840.10045.2.1"},
      {"implicit curve", spki(algorithm("1.2.840.10045.2.1", null), point), "another form"},
      {"explicit curve", spki(algorithm("1.2.840.10045.2.1", bytes("3003020101")), point),
       "spells out"},
      {"secp256k1",
       spki(algorithm("1.2.840.10045.2.1", der::object_identifier("1.3.132.0.10")), point),
       "1.3.132.0.10"},
      {"P-224", spki(algorithm("1.2.840.10045.2.1", der::object_identifier("1.3.132.0.33")), point),
       "1.3.132.0.33"},
      {"X25519", spki(algorithm("1.3.101.110", ""), std::string(32, '\x09')), "1.3.101.110"},
      {"Ed25519 with NULL", spki(algorithm("1.3.101.112", null), std::string(32, '\x09')),
       "1.3.101.112"},
      {"empty algorithm", spki(bytes("3000"), point), "no readable algorithm"},
      {"empty sequence", bytes("3000"), "BIT STRING"},
      {"nothing", "", "SubjectPublicKeyInfo"},
      {"trailing octet", signer->public_key().spki() + "x", "SubjectPublicKeyInfo"},
      {"trailing element", der::sequence({p256_algorithm(), der::bit_string(point), null}),
       "BIT STRING"},
      {"unused bits",
       der::sequence({p256_algorithm(), der::element(der::Tag::bit_string, "\x04" + point)}),
       "BIT STRING"},
      {"RSA key that is no sequence", spki(rsa_algorithm(), "x"), "modulus and an exponent"},
      {"RSA key of three numbers",
       spki(rsa_algorithm(), der::sequence({der::unsigned_integer(good_modulus()),
                                            der::unsigned_integer(k65537), der::small_integer(1)})),
       "modulus and an exponent"},
      {"RSA key with a negative modulus",
       spki(rsa_algorithm(), der::sequence({der::element(der::Tag::integer, good_modulus()),
                                            der::unsigned_integer(k65537)})),
       "modulus and an exponent"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    expect_refused(PublicKey::from_spki(row.der), row.detail);
  }
}

// K-1 T-E4
TEST(PublicKey, RefusesPointsThatAreNotPlainPointsOfTheCurve) {
  const auto signer = generate_signer(KeyAlgorithm::ecdsa_p256);
  const std::string point = signer->public_key().spki().substr(26);
  ASSERT_EQ(point.front(), '\x04');
  std::string off_curve = point;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  const bool odd_y = (static_cast<unsigned char>(point.back()) & 1U) != 0;
  // The field's prime and above: x = p + something small would be a second spelling.
  const std::string prime =
      bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  const struct {
    std::string_view name;
    std::string content;
    std::string_view detail;
  } rows[] = {
      {"infinity", std::string(1, '\0'), "1 octets"},
      {"infinity padded", std::string(65, '\0'), "uncompressed"},
      {"compressed", (odd_y ? "\x03" : "\x02") + point.substr(1, 32), "33 octets"},
      {"hybrid", (odd_y ? "\x07" : "\x06") + point.substr(1), "uncompressed"},
      {"off the curve", off_curve, "not on the curve P-256"},
      {"zero", "\x04" + std::string(64, '\0'), "not on the curve"},
      {"x not reduced", "\x04" + prime + point.substr(33), "not on the curve"},
      {"one octet short", point.substr(0, 64), "64 octets"},
      {"one octet long", point + "x", "66 octets"},
      {"nothing", "", "0 octets"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    expect_refused(PublicKey::from_spki(spki(p256_algorithm(), row.content)), row.detail);
  }
  expect_refused(PublicKey::from_ec(KeyKind::ec_p256, point.substr(1, 31), point.substr(33)),
                 "31 and 32 octets");
  expect_refused(PublicKey::from_ec(KeyKind::ec_p384, point.substr(1, 32), point.substr(33)),
                 "48 each");
}

TEST(Ed25519Policy, RefusesPointsOfSmallOrder) {
  for (const std::string_view point :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    SCOPED_TRACE(point);
    expect_refused(PublicKey::from_ed25519(bytes(point)), "small order");
  }
  expect_refused(PublicKey::from_ed25519(std::string(31, 'x')), "31 octets");
  expect_refused(PublicKey::from_ed25519(""), "0 octets");
}

}  // namespace
}  // namespace ca
