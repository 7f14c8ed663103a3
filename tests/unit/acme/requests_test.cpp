#include "acme/wire/requests.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace acme {
namespace {

// RFC8555-7.3
TEST(NewAccountPayload, IsReadWithAllItsMembers) {
  const auto account = parse_new_account(
      R"({"contact":["mailto:a@example.org","tel:1"],"termsOfServiceAgreed":true,)"
      R"("onlyReturnExisting":true,"externalAccountBinding":{"protected":""}})");
  ASSERT_TRUE(account);
  EXPECT_EQ(account->contact, (std::vector<std::string>{"mailto:a@example.org", "tel:1"}));
  EXPECT_TRUE(account->terms_of_service_agreed);
  EXPECT_TRUE(account->only_return_existing);
  EXPECT_EQ(account->external_account_binding, R"({"protected":""})");
}

TEST(NewAccountPayload, MayBeEmpty) {
  const auto account = parse_new_account("{}");
  ASSERT_TRUE(account);
  EXPECT_FALSE(account->contact);
  EXPECT_FALSE(account->terms_of_service_agreed);
  EXPECT_FALSE(account->only_return_existing);
  EXPECT_FALSE(account->external_account_binding);
}

// RFC8555-7.3: the server must ignore what a client may not set.
TEST(NewAccountPayload, IgnoresMembersOfTheServer) {
  const auto account = parse_new_account(R"({"status":"revoked","orders":17,"zz":[]})");
  ASSERT_TRUE(account);
  EXPECT_FALSE(account->contact);
}

// RFC8555-7.3.2
TEST(AccountUpdatePayload, TellsAbsentFromEmptyContacts) {
  EXPECT_FALSE(parse_account_update("{}")->contact);
  EXPECT_EQ(parse_account_update(R"({"contact":[]})")->contact, std::vector<std::string>());
  EXPECT_EQ(parse_account_update(R"({"status":"deactivated"})")->status, "deactivated");
}

// RFC9444-4.3
TEST(NewOrderPayload, MayNameTheAncestorOfAName) {
  const auto order = parse_new_order(
      R"({"identifiers":[{"type":"dns","value":"b.a.example","ancestorDomain":"a.example"},)"
      R"({"type":"dns","value":"c.example","ancestorDomain":null}]})");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->identifiers[0].ancestor_domain, "a.example");
  EXPECT_FALSE(order->identifiers[1].ancestor_domain);
  EXPECT_FALSE(parse_new_order(
      R"({"identifiers":[{"type":"dns","value":"a.example","ancestorDomain":["example"]}]})"));
}

// RFC8555-7.4.1 RFC9444-4.2
TEST(NewAuthorizationPayload, IsOneIdentifier) {
  const auto plain =
      parse_new_authorization(R"({"identifier":{"type":"dns","value":"a.example"}})");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->identifier.type, "dns");
  EXPECT_EQ(plain->identifier.value, "a.example");
  EXPECT_FALSE(plain->subdomain_auth_allowed);
  EXPECT_TRUE(parse_new_authorization(
                  R"({"identifier":{"type":"dns","value":"a","subdomainAuthAllowed":true}})")
                  ->subdomain_auth_allowed);
  for (const char* payload :
       {"", "[]", "{}", R"({"identifier":[]})", R"({"identifier":{"type":"dns"}})",
        R"({"identifier":{"value":"a.example"}})",
        R"({"identifier":{"type":"dns","value":"a","subdomainAuthAllowed":1}})"}) {
    EXPECT_EQ(parse_new_authorization(payload).error().type(), ProblemType::malformed) << payload;
  }
}

// RFC8555-7.3.3
TEST(AccountUpdatePayload, AgreesToTermsByTrueOnly) {
  EXPECT_TRUE(parse_account_update(R"({"termsOfServiceAgreed":true})")->terms_of_service_agreed);
  for (const char* payload :
       {"{}", R"({"termsOfServiceAgreed":false})", R"({"termsOfServiceAgreed":null})"}) {
    EXPECT_FALSE(parse_account_update(payload)->terms_of_service_agreed);
  }
  EXPECT_FALSE(parse_account_update(R"({"termsOfServiceAgreed":1})"));
}

