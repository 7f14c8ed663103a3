#include "acme/jose/authenticate.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "acme/jose/account_keys.h"
#include "acme/records/account_record.h"
#include "ca/crypto/encoding.h"
#include "tests/support/addresses_only.h"
#include "tests/support/jws_client.h"
#include "tests/support/no_reviews.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace acme {
namespace {

constexpr std::string_view kUrl = "https://ca.example/acme/new-order";

class FixedClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return kNow; }
  static constexpr ca::Time kNow{std::chrono::seconds(1'800'000'000)};
};

/// Authentication has no business with the network.
class NoNetwork final : public tests::AddressesOnly,
                        public HttpFetcher,
                        public TlsProber,
                        public EventLog {
 public:
  boost::asio::awaitable<Result<std::vector<ca::IpAddress>>> addresses(ca::DnsName) override {
    throw std::logic_error("a name was looked up");
  }
  boost::asio::awaitable<Result<FetchedBody>> fetch(ca::Identifier, std::string) override {
    throw std::logic_error("something was fetched");
  }
  boost::asio::awaitable<Result<ProbedCertificate>> probe(ca::Identifier, std::string) override {
    throw std::logic_error("a handshake was made");
  }
  void record(Severity,
              std::string_view,
              const std::vector<std::pair<std::string_view, std::string>>&) override {}
};

class Authenticate : public testing::Test {
 protected:
  std::string add_account(const ca::PublicKey& key, AccountStatus status) {
    const AccountId id = AccountId::fresh(random_, FixedClock::kNow);
    store_->write_and_wait([&](storage::Transaction& transaction) {
      kAccounts.put(transaction, id.octets(),
                    AccountRecord{.status = status,
                                  .spki = key.spki(),
                                  .contacts = {},
                                  .terms_agreed_at = std::nullopt,
                                  .created_at = FixedClock::kNow});
      return true;
    });
    return urls_.account(id);
  }

  Result<AuthenticatedRequest> judge(Authentication expected, std::string_view body) {
    return authenticate(services_, expected, kUrl, body);
  }

  void expect_refused(Authentication expected,
                      std::string_view body,
                      ProblemType type,
                      std::string_view detail) {
    const auto request = judge(expected, body);
    ASSERT_FALSE(request);
    EXPECT_EQ(urn_of(request.error().type()), urn_of(type));
    EXPECT_EQ(request.error().detail(), detail);
  }

  /// Whether `nonce` has not been spent. Spends it.
  bool is_unspent(const std::string& nonce) { return nonces_.redeem(nonce); }

  ca::SystemRandom random_;
  FixedClock clock_;
  NoNetwork network_;
  tests::TempStore store_;
  tests::TestCa ca_ = tests::make_test_ca(FixedClock::kNow);
  policy::Catalog catalog_;
  NonceService nonces_{random_};
  AccountKeyCache account_keys_;
  ResourceUrls urls_{"https://ca.example"};
  DirectoryMeta meta_;
  RateLimits limits_;
  tests::NoReviews no_reviews_{catalog_};
  PollLimiter polls_;
  Services services_{.store = *store_,
                     .issuers = *ca_.issuer,
                     .catalog = catalog_,
                     .special_use_names = policy::SpecialUseNames::refused,
                     .random = random_,
                     .clock = clock_,
                     .nonces = nonces_,
                     .account_keys = account_keys_,
                     .urls = urls_,
                     .meta = meta_,
                     .dns = network_,
                     .fetcher = network_,
                     .prober = network_,
                     .events = network_,
                     .limits = limits_,
                     .surroundings = no_reviews_.surroundings(),
                     .polls = polls_,
                     .wake_due_work = [] {}};
  tests::JwsClient client_;
};

// RFC8555-6.2
TEST_F(Authenticate, AcceptsARequestWithAKeyOfItsOwn) {
  for (const Authentication expected : {Authentication::jwk, Authentication::jwk_or_kid}) {
    const auto request = judge(expected, client_.request(kUrl, nonces_.issue(), R"({"a":1})"));
    ASSERT_TRUE(request) << request.error().detail();
    EXPECT_EQ(request->payload, R"({"a":1})");
    EXPECT_EQ(request->key, client_.public_key());
    EXPECT_FALSE(request->account);
    EXPECT_FALSE(request->is_post_as_get());
  }
}

// RFC8555-6.2
TEST_F(Authenticate, AcceptsARequestOfAnAccount) {
  client_.use_account(add_account(client_.public_key(), AccountStatus::valid));
  for (const Authentication expected : {Authentication::kid, Authentication::jwk_or_kid}) {
    const auto request = judge(expected, client_.request(kUrl, nonces_.issue(), "{}"));
    ASSERT_TRUE(request) << request.error().detail();
    EXPECT_EQ(request->key, client_.public_key());
    ASSERT_TRUE(request->account);
    EXPECT_EQ(urls_.account(*request->account), client_.account());
  }
}

// RFC8555-6.3
TEST_F(Authenticate, TellsAPostAsGet) {
  const auto request = judge(Authentication::jwk, client_.request(kUrl, nonces_.issue(), ""));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->is_post_as_get());
}

