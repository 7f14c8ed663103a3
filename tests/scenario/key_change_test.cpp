// keyChange: an account gets another key, and nothing else changes.
#include <functional>

#include "acme/records/account_record.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

std::string key_change_url(const World& world) {
  return world.url(acme::paths::kKeyChange);
}

/// Every part of an inner JWS, as an honest client would write it; a test spoils one.
struct Inner {
  Inner(const World& world, const JwsClient& client, const JwsClient& next)
      : signer(&next.signer()),
        alg(acme::jose_algorithm(next.public_key().kind()).name),
        key(R"("jwk":)" + acme::canonical_jwk(next.public_key())),
        url(key_change_url(world)),
        account(client.account().value()),
        old_key(acme::canonical_jwk(client.public_key())) {}

  [[nodiscard]] std::string text() const {
    const std::string header =
        R"({"alg":")" + alg + R"(",)" + key + R"(,"url":")" + url + '"' + more_header + "}";
    const std::string change =
        payload.value_or(R"({"account":")" + account + R"(","oldKey":)" + old_key + "}");
    return make_jws(*signer, header, change);
  }

  ca::Signer* signer;
  std::string alg;
  std::string key;
  std::string url;
  std::string account;
  std::string old_key;
  std::string more_header;
  std::optional<std::string> payload;
};

acme::Result<acme::Reply> change(World& world, const JwsClient& client, const JwsClient& next) {
  return world.post(client, key_change_url(world), Inner(world, client, next).text());
}

// RFC8555-7.3.5 T-D11
TEST(KeyChange, GivesTheAccountAnotherKeyAndLeavesTheRest) {
  for (const ca::KeyAlgorithm algorithm :
       {ca::KeyAlgorithm::ecdsa_p256, ca::KeyAlgorithm::ecdsa_p384, ca::KeyAlgorithm::rsa_2048}) {
    World world;
    JwsClient client = registered(world, R"({"contact":["mailto:a@b.example"]})");
    const ClientOrder order = ordered(world, client, {"a.example"});
    const Json before = read(world, client, client.account().value());
    JwsClient next(algorithm);
    const auto reply = change(world, client, next);
    EXPECT_EQ(body_of(reply), before);
    EXPECT_EQ(reply->outcome, acme::Outcome::ok);

    next.use_account(client.account().value());
    EXPECT_EQ(read(world, next, next.account().value()), before);
    EXPECT_EQ(read(world, next, order.url)["status"], "pending");
    EXPECT_FALSE(world.post(client, client.account().value(), "").has_value());
    const auto is_refused = [&](const std::string& url) {
      return !world.post(client, url, "").has_value();
    };
    EXPECT_TRUE(is_refused(order.url));
    world.restart();
    EXPECT_EQ(read(world, next, next.account().value()), before);
    EXPECT_TRUE(is_refused(order.url));
  }
}

// RFC8555-7.3.5
TEST(KeyChange, LeadsNewAccountToTheAccountByItsNewKeyOnly) {
  World world;
  JwsClient client = registered(world);
  JwsClient next;
  body_of(change(world, client, next));
  const std::string only = R"({"onlyReturnExisting":true})";
  const std::string url = world.url(acme::paths::kNewAccount);
  const auto found = world.post(next, url, only);
  EXPECT_EQ(found.value().location, client.account());
  const std::string account = client.account().value();
  client.forget_account();
  refusal_of(world.post(client, url, only), ProblemType::account_does_not_exist);
  // The replaced key is nobody's, so it may open an account of its own.
  const auto created = world.post(client, url, "{}");
  EXPECT_EQ(created.value().outcome, acme::Outcome::created);
  EXPECT_NE(created->location, account);
}

// RFC8555-7.3.5
TEST(KeyChange, KeepsWhatWasBegunWithTheOldKey) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const ClientOrder later = ordered(world, client, {"b.example"});
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  JwsClient next;
  body_of(change(world, client, next));
  next.use_account(client.account().value());
  world.work();
  EXPECT_EQ(read(world, next, order.url)["status"], "ready");
  // What is begun afterwards is proved with the new key (RFC 8555 §8.1).
  world.fetcher.serve_challenges("b.example", next.thumbprint());
  body_of(world.post(next, challenge_of(world, next, later, 0), "{}"));
  world.work();
  EXPECT_EQ(read(world, next, later.url)["status"], "ready");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(next, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, next, order.url)["status"], "valid");
}