// RFC8555-7.3.5
TEST(KeyChangePayload, HoldsAnAccountAndAKey) {
  const auto change = parse_key_change(R"({"oldKey":{"kty":"EC","a":1},"account":"https://a/b"})");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->account, "https://a/b");
  EXPECT_EQ(change->old_key, R"({"a":1,"kty":"EC"})");
  for (const char* payload : {"", "{}", "[]", R"({"account":"x"})", R"({"oldKey":{}})",
                              R"({"account":1,"oldKey":{}})", R"({"account":"x","oldKey":"y"})"}) {
    EXPECT_FALSE(parse_key_change(payload)) << payload;
  }
}

// RFC8555-7.4
TEST(NewOrderPayload, IsReadWithAllItsMembers) {
  const auto order = parse_new_order(
      R"({"identifiers":[{"type":"dns","value":"a.example"},{"type":"ip","value":"::1","extra":1}],)"
      R"("notBefore":"2026-01-01T00:00:00Z","notAfter":"2026-02-01T00:00:00Z","profile":"dv",)"
      R"("replaces":"abc.def"})");
  ASSERT_TRUE(order);
  ASSERT_EQ(order->identifiers.size(), 2U);
  EXPECT_EQ(order->identifiers[0].type, "dns");
  EXPECT_EQ(order->identifiers[0].value, "a.example");
  EXPECT_EQ(order->identifiers[1].type, "ip");
  EXPECT_EQ(order->identifiers[1].value, "::1");
  EXPECT_EQ(order->not_before, std::chrono::sys_days{std::chrono::year{2026} / 1 / 1});
  EXPECT_EQ(order->not_after, std::chrono::sys_days{std::chrono::year{2026} / 2 / 1});
  EXPECT_EQ(order->profile, "dv");
  EXPECT_EQ(order->replaces, "abc.def");
}

TEST(NewOrderPayload, NeedsOnlyIdentifiers) {
  const auto order = parse_new_order(R"({"identifiers":[{"type":"dns","value":"a.example"}]})");
  ASSERT_TRUE(order);
  EXPECT_FALSE(order->not_before);
  EXPECT_FALSE(order->not_after);
  EXPECT_FALSE(order->profile);
  EXPECT_FALSE(order->replaces);
}

// RFC8555-7.5.2
TEST(AuthorizationUpdatePayload, HoldsAStatus) {
  EXPECT_EQ(parse_authorization_update(R"({"status":"deactivated"})")->status, "deactivated");
}

// RFC8555-7.4 WIR-22: clients in the field pad.
TEST(FinalizePayload, IsDecodedWithOrWithoutPadding) {
  EXPECT_EQ(parse_finalize(R"({"csr":"MAA"})")->csr, std::string("\x30\x00", 2));
  EXPECT_EQ(parse_finalize(R"({"csr":"MAA="})")->csr, std::string("\x30\x00", 2));
  EXPECT_EQ(parse_finalize(R"({"csr":"MA=="})")->csr, "0");
}

// RFC8555-7.6
TEST(RevokeCertPayload, HoldsACertificateAndPerhapsAReason) {
  const auto plain = parse_revoke_cert(R"({"certificate":"MAA"})");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->certificate, std::string("\x30\x00", 2));
  EXPECT_FALSE(plain->reason);
  EXPECT_EQ(parse_revoke_cert(R"({"certificate":"MAA","reason":4})")->reason, 4);
  EXPECT_EQ(parse_revoke_cert(R"({"certificate":"MAA","reason":-1})")->reason, -1);
}

// RFC8555-7.5.1: fields that the challenge does not define are ignored.
TEST(ChallengeResponsePayload, IsAnObject) {
  EXPECT_TRUE(parse_challenge_response("{}"));
  EXPECT_TRUE(parse_challenge_response(R"({"keyAuthorization":"x"})"));
}

enum class Kind { account, update, order, authorization, finalize, revoke, challenge };

template <class Value>
std::string detail_of(const Result<Value>& result) {
  if (result) return "accepted";
  EXPECT_EQ(result.error().type(), ProblemType::malformed);
  return result.error().detail();
}

std::string detail_of(Kind kind, std::string_view payload) {
  switch (kind) {
    case Kind::account:
      return detail_of(parse_new_account(payload));
    case Kind::update:
      return detail_of(parse_account_update(payload));
    case Kind::order:
      return detail_of(parse_new_order(payload));
    case Kind::authorization:
      return detail_of(parse_authorization_update(payload));
    case Kind::finalize:
      return detail_of(parse_finalize(payload));
    case Kind::revoke:
      return detail_of(parse_revoke_cert(payload));
    case Kind::challenge:
      return detail_of(parse_challenge_response(payload));
  }
  return "unreachable";
}

struct Row {
  Kind kind;
  std::string_view payload;
  std::string_view detail;
};

