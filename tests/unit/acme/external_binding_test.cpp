#include "acme/jose/external_binding.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/external_binding.h"
#include "tests/support/jws_client.h"

namespace acme {
namespace {

using tests::BindingParts;

constexpr std::string_view kUrl = "https://ca.example/acme/new-account";

class Binding : public testing::Test {
 protected:
  [[nodiscard]] BindingParts parts() const {
    return {"kid-1", secret_, kUrl, client_.public_key()};
  }

  std::string secret_ = std::string(64, 's');
  tests::JwsClient client_;
};

// RFC8555-7.3.4, a binding made by another implementation: key, MAC and texts are literal.
TEST(ExternalBinding, OfAnotherImplementationVerifies) {
  const std::string protected_header =
      "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9jYS5leGFtcG"
      "xlL2FjbWUvbmV3LWFjY291bnQifQ";
  const std::string json =
      R"({"protected":")" + protected_header +
      R"(","payload":"eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImYiLCJ5IjoiZyJ9",)"
      R"("signature":"EkRvSbTGz9KZhGh2BRzAlG_NRoOye5ySLxW-u9hHFGM"})";
  const auto binding = parse_external_binding(json, kUrl);
  ASSERT_TRUE(binding) << binding.error().detail();
  EXPECT_EQ(binding->kid, "kid-1");
  EXPECT_EQ(binding->algorithm->name, "HS256");
  EXPECT_EQ(binding->payload, R"({"crv":"P-256","kty":"EC","x":"f","y":"g"})");
  const std::string secret = "0123456789abcdef0123456789abcdef";
  EXPECT_TRUE(verifies(*binding, secret));
  EXPECT_FALSE(verifies(*binding, "0123456789abcdef0123456789abcdeg"));
}

// RFC8555-7.3.4 RFC7518-3.2 WIR-20
TEST_F(Binding, IsTakenWithEachMac) {
  for (const MacAlgorithm& row : kMacAlgorithms) {
    SCOPED_TRACE(row.name);
    BindingParts parts = this->parts();
    parts.alg = row.name;
    const auto binding = parse_external_binding(parts.text(), kUrl);
    ASSERT_TRUE(binding) << binding.error().detail();
    EXPECT_EQ(binding->algorithm->name, row.name);
    EXPECT_EQ(binding->kid, "kid-1");
    EXPECT_TRUE(verifies(*binding, secret_));
    EXPECT_TRUE(require_binding_of(*binding, client_.public_key()));
  }
}

// RFC7518-3.2: "A key of the same size as the hash output or larger MUST be used".
TEST_F(Binding, VerifiesWithNoKeyThatIsTooShort) {
  struct Row {
    std::string_view alg;
    std::size_t least;
  };
  for (const Row& row : {Row{"HS256", 32}, Row{"HS384", 48}, Row{"HS512", 64}}) {
    for (const std::size_t octets : {row.least - 1, row.least, row.least + 1}) {
      SCOPED_TRACE(std::string(row.alg) + " " + std::to_string(octets));
      BindingParts parts = this->parts();
      parts.alg = row.alg;
      parts.secret = std::string(octets, 'k');
      const auto binding = parse_external_binding(parts.text(), kUrl);
      ASSERT_TRUE(binding);
      EXPECT_EQ(verifies(*binding, parts.secret), octets >= row.least);
    }
  }
}

// T-D12
TEST_F(Binding, VerifiesWithItsOwnMacOnly) {
  const auto good = parse_external_binding(parts().text(), kUrl).value();
  EXPECT_FALSE(verifies(good, std::string(64, 't')));
  EXPECT_FALSE(verifies(good, ""));
  ExternalBinding changed = good;
  changed.mac.pop_back();
  EXPECT_FALSE(verifies(changed, secret_));
  changed.mac.clear();
  EXPECT_FALSE(verifies(changed, secret_));
  changed = good;
  changed.mac += '\0';
  EXPECT_FALSE(verifies(changed, secret_));
  for (std::size_t i = 0; i < good.mac.size(); ++i) {
    changed = good;
    changed.mac[i] = static_cast<char>(changed.mac[i] ^ 1);
    EXPECT_FALSE(verifies(changed, secret_)) << i;
  }
  BindingParts other_mac = parts();
  other_mac.mac_alg = "HS512";
  EXPECT_FALSE(verifies(parse_external_binding(other_mac.text(), kUrl).value(), secret_));
}

// RFC8555-7.3.4 T-D12
TEST_F(Binding, IsForTheKeyOfTheOuterJwsOnly) {
  const tests::JwsClient other;
  const auto binding = parse_external_binding(parts().text(), kUrl).value();
  EXPECT_TRUE(require_binding_of(binding, client_.public_key()));
  const auto refused = require_binding_of(binding, other.public_key());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().type(), ProblemType::malformed);
  EXPECT_NE(refused.error().detail().find(other.thumbprint()), std::string::npos);
  // The same key in another spelling is the same key (RFC 7638).
  BindingParts spelt = parts();
  spelt.payload = R"({"use":"sig","kid":"x",)" + spelt.payload.substr(1);
  EXPECT_TRUE(
      require_binding_of(parse_external_binding(spelt.text(), kUrl).value(), client_.public_key()));
  for (const std::string payload : {"", "{}", "[]", R"({"kty":"oct","k":"AAAA"})", "x"}) {
    SCOPED_TRACE(payload);
    BindingParts spoilt = parts();
    spoilt.payload = payload;
    const auto parsed = parse_external_binding(spoilt.text(), kUrl).value();
    EXPECT_FALSE(require_binding_of(parsed, client_.public_key()));
  }
}