// RFC8555-7.3.5 T-D11
TEST(KeyChange, RefusesAKeyThatAnAccountHas) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const JwsClient gone = registered(world);
  body_of(world.post(gone, gone.account().value(), R"({"status":"deactivated"})"));
  for (const JwsClient* holder : {&other, &gone, &client}) {
    const auto reply = change(world, client, *holder);
    refusal_of(reply, ProblemType::conflict);
    EXPECT_EQ(reply.error().location(), holder->account());
  }
  EXPECT_EQ(read(world, client, client.account().value())["status"], "valid");
}

// BR-6.1.1.3 T-D11
TEST(KeyChange, RefusesAKeyThatWasReportedCompromised) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient next;
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    ca::Ledger::block_key(transaction, next.public_key().spki_sha256(), "for a test",
                          world.clock.seconds());
  });
  refusal_of(change(world, client, next), ProblemType::bad_public_key);
  EXPECT_EQ(read(world, client, client.account().value())["status"], "valid");
}

/// One way to spoil an inner JWS, and what is said about it.
struct Spoiling {
  std::string_view what;
  ProblemType type;
  std::string_view detail;  // a part of it
  std::function<std::string(Inner)> text;
};

std::vector<Spoiling> spoilings(const JwsClient& client, const JwsClient& next) {
  static const JwsClient stranger;
  static const JwsClient wide(ca::KeyAlgorithm::ecdsa_p384);
  const auto spoil = [](auto member, std::string value) {
    return [member, value](Inner inner) {
      inner.*member = value;
      return inner.text();
    };
  };
  const auto replace = [](std::string from, std::string to) {
    return [from, to](const Inner& inner) {
      std::string text = inner.text();
      const std::size_t at = text.find(from);
      EXPECT_NE(at, text.npos) << from;
      return text.replace(at, from.size(), to);
    };
  };
  const auto payload = [](std::string text) {
    return [text](Inner inner) {
      inner.payload = text;
      return inner.text();
    };
  };
  const auto signed_by = [](const JwsClient& other) {
    return [&other](Inner inner) {
      inner.signer = &other.signer();
      return inner.text();
    };
  };
  const std::string account = client.account().value();
  const std::string account_member = R"("account":")" + account + '"';
  const std::string old_member = R"("oldKey":)" + acme::canonical_jwk(client.public_key());
  const auto kid = [&](const std::string& value) {
    return spoil(&Inner::key, R"("kid":")" + value + '"');
  };
  const auto jwk = [&](const std::string& value) {
    return spoil(&Inner::key, R"("jwk":)" + value);
  };
  using enum ProblemType;
  const std::string new_jwk = acme::canonical_jwk(next.public_key());
  return {
      // Step 2: a well-formed JWS.
      {"nothing", malformed, "inner JWS", [](const Inner&) { return std::string("{}"); }},
      {"no JSON", malformed, "inner JWS", [](const Inner&) { return std::string("inner"); }},
      {"an array", malformed, "inner JWS", [](const Inner&) { return std::string("[]"); }},
      {"two values", malformed, "inner JWS", [](const Inner& in) { return in.text() + "{}"; }},
      {"signature of another name", malformed, "sign", replace(R"("signature")", R"("sign")")},
      {"no signature", malformed, "/signature",
       [](const Inner& in) {
         const std::string text = in.text();
         return text.substr(0, text.find(R"(,"signature")")) + "}";
       }},
      {"empty signature", malformed, "inner JWS: JWS: the signature",
       [](const Inner& in) {
         const std::string text = in.text();
         return text.substr(0, text.find(R"("signature":")") + 13) + R"("})";
       }},
      {"no payload", malformed, "inner JWS", replace(R"("payload")", R"("pay")")},
      {"no protected", malformed, "inner JWS", replace(R"("protected")", R"("prot")")},
      {"unprotected header", malformed, R"("header")",
       replace(R"("payload")", R"("header":{},"payload")")},
      {"several signatures", malformed, "inner JWS",
       replace(R"("payload")", R"("signatures":[],"payload")")},
      {"padding", malformed, "base64url", replace(R"(","signature")", R"(=","signature")")},
      {"critical extension", malformed, "/crit",
       spoil(&Inner::more_header, R"(,"crit":["exp"],"exp":1)")},
      {"unencoded payload", malformed, "/b64", spoil(&Inner::more_header, R"(,"b64":false)")},
      {"a key from elsewhere", malformed, "/jku",
       spoil(&Inner::more_header, R"(,"jku":"https://a.example")")},
      {"duplicate url", malformed, "inner JWS", spoil(&Inner::more_header, R"(,"url":"x")")},
      // Step 3: jwk.
      {"kid of the account", malformed, "/kid is not allowed", kid(account)},
      {"kid of nobody", malformed, "/kid is not allowed", kid("x")},
      {"kid and jwk", malformed, "both", spoil(&Inner::more_header, R"(,"kid":"x")")},
      {"neither", malformed, "neither", spoil(&Inner::key, R"("x":1)")},
      {"jwk is text", malformed, "/jwk", jwk(R"("x")")},
      {"jwk is empty", malformed, "/kty", jwk("{}")},
      {"symmetric jwk", malformed, "/k ", jwk(R"({"kty":"oct","k":"AAAA"})")},
      {"private member", malformed, "/d ", jwk(R"({"d":"AA",)" + new_jwk.substr(1))},
      {"point off the curve", bad_public_key, "inner JWS",
       jwk(R"({"crv":"P-256","kty":"EC","x":")" + ca::base64url(std::string(32, '\1')) +
           R"(","y":")" + ca::base64url(std::string(32, '\2')) + R"("})")},
      {"small RSA key", bad_public_key, "inner JWS",
       jwk(R"({"e":"AQAB","kty":"RSA","n":")" + ca::base64url(std::string(128, '\xC1')) + R"("})")},
      {"unknown curve", bad_public_key, "secp256k1",
       jwk(R"({"crv":"secp256k1","kty":"EC","x":"AA","y":"AA"})")},
      // Step 4: the new key signs.
      {"no algorithm", bad_signature_algorithm, "none", spoil(&Inner::alg, "none")},
      {"a MAC", bad_signature_algorithm, "HS256", spoil(&Inner::alg, "HS256")},
      {"algorithm of another curve", bad_public_key, "ES384", spoil(&Inner::alg, "ES384")},
      {"signed by the old key", malformed, "does not verify", signed_by(client)},
      {"signed by a stranger", malformed, "does not verify", signed_by(stranger)},
      {"signed with a wider curve", malformed, "does not verify", signed_by(wide)},
      {"keys swapped", malformed, "does not verify", jwk(acme::canonical_jwk(client.public_key()))},
      // Step 5: a keyChange object.
      {"payload is empty", malformed, "inner JWS", payload("")},
      {"payload is {}", malformed, "/account", payload("{}")},
      {"payload is an array", malformed, "inner JWS", payload("[]")},
      {"no account", malformed, "/account", payload("{" + old_member + "}")},
      {"no oldKey", malformed, "/oldKey", payload("{" + account_member + "}")},
      {"account is no text", malformed, "/account", payload(R"({"account":1,)" + old_member + "}")},
      {"oldKey is text", malformed, "/oldKey", payload("{" + account_member + R"(,"oldKey":"x"})")},
      {"two oldKeys", malformed, "inner JWS",
       payload("{" + account_member + "," + old_member + "," + old_member + "}")},
      // Step 6: one url, and no nonce.
      {"url of another resource", malformed, "/url",
       spoil(&Inner::url, "https://ca.example/acme/new-account")},
      {"url of another server", malformed, "/url",
       spoil(&Inner::url, "https://evil.example/acme/key-change")},
      {"url with a query", malformed, "/url",
       spoil(&Inner::url, "https://ca.example/acme/key-change?")},
      {"url is empty", malformed, "/url", spoil(&Inner::url, "")},
      {"a nonce", malformed, "/nonce", spoil(&Inner::more_header, R"(,"nonce":"AAAA")")},
      {"an empty nonce", malformed, "/nonce", spoil(&Inner::more_header, R"(,"nonce":"")")},
      // Steps 7 and 8: this account, and the key it has.
      {"account of nobody", malformed, "/account",
       spoil(&Inner::account, "https://ca.example/acme/account/ECAwQFBgAQIDBAUGBwgJCg")},
      {"account with a slash more", malformed, "/account", spoil(&Inner::account, account + "/")},
      {"account without its server", malformed, "/account",
       spoil(&Inner::account, account.substr(std::string("https://ca.example").size()))},
      {"account is empty", malformed, "/account", spoil(&Inner::account, "")},
      {"oldKey is the new one", malformed, "/oldKey", spoil(&Inner::old_key, new_jwk)},
      {"oldKey of a stranger", malformed, "/oldKey",
       spoil(&Inner::old_key, acme::canonical_jwk(stranger.public_key()))},
      {"oldKey is no key", malformed, "/oldKey", spoil(&Inner::old_key, R"({"kty":"EC"})")},
  };
}

// RFC8555-7.3.5 T-D11
TEST(KeyChange, RefusesEverySpoiltInnerRequestAndChangesNothing) {
  World world;
  const JwsClient client = registered(world);
  JwsClient next;
  const std::vector<Spoiling> table = spoilings(client, next);
  ASSERT_GE(table.size(), 50);
  for (const Spoiling& row : table) {
    SCOPED_TRACE(row.what);
    const std::string text = row.text(Inner(world, client, next));
    const auto reply = world.post(client, key_change_url(world), text);
    const std::string detail = refusal_of(reply, row.type);
    EXPECT_NE(detail.find(row.detail), std::string::npos) << detail;
    EXPECT_TRUE(detail.starts_with("inner JWS: ")) << detail;
    EXPECT_EQ(read(world, client, client.account().value())["status"], "valid");
  }
  refusal_of(world.post(client, key_change_url(world), ""), ProblemType::malformed);
  body_of(change(world, client, next));
}

// RFC8555-7.3.5 T-D11: the inner request names one account and one key, so it serves once.
TEST(KeyChange, RefusesAnInnerRequestMadeForAnotherAccountOrAgain) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient thief = registered(world);
  JwsClient next;
  const std::string inner = Inner(world, client, next).text();
  refusal_of(world.post(thief, key_change_url(world), inner), ProblemType::malformed);
  body_of(world.post(client, key_change_url(world), inner));
  next.use_account(client.account().value());
  refusal_of(world.post(next, key_change_url(world), inner), ProblemType::malformed);
  JwsClient last;
  body_of(change(world, next, last));
  last.use_account(client.account().value());
  refusal_of(world.post(last, key_change_url(world), inner), ProblemType::malformed);
  EXPECT_EQ(read(world, last, client.account().value())["status"], "valid");
}

// RFC8555-6.2: only an account changes its key.
TEST(KeyChange, WantsAKidOutside) {
  World world;
  JwsClient client = registered(world);
  const JwsClient next;
  const std::string inner = Inner(world, client, next).text();
  client.forget_account();
  refusal_of(world.post(client, key_change_url(world), inner), ProblemType::malformed);
}

// T-D11 T-B6
TEST(KeyChange, OfTwoAtOnceOneWins) {
  for (int round = 0; round < 8; ++round) {
    World world;
    const JwsClient client = registered(world);
    std::vector<JwsClient> next(4);
    std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> posts;
    for (const JwsClient& each : next) {
      posts.push_back(
          world.prepared(client, key_change_url(world), Inner(world, client, each).text()));
    }
    const auto replies = World::run_together(std::move(posts));
    std::size_t changed = 0;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      next[i].use_account(client.account().value());
      EXPECT_EQ(world.post(next[i], client.account().value(), "").has_value(),
                replies[i].has_value());
      if (replies[i]) {
        ++changed;
      } else {
        refusal_of(replies[i], ProblemType::unauthorized);
      }
    }
    EXPECT_EQ(changed, 1);
  }
}

