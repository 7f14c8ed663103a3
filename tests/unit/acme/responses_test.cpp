#include "acme/wire/responses.h"

#include <gtest/gtest.h>

#include <string>

namespace acme {
namespace {

ca::Identifier dns(std::string_view name) {
  return ca::DnsName::parse(name).value();
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

// RFC8555-7.1.2
TEST(AccountJson, HasItsMembersInOrder) {
  EXPECT_EQ(account_json({.status = "valid",
                          .contact = {"mailto:a@example.org"},
                          .terms_of_service_agreed = true,
                          .orders = "https://ca.example/orders"}),
            R"({"status":"valid","contact":["mailto:a@example.org"],"termsOfServiceAgreed":true,)"
            R"("orders":"https://ca.example/orders"})");
}

// RFC8555-7.1.2 WIR-09: an empty collection is an empty array.
TEST(AccountJson, NeverHasANullCollection) {
  EXPECT_EQ(
      account_json({.status = "deactivated", .contact = {}, .orders = "https://ca.example/orders"}),
      R"({"status":"deactivated","contact":[],"orders":"https://ca.example/orders"})");
}

OrderView order() {
  return {.status = "pending",
          .expires = "2026-11-29T00:00:00Z",
          .identifiers = {dns("a.example"), ca::IpAddress::parse("192.0.2.1").value()},
          .not_before = std::nullopt,
          .not_after = std::nullopt,
          .profile = std::nullopt,
          .replaces = std::nullopt,
          .authorizations = {"https://ca.example/authz/1", "https://ca.example/authz/2"},
          .finalize = "https://ca.example/order/1/finalize",
          .certificate = std::nullopt,
          .error = std::nullopt};
}

// RFC8555-7.1.3
TEST(OrderJson, HasItsMembersInOrder) {
  EXPECT_EQ(
      order_json(order()),
      R"({"status":"pending","expires":"2026-11-29T00:00:00Z",)"
      R"("identifiers":[{"type":"dns","value":"a.example"},{"type":"ip","value":"192.0.2.1"}],)"
      R"("authorizations":["https://ca.example/authz/1","https://ca.example/authz/2"],)"
      R"("finalize":"https://ca.example/order/1/finalize"})");
}

// RFC8555-7.1.3 WIR-09: finalize is there even when the order is valid.
TEST(OrderJson, OfAValidOrderHasEverything) {
  OrderView view = order();
  view.status = "valid";
  view.not_before = "2026-11-22T00:00:00Z";
  view.not_after = "2027-02-20T00:00:00Z";
  view.profile = "dv";
  view.replaces = "AQ.EjQ";
  view.certificate = "https://ca.example/cert/1";
  EXPECT_EQ(
      order_json(view),
      R"({"status":"valid","expires":"2026-11-29T00:00:00Z",)"
      R"("identifiers":[{"type":"dns","value":"a.example"},{"type":"ip","value":"192.0.2.1"}],)"
      R"("notBefore":"2026-11-22T00:00:00Z","notAfter":"2027-02-20T00:00:00Z","profile":"dv",)"
      R"("replaces":"AQ.EjQ",)"
      R"("authorizations":["https://ca.example/authz/1","https://ca.example/authz/2"],)"
      R"("finalize":"https://ca.example/order/1/finalize","certificate":"https://ca.example/cert/1"})");
}

// RFC8739-3.1.1
TEST(OrderJson, OfOneThatRenewsItselfHasWhatWasAgreed) {
  OrderView view = order();
  view.identifiers = {dns("a.example")};
  view.auto_renewal = AutoRenewalView{.start_date = "2026-11-22T00:00:00Z",
                                      .end_date = "2026-11-29T00:00:00Z",
                                      .lifetime = std::chrono::hours(24),
                                      .lifetime_adjust = std::chrono::hours(12),
                                      .allow_certificate_get = true};
  view.star_certificate = "https://ca.example/star/1";
  EXPECT_EQ(order_json(view),
            R"({"status":"pending","expires":"2026-11-29T00:00:00Z",)"
            R"("identifiers":[{"type":"dns","value":"a.example"}],)"
            R"("auto-renewal":{"start-date":"2026-11-22T00:00:00Z",)"
            R"("end-date":"2026-11-29T00:00:00Z","lifetime":86400,"lifetime-adjust":43200,)"
            R"("allow-certificate-get":true},)"
            R"("authorizations":["https://ca.example/authz/1","https://ca.example/authz/2"],)"
            R"("finalize":"https://ca.example/order/1/finalize",)"
            R"("star-certificate":"https://ca.example/star/1"})");
}

// RFC8555-7.1.3 WIR-09 WIR-11: acme.sh searches the whole text for the status.
TEST(OrderJson, HasOneStatusWhateverTheErrorSays) {
  OrderView view = order();
  view.status = "invalid";
  view.authorizations.clear();
  view.error =
      Problem(ProblemType::rejected_identifier, "the reply was {\"status\":\"valid\"}")
          .with_subproblems({Problem(ProblemType::rejected_identifier, "\"status\":\"ready\"")
                                 .about(dns("a.example"))});
  const std::string text = order_json(view);
  EXPECT_EQ(count(text, "\"status\":"), 1U);
  EXPECT_EQ(count(text, "\"status\":\"valid\""), 0U);
  EXPECT_NE(text.find(R"("authorizations":[])"), std::string::npos);
  EXPECT_NE(
      text.find(R"("error":{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":)"),
      std::string::npos);
  EXPECT_NE(text.find(R"("identifier":{"type":"dns","value":"a.example"})"), std::string::npos);
}

// RFC9773-4.2
TEST(RenewalInfoJson, IsAWindow) {
  EXPECT_EQ(renewal_info_json({"2027-01-28T23:55:00Z", "2027-01-30T23:55:00Z"}),
            R"({"suggestedWindow":{"start":"2027-01-28T23:55:00Z","end":"2027-01-30T23:55:00Z"}})");
}

// RFC9444-4.1
TEST(AuthorizationJson, SaysThatItCoversSubdomains) {
  const std::string text = authorization_json({.identifier = dns("a.example"),
                                               .status = "valid",
                                               .expires = std::nullopt,
                                               .challenges = {},
                                               .wildcard = true,
                                               .subdomain_auth_allowed = true});
  EXPECT_TRUE(text.ends_with(R"("wildcard":true,"subdomainAuthAllowed":true})")) << text;
}

ChallengeView challenge() {
  return {.type = "http-01",
          .status = "pending",
          .url = "https://ca.example/challenge/1/http-01",
          .token = "tokentoken",
          .validated = std::nullopt,
          .error = std::nullopt};
}

// RFC8555-8 WIR-12
TEST(ChallengeJson, BeginsWithTypeStatusUrlToken) {
  EXPECT_EQ(
      challenge_json(challenge()),
      R"({"type":"http-01","status":"pending","url":"https://ca.example/challenge/1/http-01",)"
      R"("token":"tokentoken"})");
}

// RFC8555-8 WIR-12: nothing with braces stands before url and token.
TEST(ChallengeJson, HasItsErrorLast) {
  ChallengeView view = challenge();
  view.status = "invalid";
  view.validated = "2026-11-22T00:00:00Z";
  view.error = Problem(ProblemType::connection, "no route").about(dns("a.example"));
  EXPECT_EQ(
      challenge_json(view),
      R"({"type":"http-01","status":"invalid","url":"https://ca.example/challenge/1/http-01",)"
      R"("token":"tokentoken","validated":"2026-11-22T00:00:00Z",)"
      R"("error":{"type":"urn:ietf:params:acme:error:connection","detail":"no route"}})");
}

// RFC8555-7.1.4
TEST(AuthorizationJson, HasItsMembersInOrder) {
  EXPECT_EQ(
      authorization_json({.identifier = dns("a.example"),
                          .status = "valid",
                          .expires = "2026-11-29T00:00:00Z",
                          .challenges = {challenge()},
                          .wildcard = true}),
      R"({"identifier":{"type":"dns","value":"a.example"},"status":"valid",)"
      R"("expires":"2026-11-29T00:00:00Z","challenges":[{"type":"http-01","status":"pending",)"
      R"("url":"https://ca.example/challenge/1/http-01","token":"tokentoken"}],"wildcard":true})");
}

// RFC8555-7.1.4 WIR-09 WIR-12
TEST(AuthorizationJson, HasOneValueAndArrays) {
  ChallengeView failed = challenge();
  failed.error = Problem(ProblemType::compound, "all")
                     .about(dns("a.example"))
                     .with_subproblems({Problem(ProblemType::dns, "x").about(dns("a.example"))});
  const AuthorizationView view{.identifier = dns("a.example"),
                               .status = "pending",
                               .expires = std::nullopt,
                               .challenges = {failed}};
  EXPECT_EQ(count(authorization_json(view), "\"value\":"), 1U);
  EXPECT_EQ(count(authorization_json(view), "wildcard"), 0U);
  const AuthorizationView bare{.identifier = dns("a.example"),
                               .status = "pending",
                               .expires = std::nullopt,
                               .challenges = {}};
  EXPECT_EQ(
      authorization_json(bare),
      R"({"identifier":{"type":"dns","value":"a.example"},"status":"pending","challenges":[]})");
}

// RFC8555-7.1.2.1 WIR-10
TEST(OrderListJson, IsAnObject) {
  EXPECT_EQ(order_list_json({}), R"({"orders":[]})");
  EXPECT_EQ(order_list_json({"https://ca.example/order/1"}),
            R"({"orders":["https://ca.example/order/1"]})");
}

// RFC8555-6.7 WIR-03
TEST(ProblemJson, HasTypeDetailAndStatus) {
  EXPECT_EQ(
      problem_json(Problem(ProblemType::malformed, "a \"quoted\" word"), 400),
      R"({"type":"urn:ietf:params:acme:error:malformed","detail":"a \"quoted\" word","status":400})");
}

// RFC8555-6.7.1: the identifier stands in subproblems and never at the top.
TEST(ProblemJson, ShowsIdentifiersInSubproblemsOnly) {
  const Problem problem =
      Problem(ProblemType::malformed, "two")
          .about(dns("top.example"))
          .with_subproblems({Problem(ProblemType::caa, "one").about(dns("a.example")),
                             Problem(ProblemType::dns, "two")});
  EXPECT_EQ(
      problem_json(problem, 403),
      R"({"type":"urn:ietf:params:acme:error:compound","detail":"two","status":403,"subproblems":[)"
      R"({"type":"urn:ietf:params:acme:error:caa","detail":"one","identifier":{"type":"dns","value":"a.example"}},)"
      R"({"type":"urn:ietf:params:acme:error:dns","detail":"two"}]})");
}

// RFC8555-6.2
TEST(ProblemJson, HasItsList) {
  EXPECT_EQ(
      problem_json(
          Problem(ProblemType::bad_signature_algorithm, "no").with_list("algorithms", {"ES256"}),
          400),
      R"({"type":"urn:ietf:params:acme:error:badSignatureAlgorithm","detail":"no","status":400,)"
      R"("algorithms":["ES256"]})");
}

// RFC8555-6.7 RFC8555-7.3.3 WIR-29
TEST(ProblemJson, OfARequiredActionSaysWhereToAct) {
  const Problem terms = Problem(ProblemType::user_action_required, "agree")
                            .with_link({"https://ca.example/terms", "terms-of-service"});
  EXPECT_EQ(
      problem_json(terms, 403),
      R"({"type":"urn:ietf:params:acme:error:userActionRequired","detail":"agree","status":403,)"
      R"("instance":"https://ca.example/terms"})");
  const Problem other =
      Problem(ProblemType::order_not_ready, "no").with_location("https://ca.example/order/1");
  EXPECT_EQ(problem_json(other, 403),
            R"({"type":"urn:ietf:params:acme:error:orderNotReady","detail":"no","status":403})");
}

// RFC9457-4.2.1
TEST(ProblemJson, OfAConflictHasATitle) {
  EXPECT_EQ(problem_json(Problem(ProblemType::conflict, "no"), 409),
            R"({"type":"about:blank","title":"Conflict","detail":"no","status":409})");
}

TEST(ProblemJson, IsUtf8WhateverTheDetail) {
  EXPECT_EQ(problem_json(Problem(ProblemType::malformed,
                                 "a\xFF"
                                 "b"),
                         400),
            "{\"type\":\"urn:ietf:params:acme:error:malformed\",\"detail\":\"a\xEF\xBF\xBD"
            "b\",\"status\":400}");
}

}  // namespace
}  // namespace acme
