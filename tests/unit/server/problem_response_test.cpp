#include "server/acme_http/problem_response.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "server/acme_http/response_headers.h"
#include "server/http/refusal.h"
#include "tests/unit/server/services_fixture.h"

namespace {

using acme::Problem;
using acme::ProblemType;
using tests::field_of;

// RFC8555-6.7 WIR-02 WIR-06 WIR-08 WIR-16
TEST(StatusOf, IsTotalOverTheProblemTypes) {
  using enum ProblemType;
  const std::map<ProblemType, unsigned> wanted{{account_does_not_exist, 400},
                                               {already_replaced, 409},
                                               {already_revoked, 400},
                                               {auto_renewal_canceled, 403},
                                               {auto_renewal_cancellation_invalid, 400},
                                               {auto_renewal_expired, 403},
                                               {auto_renewal_revocation_not_supported, 403},
                                               {bad_csr, 400},
                                               {bad_nonce, 400},
                                               {bad_public_key, 400},
                                               {bad_revocation_reason, 400},
                                               {bad_signature_algorithm, 400},
                                               {caa, 403},
                                               {compound, 400},
                                               {conflict, 409},
                                               {connection, 400},
                                               {dns, 400},
                                               {external_account_required, 403},
                                               {incorrect_response, 400},
                                               {invalid_contact, 400},
                                               {invalid_profile, 400},
                                               {malformed, 400},
                                               {onion_caa_required, 403},
                                               {order_not_ready, 403},
                                               {rate_limited, 429},
                                               {rejected_identifier, 400},
                                               {server_internal, 500},
                                               {tls, 400},
                                               {unauthorized, 403},
                                               {unsupported_contact, 400},
                                               {unsupported_identifier, 400},
                                               {user_action_required, 403}};
  EXPECT_EQ(acme::problem_types().size(), wanted.size());
  for (const ProblemType type : acme::problem_types()) {
    SCOPED_TRACE(acme::urn_of(type));
    EXPECT_EQ(server::status_of(type), wanted.at(type));
  }
}

// RFC9457-3 WIR-03 T-F3
TEST(ProblemResponse, IsAProblemDocument) {
  const auto response =
      server::problem_response(Problem(ProblemType::bad_csr, "the CSR \"x\" is odd"));

  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(field_of(response, "Content-Type"), "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"urn:ietf:params:acme:error:badCSR","detail":"the CSR \"x\" is odd","status":400})");
  EXPECT_EQ(response.log_facts, (std::vector<std::pair<std::string, std::string>>{
                                    {"problem", "urn:ietf:params:acme:error:badCSR"},
                                    {"detail", "the CSR \"x\" is odd"}}));
}

// WIR-06
TEST(ProblemResponse, SaysWhereToLookAndWhenToComeBack) {
  const auto response = server::problem_response(Problem(ProblemType::rate_limited, "slow down")
                                                     .with_location("https://ca.test/acme/order/a")
                                                     .retry_after(std::chrono::seconds(30)));

  EXPECT_EQ(field_of(response, "Location"), "https://ca.test/acme/order/a");
  EXPECT_EQ(field_of(response, "Retry-After"), "30");
}

// RFC9110-15.6.4: an outage that has an end is not a fault without one.
TEST(ProblemResponse, SaysThatAnOutageEnds) {
  const auto outage = server::problem_response(
      Problem(ProblemType::server_internal, "stopped").retry_after(std::chrono::minutes(10)));
  EXPECT_EQ(outage.status, 503U);
  EXPECT_EQ(field_of(outage, "Retry-After"), "600");
  EXPECT_EQ(server::problem_response(Problem(ProblemType::server_internal, "a fault")).status,
            500U);
}

