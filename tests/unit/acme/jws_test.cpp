#include "acme/jose/jws.h"

#include <gtest/gtest.h>

#include <string>

#include "acme/jose/jwk.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "tests/support/jose_examples.h"
#include "tests/support/jws_client.h"

namespace acme {
namespace {

constexpr std::string_view kUrl = "https://ca.example/acme/new-account";
constexpr std::string_view kKey =
    R"("jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

std::string header(std::string_view more = "") {
  return R"({"alg":"ES256",)" + std::string(kKey) + R"(,"nonce":"bm9uY2U","url":")" +
         std::string(kUrl) + '"' + std::string(more) + "}";
}

/// A body whose parts are given as they stand in the JSON text.
std::string body(std::string_view protected_text,
                 std::string_view payload = "e30",
                 std::string_view signature = "AAAA") {
  return R"({"protected":")" + std::string(protected_text) + R"(","payload":")" +
         std::string(payload) + R"(","signature":")" + std::string(signature) + R"("})";
}

std::string with_header(std::string_view text) {
  return body(ca::base64url(text));
}

// RFC8555-6.2
TEST(ParseJws, ReadsEveryPart) {
  const std::string text = header();
  const auto jws = parse_jws(body(ca::base64url(text), "eyJhIjoxfQ", "AQID"));
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->alg, "ES256");
  EXPECT_EQ(jws->url, kUrl);
  EXPECT_EQ(jws->nonce, "bm9uY2U");
  EXPECT_FALSE(jws->kid);
  ASSERT_TRUE(jws->jwk);
  EXPECT_TRUE(parse_jwk(*jws->jwk));
  EXPECT_EQ(jws->payload, R"({"a":1})");
  EXPECT_EQ(jws->signature, "\x01\x02\x03");
  EXPECT_EQ(jws->signing_input, ca::base64url(text) + ".eyJhIjoxfQ");
}

// RFC8555-6.2
TEST(ParseJws, ReadsAKid) {
  const auto jws = parse_jws(
      with_header(R"({"alg":"RS256","kid":"https://ca.example/1","nonce":"n","url":"u"})"));
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->kid, "https://ca.example/1");
  EXPECT_FALSE(jws->jwk);
}

// RFC8555-6.3: an empty payload is a POST-as-GET.
TEST(ParseJws, TakesAnEmptyPayload) {
  const auto jws = parse_jws(body(ca::base64url(header()), ""));
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->payload, "");
  EXPECT_EQ(jws->signing_input, ca::base64url(header()) + ".");
}

// RFC8555-6.5: an absent nonce is badNonce and not malformed, so it is left to who knows nonces.
TEST(ParseJws, LeavesAnAbsentNonceEmpty) {
  const auto jws = parse_jws(with_header(R"({"alg":"ES256","kid":"k","url":"u"})"));
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->nonce, "");
}

// RFC7515-4: unknown header parameters are ignored.
TEST(ParseJws, IgnoresUnknownHeaderParameters) {
  EXPECT_TRUE(parse_jws(with_header(header(R"(,"typ":"jose","zip":"DEF")"))));
}

struct Row {
  std::string name;
  std::string body;
  std::string detail;
};