// RFC8555-6.2: newAccount takes a jwk only, everything else a kid only.
TEST_F(Authenticate, RefusesTheOtherKindOfKey) {
  const std::string nonce = nonces_.issue();
  expect_refused(Authentication::kid, client_.request(kUrl, nonce, "{}"), ProblemType::malformed,
                 "protected header: /jwk is not allowed here, expected kid with the account URL "
                 "(RFC 8555 §6.2)");
  client_.use_account(add_account(client_.public_key(), AccountStatus::valid));
  expect_refused(Authentication::jwk, client_.request(kUrl, nonce, "{}"), ProblemType::malformed,
                 "protected header: /kid is not allowed here, expected jwk (RFC 8555 §6.2)");
  EXPECT_TRUE(is_unspent(nonce));
}

// RFC8555-6.7 T-D9
TEST_F(Authenticate, RefusesAccountsThatDoNotExist) {
  const std::string nonce = nonces_.issue();
  for (const std::string_view kid : {"https://ca.example/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
                                     "https://ca.example/acme/account/", "x", "",
                                     "https://other.example/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
                                     "https://ca.example/acme/order/ECAwQFBgAQIDBAUGBwgJCg"}) {
    SCOPED_TRACE(kid);
    client_.use_account(std::string(kid));
    expect_refused(
        Authentication::kid, client_.request(kUrl, nonce, "{}"),
        ProblemType::account_does_not_exist,
        "protected header: /kid \"" + std::string(kid) + "\" is not the URL of an account here");
  }
  EXPECT_TRUE(is_unspent(nonce));
}

// RFC8555-7.3.6 T-D9
TEST_F(Authenticate, RefusesAccountsThatAreNoLongerValid) {
  client_.use_account(add_account(client_.public_key(), AccountStatus::deactivated));
  expect_refused(Authentication::kid, client_.request(kUrl, nonces_.issue(), "{}"),
                 ProblemType::unauthorized, "the account is deactivated, expected a valid one");
  client_.use_account(add_account(client_.public_key(), AccountStatus::revoked));
  expect_refused(Authentication::jwk_or_kid, client_.request(kUrl, nonces_.issue(), "{}"),
                 ProblemType::unauthorized, "the account is revoked, expected a valid one");
}

// RFC8555-6.2 T-D9: the account of someone else.
TEST_F(Authenticate, RefusesASignatureByAnotherKeyThanTheAccounts) {
  const tests::JwsClient other;
  client_.use_account(add_account(other.public_key(), AccountStatus::valid));
  const std::string nonce = nonces_.issue();
  expect_refused(Authentication::kid, client_.request(kUrl, nonce, "{}"), ProblemType::malformed,
                 "JWS: the signature does not verify with the key of the request");
  EXPECT_TRUE(is_unspent(nonce));
}

// RFC8555-6.5 WIR-02: acme.sh recognizes the sentence.
TEST_F(Authenticate, RefusesNoncesThatAreAbsentForgedOrUsed) {
  const std::string used = nonces_.issue();
  ASSERT_TRUE(judge(Authentication::jwk, client_.request(kUrl, used, "{}")));
  expect_refused(Authentication::jwk, client_.request(kUrl, used, "{}"), ProblemType::bad_nonce,
                 "JWS has an invalid anti-replay nonce: \"" + used +
                     "\" is not ours, too old, or used before");
  expect_refused(
      Authentication::jwk, client_.request(kUrl, "Zm9yZ2Vk", "{}"), ProblemType::bad_nonce,
      "JWS has an invalid anti-replay nonce: \"Zm9yZ2Vk\" is not ours, too old, or used before");
  const std::string without = R"({"alg":"ES256","jwk":)" + canonical_jwk(client_.public_key()) +
                              R"(,"url":")" + std::string(kUrl) + R"("})";
  expect_refused(Authentication::jwk, tests::make_jws(client_.signer(), without, "{}"),
                 ProblemType::bad_nonce,
                 "JWS has an invalid anti-replay nonce: none, expected one of ours");
}