// RFC8555-6.6: whoever comes back sooner than the limit allows is refused again.
TEST(ProblemResponse, CutsNoWaitOfARateLimit) {
  const auto response = server::problem_response(Problem(ProblemType::rate_limited, "slow down")
                                                     .with_link({"https://ca.test/limits", "help"})
                                                     .retry_after(std::chrono::hours(3)));
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(field_of(response, "Retry-After"), "10800");
  EXPECT_EQ(field_of(response, "Link"), "<https://ca.test/limits>;rel=\"help\"");
}

// WIR-07 WIR-25
TEST(RetryAfter, IsBetweenOneSecondAndTenMinutes) {
  const std::map<int, std::string> cases{{-5, "1"}, {0, "1"}, {1, "1"}, {600, "600"}, {601, "600"}};
  for (const auto& [seconds, text] : cases) {
    server::HttpResponse response;
    server::add_retry_after(response, std::chrono::seconds(seconds));
    EXPECT_EQ(field_of(response, "Retry-After"), text) << seconds;
  }
}

// RFC8739-3.3 RFC8739-4.3
TEST(ReplyResponse, SaysWhenACertificateBeginsAndEndsAndHowLongItIsFresh) {
  acme::Reply reply;
  EXPECT_FALSE(field_of(server::response_of(reply), "Cert-Not-After"));
  EXPECT_FALSE(field_of(server::response_of(reply), "Cache-Control"));
  const std::chrono::sys_days day{std::chrono::year{2019} / 10 / 3};
  reply.certificate_times = {day, day + std::chrono::days(7)};
  reply.cached_for = std::chrono::hours(1);
  const auto response = server::response_of(reply);
  EXPECT_EQ(field_of(response, "Cert-Not-Before"), "Thu, 03 Oct 2019 00:00:00 GMT");
  EXPECT_EQ(field_of(response, "Cert-Not-After"), "Thu, 10 Oct 2019 00:00:00 GMT");
  EXPECT_EQ(field_of(response, "Cache-Control"), "public, max-age=3600");
}

// RFC8555-9.1 WIR-13
TEST(ReplyResponse, CarriesTheExactMediaTypes) {
  acme::Reply json;
  json.body = "{}";
  EXPECT_EQ(field_of(server::response_of(json), "Content-Type"), "application/json");
  acme::Reply chain;
  chain.media = acme::Media::certificate_chain;
  EXPECT_EQ(field_of(server::response_of(chain), "Content-Type"),
            "application/pem-certificate-chain");
}

TEST(ReplyResponse, CarriesStatusLocationWaitAndLinks) {
  acme::Reply reply;
  reply.outcome = acme::Outcome::created;
  reply.location = "https://ca.test/acme/order/a";
  reply.retry_after = std::chrono::seconds(3);
  reply.links = {{"https://ca.test/acme/authz/b", "up"}};
  reply.body = "{}";

  const auto response = server::response_of(reply);

  EXPECT_EQ(response.status, 201U);
  EXPECT_EQ(field_of(response, "Location"), "https://ca.test/acme/order/a");
  EXPECT_EQ(field_of(response, "Retry-After"), "3");
  EXPECT_EQ(field_of(response, "Link"), "<https://ca.test/acme/authz/b>;rel=\"up\"");
  EXPECT_EQ(response.body, "{}");
}

// RFC8555-6.7 WIR-03
TEST(Refusal, IsAProblemOfARegisteredTypeWithTheDetailEscaped) {
  const auto response = server::response_of(server::Refusal{.status = 413, .detail = "\"\n"});
  EXPECT_EQ(response.body,
            R"({"type":"urn:ietf:params:acme:error:malformed","status":413,"detail":"\"\u000a"})");
  for (const unsigned status : {400U, 411U, 417U, 421U, 431U, 501U, 505U}) {
    EXPECT_TRUE(server::response_of(server::Refusal{.status = status, .detail = {}})
                    .body.contains("error:malformed"))
        << status;
  }
  for (const unsigned status : {500U, 503U}) {
    EXPECT_TRUE(server::response_of(server::Refusal{.status = status, .detail = {}})
                    .body.contains("error:serverInternal"))
        << status;
  }
}

}  // namespace