// RFC8555-6.2 RFC7515-2 T-D14
TEST(ParseJws, RefusesBodiesOfAnotherShape) {
  using namespace std::string_literals;
  const std::string good = ca::base64url(header());
  const std::string only = "expected exactly protected, payload and signature (RFC 8555 §6.2)";
  const std::string strict = "expected base64url without padding (RFC 7515 §2), found ";
  const Row rows[] = {
      {"empty", "", "JWS: not a JSON text (RFC 8259): fault at octet 1"},
      {"compact serialization", good + ".e30.AAAA",
       "JWS: not a JSON text (RFC 8259): fault at octet 1"},
      {"array", "[" + body(good) + "]", "JWS: expected an object, found an array"},
      {"two bodies", body(good) + body(good),
       "JWS: not a JSON text (RFC 8259): fault at octet " + std::to_string(body(good).size() + 1)},
      {"unprotected header", R"({"header":{"kid":"x"},)" + body(good).substr(1),
       "JWS: the member \"header\" is not allowed, " + only},
      {"general serialization",
       R"({"payload":"e30","signatures":[{"protected":")" + good + R"(","signature":"AAAA"}]})",
       "JWS: the member \"signatures\" is not allowed, " + only},
      {"flattened and general", R"({"signatures":[],)" + body(good).substr(1),
       "JWS: the member \"signatures\" is not allowed, " + only},
      {"unknown member", R"({"extra":1,)" + body(good).substr(1),
       "JWS: the member \"extra\" is not allowed, " + only},
      {"no protected", R"({"payload":"e30","signature":"AAAA"})",
       "JWS: /protected expected a string, found nothing"},
      {"no payload (detached)", R"({"protected":")" + good + R"(","signature":"AAAA"})",
       "JWS: /payload expected a string, found nothing"},
      {"no signature", R"({"protected":")" + good + R"(","payload":"e30"})",
       "JWS: /signature expected a string, found nothing"},
      {"payload is an object", R"({"protected":")" + good + R"(","payload":{},"signature":"AAAA"})",
       "JWS: /payload expected a string, found an object"},
      {"payload is null", R"({"protected":")" + good + R"(","payload":null,"signature":"AAAA"})",
       "JWS: /payload expected a string, found nothing"},
      {"duplicate payload", R"({"payload":"e30",)" + body(good).substr(1),
       "JWS: the text has the member \"payload\" twice"},
      {"duplicate protected, escaped", R"({"\u0070rotected":"e30",)" + body(good).substr(1),
       "JWS: the text has the member \"protected\" twice"},
      {"padded payload", body(good, "eyJhIjoxfQ=="),
       "JWS: /payload " + strict + "\"eyJhIjoxfQ==\""},
      {"payload with a newline", body(good, "e3\\n0"), "JWS: /payload " + strict + "\"e3\\x0a0\""},
      {"payload with spare bits", body(good, "e31"), "JWS: /payload " + strict + "\"e31\""},
      {"payload with an impossible length", body(good, "e30AA"),
       "JWS: /payload " + strict + "\"e30AA\""},
      {"payload in base64", body(good, "+/+/"), "JWS: /payload " + strict + "\"+/+/\""},
      {"payload with a NUL", body(good, "e3\\u00000"), "JWS: /payload " + strict + "\"e3\\x000\""},
      {"signature padded", body(good, "e30", "AA=="), "JWS: /signature " + strict + "\"AA==\""},
      {"signature with spare bits", body(good, "e30", "AB"),
       "JWS: /signature " + strict + "\"AB\""},
      {"signature with a space", body(good, "e30", "AAAA "),
       "JWS: /signature " + strict + "\"AAAA \""},
      {"protected padded", body("e30="), "JWS: /protected " + strict + "\"e30=\""},
      {"protected empty", body(""),
       "protected header: not a JSON text (RFC 8259): fault at octet 1"},
      {"embedded NUL", body(good) + "\0"s, "JWS: not a JSON text (RFC 8259): holds a NUL octet"},
      {"NUL and a second body", body(good) + "\0"s + body(good),
       "JWS: not a JSON text (RFC 8259): holds a NUL octet"},
      {"depth bomb", std::string(49'000, '{'), "JWS: not a JSON text (RFC 8259): fault at octet 2"},
      {"deep arrays", "{\"payload\":" + std::string(49'000, '['),
       "JWS: /payload/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0 is nested deeper than 16 levels"},
      {"more than 50,000 octets", body(good, std::string(50'000, 'A')),
       "JWS: " + std::to_string(body(good, std::string(50'000, 'A')).size()) +
           " octets, expected at most 50000"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto jws = parse_jws(row.body);
    ASSERT_FALSE(jws);
    EXPECT_EQ(jws.error().type(), ProblemType::malformed);
    EXPECT_EQ(jws.error().detail(), row.detail);
  }
}

// RFC8555-6.2 RFC8555-6.4.1 RFC8555-6.5.2 RFC7515-4.1.11 T-D14
TEST(ParseJws, RefusesProtectedHeadersOfAnotherShape) {
  const std::string place = "protected header: ";
  const Row rows[] = {
      {"array", "[]", place + "expected an object, found an array"},
      {"crit", header(R"(,"crit":["b64"],"b64":false)"),
       place + "/b64 is not allowed in a request"},
      {"crit alone", header(R"(,"crit":["exp"])"), place + "/crit is not allowed in a request"},
      {"crit null", header(R"(,"crit":null)"), place + "/crit is not allowed in a request"},
      {"b64 false", header(R"(,"b64":false)"), place + "/b64 is not allowed in a request"},
      {"b64 true", header(R"(,"b64":true)"), place + "/b64 is not allowed in a request"},
      {"jku", header(R"(,"jku":"https://evil.example")"),
       place + "/jku is not allowed in a request"},
      {"x5u", header(R"(,"x5u":"https://evil.example")"),
       place + "/x5u is not allowed in a request"},
      {"x5c", header(R"(,"x5c":["MAA="])"), place + "/x5c is not allowed in a request"},
      {"duplicate alg", header(R"(,"alg":"none")"),
       place + "the text has the member \"alg\" twice"},
      {"duplicate url", header(R"(,"url":"u")"), place + "the text has the member \"url\" twice"},
      {"duplicate inside jwk",
       R"({"alg":"ES256","jwk":{"kty":"EC","kty":"RSA"},"nonce":"n","url":"u"})",
       place + "/jwk has the member \"kty\" twice"},
      {"no alg", R"({"kid":"k","nonce":"n","url":"u"})",
       place + "/alg expected a string, found nothing"},
      {"alg is an array", R"({"alg":["ES256"],"kid":"k","nonce":"n","url":"u"})",
       place + "/alg expected a string, found an array"},
      {"jwk and kid", header(R"(,"kid":"k")"),
       "JWS: expected exactly one of jwk and kid in the protected header, found both"},
      {"neither", R"({"alg":"ES256","nonce":"n","url":"u"})",
       "JWS: expected exactly one of jwk and kid in the protected header, found neither"},
      {"jwk null", R"({"alg":"ES256","jwk":null,"nonce":"n","url":"u"})",
       "JWS: expected exactly one of jwk and kid in the protected header, found neither"},
      {"jwk is text", R"({"alg":"ES256","jwk":"{}","nonce":"n","url":"u"})",
       place + "/jwk expected an object, found a string"},
      {"kid is a number", R"({"alg":"ES256","kid":7,"nonce":"n","url":"u"})",
       place + "/kid expected a string, found a number"},
      {"nonce is a number", R"({"alg":"ES256","kid":"k","nonce":7,"url":"u"})",
       place + "/nonce expected a string, found a number"},
      {"nonce is empty", R"({"alg":"ES256","kid":"k","nonce":"","url":"u"})",
       place + "/nonce expected base64url (RFC 8555 §6.5.2), found \"\""},
      {"nonce is not base64url", R"({"alg":"ES256","kid":"k","nonce":"a+b/","url":"u"})",
       place + "/nonce expected base64url (RFC 8555 §6.5.2), found \"a+b/\""},
      {"nonce is padded", R"({"alg":"ES256","kid":"k","nonce":"AA==","url":"u"})",
       place + "/nonce expected base64url (RFC 8555 §6.5.2), found \"AA==\""},
      {"no url", R"({"alg":"ES256","kid":"k","nonce":"n"})",
       place + "/url expected a string, found nothing"},
      {"url is an array", R"({"alg":"ES256","kid":"k","nonce":"n","url":["u"]})",
       place + "/url expected a string, found an array"},
      {"url is endless",
       R"({"alg":"ES256","kid":"k","nonce":"n","url":")" + std::string(2'001, 'u') + R"("})",
       place + "/url is longer than 2000 octets"},
      {"invalid UTF-8", "{\"alg\":\"\xFF\"}",
       place + "not a JSON text (RFC 8259): fault at octet 9"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto jws = parse_jws(with_header(row.body));
    ASSERT_FALSE(jws);
    EXPECT_EQ(jws.error().type(), ProblemType::malformed);
    EXPECT_EQ(jws.error().detail(), row.detail);
  }
}

// RFC8555-6.2 T-D14
TEST(ParseJws, RefusesAlgorithmsWeNeverTakeAndListsThoseWeDo) {
  for (const std::string_view alg :
       {"none", "None", "NONE", "", "HS256", "HS384", "HS512", "RS384", "RS512", "RS1", "PS256",
        "ES256K", "es256", "EdDSA ", "Ed448", "RSA-OAEP", "dir"}) {
    SCOPED_TRACE(alg);
    const auto jws = parse_jws(
        with_header(R"({"alg":")" + std::string(alg) + R"(","kid":"k","nonce":"n","url":"u"})"));
    ASSERT_FALSE(jws);
    EXPECT_EQ(jws.error().type(), ProblemType::bad_signature_algorithm);
    ASSERT_TRUE(jws.error().list());
    EXPECT_EQ(jws.error().list()->first, "algorithms");
    EXPECT_EQ(jws.error().list()->second,
              (std::vector<std::string>{"ES256", "ES384", "ES512", "RS256", "EdDSA"}));
  }
}

Jws example_jws(const tests::JoseExample& example) {
  return {.signing_input = std::string(example.signing_input),
          .signature = ca::from_base64url(example.signature).value(),
          .payload = {},
          .alg = std::string(example.alg),
          .url = {},
          .nonce = {},
          .kid = std::nullopt,
          .jwk = std::string(example.jwk)};
}

// RFC7515-A RFC8037-A.4
TEST(VerifyJws, AcceptsThePublishedExamplesAndNothingNearThem) {
  for (const tests::JoseExample& example : tests::kJoseExamples) {
    SCOPED_TRACE(example.source);
    const auto key = parse_jwk(example.jwk);
    ASSERT_TRUE(key);
    const Jws good = example_jws(example);
    EXPECT_TRUE(verify_jws(good, *key));
    Jws other_text = good;
    other_text.signing_input.back() ^= 1;
    EXPECT_FALSE(verify_jws(other_text, *key));
    for (const std::size_t at :
         {std::size_t{0}, good.signature.size() / 2, good.signature.size() - 1}) {
      Jws other_signature = good;
      other_signature.signature[at] ^= 1;
      EXPECT_FALSE(verify_jws(other_signature, *key)) << at;
    }
  }
}

// RFC7518-3.1
TEST(VerifyJws, AcceptsWhatClientsSignWithEveryKindOfKeyTheyCanMake) {
  for (const ca::KeyAlgorithm algorithm :
       {ca::KeyAlgorithm::ecdsa_p256, ca::KeyAlgorithm::ecdsa_p384, ca::KeyAlgorithm::rsa_2048}) {
    SCOPED_TRACE(ca::text_of(algorithm));
    const tests::JwsClient client(algorithm);
    for (int i = 0; i < 4; ++i) {
      const auto jws = parse_jws(client.request(kUrl, "n", "{}"));
      ASSERT_TRUE(jws);
      const auto key = parse_jwk(*jws->jwk);
      ASSERT_TRUE(key);
      EXPECT_EQ(*key, client.public_key());
      EXPECT_TRUE(verify_jws(*jws, *key));
    }
  }
}

/// A genuine ES256 request, parsed.
Jws genuine(const tests::JwsClient& client) {
  return parse_jws(client.request(kUrl, "n", "{}")).value();
}

// RFC7518-3.4 T-D14
TEST(VerifyJws, RefusesSignaturesInAnotherForm) {
  const tests::JwsClient client;
  const Jws good = genuine(client);
  const std::string order =
      ca::from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  const std::string r = good.signature.substr(0, 32);
  const std::string s = good.signature.substr(32);
  const std::string zero(32, '\0');
  const std::string one = std::string(31, '\0') + '\x01';
  const struct {
    std::string_view name;
    std::string signature;
  } rows[] = {
      {"empty", ""},
      {"r = s = 0", zero + zero},
      {"r = 0", zero + s},
      {"s = 0", r + zero},
      {"r = s = 1", one + one},
      {"r = n", order + s},
      {"s = n", r + order},
      {"r and s swapped", s + r},
      {"all ones", std::string(64, '\xFF')},
      {"DER", client.signer().sign(good.signing_input)},
      {"one octet short", good.signature.substr(0, 63)},
      {"one octet long", good.signature + '\0'},
      {"half", r},
      {"twice", good.signature + good.signature},
      {"of P-384 width", std::string(16, '\0') + r + std::string(16, '\0') + s},
  };
  ASSERT_TRUE(verify_jws(good, client.public_key()));
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Jws bad = good;
    bad.signature = row.signature;
    const auto verified = verify_jws(bad, client.public_key());
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().type(), ProblemType::malformed);
    EXPECT_EQ(verified.error().detail(),
              "JWS: the signature does not verify with the key of the request");
  }
}

// T-D14: JWS knows no low-s rule (RFC 7518 §3.4), so a client may send either of the two values.
TEST(VerifyJws, AcceptsBothValuesOfS) {
  const tests::JwsClient client;
  Jws jws = genuine(client);
  const std::string order =
      ca::from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference = static_cast<unsigned char>(order[i]) -
                           static_cast<unsigned char>(jws.signature[32 + i]) - borrow;
    borrow = difference < 0 ? 1 : 0;
    jws.signature[32 + i] = static_cast<char>(difference & 0xFF);
  }
  EXPECT_TRUE(verify_jws(jws, client.public_key()));
}

// RFC8555-6.2 T-D14: ES256 with a P-384 key in `jwk` is badPublicKey.
TEST(VerifyJws, RefusesAnAlgorithmThatDoesNotFitTheKeyOfTheRequest) {
  const tests::JwsClient client(ca::KeyAlgorithm::ecdsa_p384);
  Jws jws = genuine(client);
  ASSERT_TRUE(verify_jws(jws, client.public_key()));
  for (const std::string_view alg : {"ES256", "ES512", "RS256", "EdDSA"}) {
    SCOPED_TRACE(alg);
    jws.alg = alg;
    const auto verified = verify_jws(jws, client.public_key());
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().type(), ProblemType::bad_public_key);
  }
}

// RFC8555-6.2 T-D14: with the key of an account it is the algorithm that is wrong.
TEST(VerifyJws, RefusesAnAlgorithmThatDoesNotFitTheKeyOfTheAccount) {
  const tests::JwsClient client;
  Jws jws = genuine(client);
  jws.jwk.reset();
  jws.kid = "https://ca.example/acme/account/x";
  jws.alg = "ES384";
  const auto verified = verify_jws(jws, client.public_key());
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().type(), ProblemType::bad_signature_algorithm);
  ASSERT_TRUE(verified.error().list());
  EXPECT_EQ(verified.error().list()->second.front(), "ES256");
}

// T-D14: HS256 keyed with the public key, which everyone has.
TEST(VerifyJws, RefusesAMacUnderThePublicKey) {
  const tests::JwsClient client(ca::KeyAlgorithm::rsa_2048);
  Jws jws = genuine(client);
  for (const std::string& secret :
       {client.public_key().spki(), canonical_jwk(client.public_key())}) {
    jws.signature = ca::hmac_sha256(secret, jws.signing_input);
    jws.alg = "HS256";
    const auto as_mac = verify_jws(jws, client.public_key());
    ASSERT_FALSE(as_mac);
    EXPECT_EQ(as_mac.error().type(), ProblemType::bad_signature_algorithm);
    jws.alg = "RS256";
    EXPECT_FALSE(verify_jws(jws, client.public_key()));
  }
}

TEST(VerifyJws, RefusesAnotherKey) {
  const tests::JwsClient client;
  const tests::JwsClient other;
  EXPECT_FALSE(verify_jws(genuine(client), other.public_key()));
}

// RFC7515-5.1: what was signed is the text, so a payload moved to another header does not verify.
TEST(VerifyJws, BindsHeaderAndPayload) {
  const tests::JwsClient client;
  const Jws first = parse_jws(client.request(kUrl, "a", "{}")).value();
  const Jws second = parse_jws(client.request(kUrl, "b", "{}")).value();
  Jws mixed = first;
  mixed.signature = second.signature;
  EXPECT_FALSE(verify_jws(mixed, client.public_key()));
}

}  // namespace
}  // namespace acme