// RFC8555-6.4
TEST_F(Authenticate, RefusesARequestForAnotherUrl) {
  for (const std::string_view url :
       {"https://ca.example/acme/new-account", "https://ca.example/acme/new-order/",
        "https://CA.example/acme/new-order", "http://ca.example/acme/new-order", "/acme/new-order",
        "", "https://ca.example:443/acme/new-order"}) {
    SCOPED_TRACE(url);
    expect_refused(
        Authentication::jwk, client_.request(url, nonces_.issue(), "{}"), ProblemType::unauthorized,
        "protected header: /url \"" + std::string(url) +
            "\" is not where the request arrived, expected \"https://ca.example/acme/new-order\" "
            "(RFC 8555 §6.4)");
  }
}

/// `body` with the last character of its signature's first half changed.
std::string damaged(std::string body) {
  const std::size_t at = body.rfind("\":\"") + 10;
  body[at] = body[at] == 'A' ? 'B' : 'A';
  return body;
}

// RFC8555-6.5 T-D13: who cannot sign cannot burn nonces.
TEST_F(Authenticate, SpendsNoNonceForABadSignature) {
  const std::string nonce = nonces_.issue();
  const std::string body = client_.request(kUrl, nonce, "{}");
  expect_refused(Authentication::jwk, damaged(body), ProblemType::malformed,
                 "JWS: the signature does not verify with the key of the request");
  EXPECT_TRUE(judge(Authentication::jwk, body));
}

// RFC8555-6.5: once a nonce has appeared in a signed request it is used, whatever else is wrong.
TEST_F(Authenticate, SpendsTheNonceOfASignedRequestForAnotherUrl) {
  const std::string nonce = nonces_.issue();
  ASSERT_FALSE(judge(Authentication::jwk, client_.request("https://ca.example/x", nonce, "{}")));
  EXPECT_FALSE(is_unspent(nonce));
}

// The order of checks: each request below has that fault and every later one.
TEST_F(Authenticate, ChecksAlgorithmKeySignatureNonceUrlInThisOrder) {
  const auto header = [&](std::string_view alg, std::string_view jwk) {
    return R"({"alg":")" + std::string(alg) + R"(","jwk":)" + std::string(jwk) +
           R"(,"nonce":"AAAA","url":"elsewhere"})";
  };
  const std::string good_key = canonical_jwk(client_.public_key());
  constexpr std::string_view kBadKey = R"({"kty":"RSA","n":"wQ","e":"AQ"})";
  const auto type_of = [&](const std::string& body) {
    const auto request = judge(Authentication::jwk, body);
    return request ? "accepted" : urn_of(request.error().type());
  };
  const std::string urn = "urn:ietf:params:acme:error:";
  EXPECT_EQ(type_of(damaged(tests::make_jws(client_.signer(), header("HS256", kBadKey), "{}"))),
            urn + "badSignatureAlgorithm");
  EXPECT_EQ(type_of(damaged(tests::make_jws(client_.signer(), header("RS256", kBadKey), "{}"))),
            urn + "badPublicKey");
  EXPECT_EQ(type_of(damaged(tests::make_jws(client_.signer(), header("ES256", good_key), "{}"))),
            urn + "malformed");
  EXPECT_EQ(type_of(tests::make_jws(client_.signer(), header("ES256", good_key), "{}")),
            urn + "badNonce");
  EXPECT_EQ(type_of(client_.request("elsewhere", nonces_.issue(), "{}")), urn + "unauthorized");
  EXPECT_EQ(type_of(client_.request(kUrl, nonces_.issue(), "{}")), "accepted");
}

// RFC8555-6.2
TEST_F(Authenticate, RefusesABodyThatIsNoJws) {
  expect_refused(Authentication::jwk, "hello", ProblemType::malformed,
                 "JWS: not a JSON text (RFC 8259): fault at octet 1");
}

}  // namespace
}  // namespace acme