// T-D11 T-B6
TEST(KeyChange, OfTwoAccountsToOneKeyOneWins) {
  World world;
  const JwsClient one = registered(world);
  const JwsClient two = registered(world);
  const JwsClient next;
  std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> posts;
  for (const JwsClient* each : {&one, &two}) {
    posts.push_back(world.prepared(*each, key_change_url(world), Inner(world, *each, next).text()));
  }
  const auto replies = World::run_together(std::move(posts));
  ASSERT_NE(replies[0].has_value(), replies[1].has_value());
  const auto& lost = replies[0] ? replies[1] : replies[0];
  refusal_of(lost, ProblemType::conflict);
  EXPECT_EQ(lost.error().location(), replies[0] ? one.account() : two.account());
}

// RFC8555-7.3.5 T-D9
TEST(KeyChange, OvertakesRequestsThatTheOldKeySignedBefore) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const ClientOrder ready = ready_order(world, client, {"r.example"});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json done = issued(world, client, *key, {"i.example"});
  const std::string leaf = ca::base64url(leaf_of(world, client, done["certificate"]));
  const auto other = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const std::vector<std::pair<std::string, std::string>> requests{
      {world.url(acme::paths::kNewOrder),
       R"({"identifiers":[{"type":"dns","value":"b.example"}]})"},
      {challenge_of(world, client, order, 0), "{}"},
      {client.account().value(), R"({"contact":[]})"},
      {client.account().value(), R"({"status":"deactivated"})"},
      {order.authorization(0), R"({"status":"deactivated"})"},
      {ready.finalize(), csr_payload(*other, {"r.example"})},
      {world.url(acme::paths::kRevokeCert), R"({"certificate":")" + leaf + R"("})"},
  };
  std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> late;
  for (const auto& [url, payload] : requests) late.push_back(world.prepared(client, url, payload));
  const JwsClient next;
  body_of(change(world, client, next));
  for (const auto& reply : World::run_together(std::move(late))) {
    EXPECT_EQ(refusal_of(reply, ProblemType::unauthorized),
              "the account has got another key since this request was received");
  }
}

}  // namespace
}  // namespace tests
