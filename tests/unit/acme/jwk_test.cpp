#include "acme/jose/jwk.h"

#include <gtest/gtest.h>

#include <string>

#include "ca/crypto/encoding.h"
#include "ca/crypto/signer.h"
#include "tests/support/jose_examples.h"

namespace acme {
namespace {

constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

std::string rsa(std::string_view n, std::string_view e, std::string_view more = "") {
  return R"({"kty":"RSA","n":")" + std::string(n) + R"(","e":")" + std::string(e) + '"' +
         std::string(more) + "}";
}

std::string ec(std::string_view curve,
               std::string_view x,
               std::string_view y,
               std::string_view more = "") {
  return R"({"kty":"EC","crv":")" + std::string(curve) + R"(","x":")" + std::string(x) +
         R"(","y":")" + std::string(y) + '"' + std::string(more) + "}";
}

std::string p256(std::string_view more = "") {
  return ec("P-256", kX, kY, more);
}

std::string okp(std::string_view curve, std::string_view x, std::string_view more = "") {
  return R"({"kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" + std::string(x) + '"' +
         std::string(more) + "}";
}

// RFC7638-3.1
TEST(Thumbprint, MatchesTheExampleOfRfc7638) {
  const auto key =
      parse_jwk(rsa(tests::kThumbprintModulus, "AQAB", R"(,"alg":"RS256","kid":"2011-04-29")"));
  ASSERT_TRUE(key);
  EXPECT_EQ(thumbprint(*key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(canonical_jwk(*key),
            R"({"e":"AQAB","kty":"RSA","n":")" + std::string(tests::kThumbprintModulus) + R"("})");
}

// RFC8037-A.3
TEST(Thumbprint, MatchesTheExampleOfRfc8037) {
  const auto key = parse_jwk(okp("Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  ASSERT_TRUE(key);
  EXPECT_EQ(thumbprint(*key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_EQ(canonical_jwk(*key),
            R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
}

// RFC7638-3.2
TEST(CanonicalJwk, OfACurveKeepsItsLeadingZeros) {
  const auto key = parse_jwk(p256());
  ASSERT_TRUE(key);
  EXPECT_EQ(canonical_jwk(*key), R"({"crv":"P-256","kty":"EC","x":")" + std::string(kX) +
                                     R"(","y":")" + std::string(kY) + R"("})");
  // Both coordinates of this one begin with a zero bit string: 521 bits in 66 octets.
  const auto wide = parse_jwk(tests::kJoseExamples[2].jwk);
  ASSERT_TRUE(wide);
  EXPECT_TRUE(canonical_jwk(*wide).starts_with(R"({"crv":"P-521","kty":"EC","x":"AekpBQ8ST8a8)"));
}

TEST(CanonicalJwk, IsReadBackAsTheSameKey) {
  for (const ca::KeyAlgorithm algorithm :
       {ca::KeyAlgorithm::ecdsa_p256, ca::KeyAlgorithm::ecdsa_p384}) {
    const auto signer = ca::generate_signer(algorithm);
    const auto read = parse_jwk(canonical_jwk(signer->public_key()));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, signer->public_key());
  }
  for (const tests::JoseExample& example : tests::kJoseExamples) {
    SCOPED_TRACE(example.source);
    const auto key = parse_jwk(example.jwk);
    ASSERT_TRUE(key);
    EXPECT_EQ(*parse_jwk(canonical_jwk(*key)), *key);
  }
}

TEST(Jwk, MayHavePurposesThatFitAndUnknownMembers) {
  for (const std::string_view more :
       {R"(,"use":"sig")", R"(,"alg":"ES256")", R"(,"use":"sig","alg":"ES256","kid":"x")",
        R"(,"kid":17,"x5c":["x"],"key_ops":["verify"])", R"(,"d":null)"}) {
    EXPECT_TRUE(parse_jwk(p256(more))) << more;
  }
}

struct Row {
  std::string name;
  std::string jwk;
  ProblemType type;
  std::string part_of_detail;
};

void expect_refused(const Row& row) {
  SCOPED_TRACE(row.name);
  const auto key = parse_jwk(row.jwk);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().type(), row.type);
  EXPECT_NE(key.error().detail().find(row.part_of_detail), std::string::npos)
      << key.error().detail();
}

// RFC7517-4 RFC7518-6 T-D14
TEST(Jwk, IsRefusedAsMalformedForItsShape) {
  using enum ProblemType;
  const std::string n(tests::kThumbprintModulus);
  const std::string zero_first = ca::base64url(std::string(1, '\0') + *ca::from_base64url(n));
  const std::string short_x = ca::base64url(std::string(31, '\x11'));
  const std::string long_x = ca::base64url(std::string(1, '\0') + *ca::from_base64url(kX));
  const Row rows[] = {
      {"empty", "", malformed, "not a JSON text"},
      {"no object", "[]", malformed, "expected an object"},
      {"no kty", "{}", malformed, "/kty expected a string"},
      {"kty is a number", R"({"kty":1})", malformed, "/kty expected a string"},
      {"garbage behind", p256() + "x", malformed, "not a JSON text"},
      {"duplicate kty", p256(R"(,"kty":"EC")"), malformed, "\"kty\" twice"},
      {"duplicate x", p256(R"(,"x":")" + std::string(kX) + '"'), malformed, "\"x\" twice"},
      {"duplicate unknown", p256(R"(,"z":1,"z":1)"), malformed, "\"z\" twice"},
      {"private d", p256(R"(,"d":"AQ")"), malformed, "/d is part of a private key"},
      {"private p", rsa(n, "AQAB", R"(,"p":"AQ")"), malformed, "/p is part of a private key"},
      {"private q", rsa(n, "AQAB", R"(,"q":"AQ")"), malformed, "/q is part of a private key"},
      {"private dp", rsa(n, "AQAB", R"(,"dp":"AQ")"), malformed, "/dp is part of a private key"},
      {"private dq", rsa(n, "AQAB", R"(,"dq":"AQ")"), malformed, "/dq is part of a private key"},
      {"private qi", rsa(n, "AQAB", R"(,"qi":"AQ")"), malformed, "/qi is part of a private key"},
      {"private oth", rsa(n, "AQAB", R"(,"oth":[])"), malformed, "/oth is part of a private key"},
      {"symmetric", R"({"kty":"oct","k":"AQ"})", malformed, "/k is part of a private key"},
      {"use enc", p256(R"(,"use":"enc")"), malformed, "/use expected \"sig\""},
      {"use of another type", p256(R"(,"use":1)"), malformed, "/use expected a string"},
      {"alg of another curve", p256(R"(,"alg":"ES384")"), malformed, "/alg expected \"ES256\""},
      {"alg none", p256(R"(,"alg":"none")"), malformed, "/alg expected \"ES256\""},
      {"alg for encryption", rsa(n, "AQAB", R"(,"alg":"RSA-OAEP")"), malformed,
       "/alg expected \"RS256\""},
      {"alg PS256", rsa(n, "AQAB", R"(,"alg":"PS256")"), malformed, "/alg expected \"RS256\""},
      {"alg of another type", p256(R"(,"alg":["ES256"])"), malformed, "/alg expected a string"},
      {"no n", R"({"kty":"RSA","e":"AQAB"})", malformed, "/n expected a string"},
      {"no e", R"({"kty":"RSA","n":")" + n + R"("})", malformed, "/e expected a string"},
      {"empty n", rsa("", "AQAB"), malformed, "/n expected an integer"},
      {"empty e", rsa(n, ""), malformed, "/e expected an integer"},
      {"n with a leading zero", rsa(zero_first, "AQAB"), malformed,
       "/n expected an integer without leading zero"},
      {"e with a leading zero", rsa(n, "AAEAAQ"), malformed,
       "/e expected an integer without leading zero"},
      {"e with spare bits", rsa(n, "AQABAB"), malformed, "/e expected base64url"},
      {"n padded", rsa(n + "=", "AQAB"), malformed, "/n expected base64url"},
      {"n with a line break", rsa(n + "\\n", "AQAB"), malformed, "/n expected base64url"},
      {"n in base64", rsa("+/" + n.substr(2), "AQAB"), malformed, "/n expected base64url"},
      {"no crv", R"({"kty":"EC","x":"AQ","y":"AQ"})", malformed, "/crv expected a string"},
      {"no x", R"({"kty":"EC","crv":"P-256","y":"AQ"})", malformed, "/x expected a string"},
      {"no y", R"({"kty":"EC","crv":"P-256","x":")" + std::string(kX) + R"("})", malformed,
       "/y expected a string"},
      {"x too short", ec("P-256", short_x, kY), malformed, "/x expected 32 octets, found 31"},
      {"x too long", ec("P-256", long_x, kY), malformed, "/x expected 32 octets, found 33"},
      {"y too short", ec("P-256", kX, short_x), malformed, "/y expected 32 octets, found 31"},
      {"empty x", ec("P-256", "", kY), malformed, "/x expected 32 octets, found 0"},
      {"x with spare bits", ec("P-256", std::string(kX.substr(0, 42)) + "V", kY), malformed,
       "/x expected base64url"},
      {"P-384 with P-256 coordinates", ec("P-384", kX, kY), malformed,
       "/x expected 48 octets, found 32"},
      {"Ed25519 x too short", okp("Ed25519", short_x), malformed,
       "/x expected 32 octets, found 31"},
      {"Ed25519 without crv", R"({"kty":"OKP","x":"AQ"})", malformed, "/crv expected a string"},
      {"Ed25519 alg ES256",
       okp("Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", R"(,"alg":"ES256")"),
       malformed, "/alg expected \"EdDSA\""},
  };
  for (const Row& row : rows) expect_refused(row);
}

// RFC8555-6.2 T-E2 T-E3: a key that is well formed but not acceptable is badPublicKey.
TEST(Jwk, IsRefusedAsBadPublicKeyForItsValue) {
  using enum ProblemType;
  const std::string n(tests::kThumbprintModulus);
  std::string even = *ca::from_base64url(n);
  even.back() = static_cast<char>(even.back() & '\xFE');
  std::string off_curve = *ca::from_base64url(kY);
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  const std::string short_modulus = "\xC1" + std::string(126, '\x11') + "\x13";
  const std::string long_modulus = "\xC1" + std::string(2'046, '\x11') + "\x13";
  const std::string all_ones(32, '\xFF');
  const Row rows[] = {
      {"oct", R"({"kty":"oct"})", bad_public_key, "\"oct\" is not supported"},
      {"kty in lower case", R"({"kty":"rsa"})", bad_public_key, "\"rsa\" is not supported"},
      {"secp256k1", ec("secp256k1", kX, kY), bad_public_key, "\"secp256k1\" is not supported"},
      {"P-192", ec("P-192", kX, kY), bad_public_key, "\"P-192\" is not supported"},
      {"curve in lower case", ec("p-256", kX, kY), bad_public_key, "\"p-256\" is not supported"},
      {"Ed25519 as EC", ec("Ed25519", kX, kY), bad_public_key, "\"Ed25519\" is not supported"},
      {"P-256 as OKP", okp("P-256", kX), bad_public_key, "\"P-256\" is not supported"},
      {"Ed448", okp("Ed448", kX), bad_public_key, "\"Ed448\" is not supported"},
      {"X25519", okp("X25519", kX), bad_public_key, "\"X25519\" is not supported"},
      {"e = 1", rsa(n, "AQ"), bad_public_key, ""},
      {"e = 3", rsa(n, "Aw"), bad_public_key, ""},
      {"e = 65539", rsa(n, "AQAD"), bad_public_key, ""},
      {"e as long as n", rsa(n, n), bad_public_key, ""},
      {"even modulus", rsa(ca::base64url(even), "AQAB"), bad_public_key, ""},
      {"1024 bits", rsa(ca::base64url(short_modulus), "AQAB"), bad_public_key, ""},
      {"16384 bits", rsa(ca::base64url(long_modulus), "AQAB"), bad_public_key, ""},
      {"off the curve", ec("P-256", kX, ca::base64url(off_curve)), bad_public_key, ""},
      {"the origin", ec("P-256", std::string(42, 'A') + "A", std::string(43, 'A')), bad_public_key,
       ""},
      {"outside the field", ec("P-256", ca::base64url(all_ones), kY), bad_public_key, ""},
      {"Ed25519 of small order", okp("Ed25519", std::string(43, 'A')), bad_public_key, ""},
  };
  for (const Row& row : rows) expect_refused(row);
}

}  // namespace
}  // namespace acme