struct Spoiling {
  std::string_view what;
  std::string_view detail;  // a part of it
  std::function<std::string(BindingParts)> text;
};

std::vector<Spoiling> spoilings(const ca::PublicKey& key) {
  const auto spoil = [](auto member, std::string value) {
    return [member, value](BindingParts parts) {
      parts.*member = value;
      return parts.text();
    };
  };
  const auto replace = [](std::string from, std::string to) {
    return [from, to](const BindingParts& parts) {
      std::string text = parts.text();
      const std::size_t at = text.find(from);
      EXPECT_NE(at, text.npos) << from;
      return text.replace(at, from.size(), to);
    };
  };
  const auto alg = [&](const std::string& name) { return spoil(&BindingParts::alg, name); };
  const auto kid = [&](const std::string& member) { return spoil(&BindingParts::kid, member); };
  const auto url = [&](const std::string& value) { return spoil(&BindingParts::url, value); };
  const auto more = [&](const std::string& members) {
    return spoil(&BindingParts::more_header, members);
  };
  return {
      {"nothing", "JWS", [](const BindingParts&) { return std::string("{}"); }},
      {"no JSON", "JWS", [](const BindingParts&) { return std::string("x"); }},
      {"an array", "JWS", [](const BindingParts&) { return std::string("[]"); }},
      {"no protected", R"("prot")", replace(R"("protected")", R"("prot")")},
      {"no payload", R"("pay")", replace(R"("payload")", R"("pay")")},
      {"no signature", R"("sign")", replace(R"("signature")", R"("sign")")},
      {"unprotected header", R"("header")", replace(R"("payload")", R"("header":{},"payload")")},
      {"several signatures", R"("signatures")",
       replace(R"("payload")", R"("signatures":[],"payload")")},
      {"signature twice", "JWS", replace(R"("payload")", R"("signature":"AA","payload")")},
      {"padding", "base64url", replace(R"("})", R"(="})")},
      {"line break", "base64url", replace(R"("})", "\\n\"}")},
      {"alg none", "/alg", alg("none")},
      {"the outer alg", "/alg", alg("ES256")},
      {"alg RS256", "/alg", alg("RS256")},
      {"alg in lower case", "/alg", alg("hs256")},
      {"a shortened MAC", "/alg", alg("HS256/64")},
      {"alg is empty", "/alg", alg("")},
      {"alg is no text", "/alg",
       replace(ca::base64url(R"({"alg":"HS256",)"), ca::base64url(R"({"alg":1234567,)"))},
      {"no kid", "/kid", kid(R"("x":1)")},
      {"kid is empty", "/kid", kid(R"("kid":"")")},
      {"kid is no text", "/kid", kid(R"("kid":1)")},
      {"kid with a space", "/kid", kid(R"("kid":"a b")")},
      {"kid that is not ASCII", "/kid", kid("\"kid\":\"\xC3\xA9\"")},
      {"kid with NUL", "/kid", kid(R"("kid":"a\u0000")")},
      {"kid too long", "/kid", kid(R"("kid":")" + std::string(65, 'k') + '"')},
      {"two kids", "protected header", more(R"(,"kid":"x")")},
      {"jwk beside kid", "/jwk", more(R"(,"jwk":)" + canonical_jwk(key))},
      {"jwk for kid", "/kid", kid(R"("jwk":)" + canonical_jwk(key))},
      {"a nonce", "/nonce", more(R"(,"nonce":"AAAA")")},
      {"an empty nonce", "/nonce", more(R"(,"nonce":"")")},
      {"critical extension", "/crit", more(R"(,"crit":["x"],"x":1)")},
      {"unencoded payload", "/b64", more(R"(,"b64":false)")},
      {"key from elsewhere", "/jku", more(R"(,"jku":"https://a.example")")},
      {"url of another resource", "/url", url("https://ca.example/acme/new-order")},
      {"url of another server", "/url", url("https://evil.example/acme/new-account")},
      {"url with a slash more", "/url", url("https://ca.example/acme/new-account/")},
      {"url is empty", "/url", url("")},
      {"two urls", "protected header", more(R"(,"url":"x")")},
  };
}

// RFC8555-7.3.4 T-D12
TEST_F(Binding, OfAnyOtherShapeIsMalformed) {
  const auto table = spoilings(client_.public_key());
  ASSERT_GE(table.size(), 35);
  for (const Spoiling& row : table) {
    SCOPED_TRACE(row.what);
    const auto binding = parse_external_binding(row.text(parts()), kUrl);
    ASSERT_FALSE(binding);
    EXPECT_EQ(binding.error().type(), ProblemType::malformed);
    EXPECT_TRUE(binding.error().detail().starts_with("externalAccountBinding: "));
    EXPECT_NE(binding.error().detail().find(row.detail), std::string::npos)
        << binding.error().detail();
  }
}

TEST(KeyIdentifier, IsVisibleAscii) {
  for (const char* good : {"a", "kid-1", "!~", "https://x/y?z"}) {
    EXPECT_TRUE(is_key_identifier(good)) << good;
  }
  EXPECT_TRUE(is_key_identifier(std::string(64, 'x')));
  EXPECT_FALSE(is_key_identifier(std::string(65, 'x')));
  for (const char* bad : {"", " ", "a b", "a\n", "\x7f", "\xC3\xA9"}) {
    EXPECT_FALSE(is_key_identifier(bad)) << bad;
  }
}

}  // namespace
}  // namespace acme