constexpr Row kRefused[] = {
    {Kind::account, R"({"contact":"mailto:a@example.org"})",
     "payload: /contact expected an array of strings, found a string"},
    {Kind::account, R"({"contact":["mailto:a@example.org",null]})",
     "payload: /contact/1 expected a string, found null"},
    {Kind::account, R"({"termsOfServiceAgreed":"true"})",
     "payload: /termsOfServiceAgreed expected true or false, found a string"},
    {Kind::account, R"({"onlyReturnExisting":1})",
     "payload: /onlyReturnExisting expected true or false, found a number"},
    {Kind::account, "", "payload: not a JSON text (RFC 8259): fault at octet 1"},
    {Kind::account, "[]", "payload: expected an object, found an array"},
    {Kind::update, R"({"contact":{}})",
     "payload: /contact expected an array of strings, found an object"},
    {Kind::update, R"({"status":false})", "payload: /status expected a string, found a boolean"},
    {Kind::update, R"({"status":"valid","status":"deactivated"})",
     "payload: the text has the member \"status\" twice"},
    {Kind::order, "{}", "payload: /identifiers expected an array of objects, found nothing"},
    {Kind::order, R"({"identifiers":null})",
     "payload: /identifiers expected an array of objects, found nothing"},
    {Kind::order, R"({"identifiers":{}})",
     "payload: /identifiers expected an array of objects, found an object"},
    {Kind::order, R"({"identifiers":[]})",
     "payload: /identifiers expected at least one identifier, found none"},
    {Kind::order, R"({"identifiers":["a.example"]})",
     "payload: /identifiers/0 expected an object, found a string"},
    {Kind::order, R"({"identifiers":[{"type":1,"value":"a.example"}]})",
     "payload: /identifiers/0/type expected a string, found a number"},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":"a.example"},{"type":"dns"}]})",
     "payload: /identifiers/1/value expected a string, found nothing"},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":["a.example"]}]})",
     "payload: /identifiers/0/value expected a string, found an array"},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":"a.example"}],"notBefore":0})",
     "payload: /notBefore expected a string, found a number"},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":"a.example"}],"notAfter":{}})",
     "payload: /notAfter expected a string, found an object"},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":"a.example"}],"notAfter":"tomorrow"})",
     "payload: /notAfter expected a date and time of RFC 3339 in whole seconds, found "
     "\"tomorrow\""},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":["dv"]})",
     "payload: /profile expected a string, found an array"},
    {Kind::order, R"({"identifiers":[{"type":"dns","value":"a.example"}],"replaces":1})",
     "payload: /replaces expected a string, found a number"},
    {Kind::authorization, "{}", "payload: /status expected a string, found nothing"},
    {Kind::authorization, R"({"status":null})",
     "payload: /status expected a string, found nothing"},
    {Kind::finalize, "{}", "payload: /csr expected a string, found nothing"},
    {Kind::finalize, R"({"csr":7})", "payload: /csr expected a string, found a number"},
    {Kind::finalize, R"({"csr":""})",
     "payload: /csr expected the base64url of a DER certificate request, found \"\""},
    {Kind::finalize, R"({"csr":"===="})",
     "payload: /csr expected the base64url of a DER certificate request, found \"====\""},
    {Kind::finalize, R"({"csr":"MAA==="})",
     "payload: /csr expected the base64url of a DER certificate request, found \"MAA===\""},
    {Kind::finalize, R"({"csr":"M+A/"})",
     "payload: /csr expected the base64url of a DER certificate request, found \"M+A/\""},
    {Kind::finalize, R"({"csr":"MAB"})",
     "payload: /csr expected the base64url of a DER certificate request, found \"MAB\""},
    {Kind::finalize, R"({"csr":"-----BEGIN CERTIFICATE REQUEST-----"})",
     "payload: /csr expected the base64url of a DER certificate request, found "
     "\"-----BEGIN CERTIFICATE REQUEST-----\""},
    {Kind::revoke, "{}", "payload: /certificate expected a string, found nothing"},
    {Kind::revoke, R"({"certificate":"MAA="})",
     "payload: /certificate expected base64url without padding (RFC 7515 §2), found \"MAA=\""},
    {Kind::revoke, R"({"certificate":"MAA","reason":"1"})",
     "payload: /reason expected an integer, found a string"},
    {Kind::revoke, R"({"certificate":"MAA","reason":1.0})",
     "payload: /reason expected an integer, found a number"},
    {Kind::revoke, R"({"certificate":"MAA","reason":18446744073709551615})",
     "payload: /reason is too large: \"18446744073709551615\""},
    {Kind::challenge, "", "payload: not a JSON text (RFC 8259): fault at octet 1"},
    {Kind::challenge, "[{}]", "payload: expected an object, found an array"},
    {Kind::challenge, "\"\"", "payload: expected an object, found a string"},
};

// RFC8555-6.7 T-D2 T-D6
TEST(Payloads, AreRefusedWithThePlaceOfTheFault) {
  for (const Row& row : kRefused) {
    SCOPED_TRACE(row.payload);
    EXPECT_EQ(detail_of(row.kind, row.payload), row.detail);
  }
}

}  // namespace
}  // namespace acme
