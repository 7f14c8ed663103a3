#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "acme/order.h"

namespace {

using acme::AuthorizationRecord;
using acme::AuthorizationStatus;
using acme::ChallengeStatus;
using acme::OrderRecord;
using acme::OrderStatus;
using acme::ProblemType;
using acme::ReviewOutcome;
using std::chrono::seconds;

constexpr ca::Time kNow{seconds(1'800'000'000)};

ca::Identifier name(const std::string& text) {
  return ca::DnsName::parse(text).value();
}

AuthorizationRecord authorization(ChallengeStatus challenge) {
  AuthorizationRecord record;
  record.identifiers = {name("a.example")};
  record.expires = kNow;
  record.challenges.resize(1);
  record.challenges[0].status = challenge;
  if (challenge == ChallengeStatus::invalid) {
    record.challenges[0].error = acme::Problem(ProblemType::dns, "no such name");
  }
  return record;
}

OrderRecord order() {
  OrderRecord record;
  record.identifiers = {name("a.example")};
  record.expires = kNow;
  return record;
}

struct AuthorizationCase {
  ChallengeStatus challenge;
  bool is_expired, is_deactivated, is_revoked;
  AuthorizationStatus expected;
};

// RFC8555-7.1.6
TEST(AuthorizationStatus, FollowsFromWhatIsStored) {
  using enum ChallengeStatus;
  constexpr AuthorizationCase kCases[] = {
      {pending, false, false, false, AuthorizationStatus::pending},
      {processing, false, false, false, AuthorizationStatus::pending},
      {valid, false, false, false, AuthorizationStatus::valid},
      {invalid, false, false, false, AuthorizationStatus::invalid},
      {pending, true, false, false, AuthorizationStatus::expired},
      {processing, true, false, false, AuthorizationStatus::pending},
      {valid, true, false, false, AuthorizationStatus::expired},
      {invalid, true, false, false, AuthorizationStatus::invalid},
      {pending, false, true, false, AuthorizationStatus::deactivated},
      {valid, true, true, false, AuthorizationStatus::deactivated},
      {valid, false, true, true, AuthorizationStatus::revoked},
  };
  for (const AuthorizationCase& each : kCases) {
    SCOPED_TRACE(acme::text_of(each.expected));
    AuthorizationRecord record = authorization(each.challenge);
    if (each.is_deactivated) record.deactivated_at = kNow;
    if (each.is_revoked) record.revoked_at = kNow;
    const ca::Time when = each.is_expired ? kNow + seconds(1) : kNow;
    EXPECT_EQ(status_of(record, when), each.expected);
  }
}

acme::LoadedOrder loaded(OrderRecord record, std::vector<AuthorizationRecord> authorizations) {
  return {acme::OrderId::from_octets("0123456789abcdef"),
          std::move(record),
          std::move(authorizations),
          OrderStatus::pending,
          {}};
}

struct OrderCase {
  const char* what;
  bool has_certificate, has_error, has_claim, is_expired;
  std::vector<ChallengeStatus> challenges;
  OrderStatus expected;
};

// RFC8555-7.1.6 WIR-05 acme-3.10.1
TEST(OrderStatus, FollowsFromWhatIsStored) {
  using enum ChallengeStatus;
  const std::vector<OrderCase> cases{
      {"new", false, false, false, false, {pending, pending}, OrderStatus::pending},
      {"half done", false, false, false, false, {valid, processing}, OrderStatus::pending},
      {"all done", false, false, false, false, {valid, valid}, OrderStatus::ready},
      {"one failed", false, false, false, false, {valid, invalid}, OrderStatus::invalid},
      {"one failed while one is tried",
       false,
       false,
       false,
       false,
       {processing, invalid},
       OrderStatus::invalid},
      {"no authorizations", false, false, false, false, {}, OrderStatus::invalid},
      {"expired while pending", false, false, false, true, {pending}, OrderStatus::invalid},
      {"expired while ready", false, false, false, true, {valid}, OrderStatus::invalid},
      {"claimed", false, false, true, false, {valid}, OrderStatus::processing},
      {"claimed and expired", false, false, true, true, {valid}, OrderStatus::processing},
      {"claimed, authorization failed",
       false,
       false,
       true,
       false,
       {invalid},
       OrderStatus::processing},
      {"failed", false, true, true, false, {valid}, OrderStatus::invalid},
      {"issued", true, false, true, false, {valid}, OrderStatus::valid},
      {"issued and expired", true, false, true, true, {valid}, OrderStatus::valid},
      {"issued, authorization failed", true, false, true, false, {invalid}, OrderStatus::valid},
  };
  for (const OrderCase& each : cases) {
    SCOPED_TRACE(each.what);
    OrderRecord record = order();
    if (each.has_certificate) {
      record.certificate = acme::CertificateId::from_octets("0123456789abcdef");
    }
    if (each.has_error) record.error = acme::Problem(ProblemType::server_internal, "x");
    if (each.has_claim) record.claim = acme::Claim{"me", kNow};
    std::vector<AuthorizationRecord> authorizations;
    for (const ChallengeStatus challenge : each.challenges) {
      authorizations.push_back(authorization(challenge));
      authorizations.back().expires = kNow + seconds(10);
    }
    const ca::Time when = each.is_expired ? kNow + seconds(1) : kNow;
    EXPECT_EQ(status_of(record, authorizations, ReviewOutcome::not_needed, when), each.expected);
    EXPECT_EQ(error_of(loaded(record, authorizations), when).has_value(),
              each.expected == OrderStatus::invalid);
  }
}

TEST(OrderError, OfOneFailedAuthorizationIsItsOwn) {
  const auto error = error_of(loaded(order(), {authorization(ChallengeStatus::invalid)}), kNow);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->type(), ProblemType::dns);
  EXPECT_EQ(error->detail(), "no such name");
  EXPECT_EQ(error->identifier(), name("a.example"));
}

// RFC8555-6.7.1
TEST(OrderError, OfSeveralFailedAuthorizationsHasASubproblemForEach) {
  AuthorizationRecord withdrawn = authorization(ChallengeStatus::valid);
  withdrawn.deactivated_at = kNow;
  const auto error =
      error_of(loaded(order(), {authorization(ChallengeStatus::invalid), withdrawn}), kNow);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->type(), ProblemType::compound);
  EXPECT_EQ(error->detail(), "2 of 2 identifiers could not be authorized; see the subproblems");
  ASSERT_EQ(error->subproblems().size(), 2);
  EXPECT_EQ(error->subproblems()[0].type(), ProblemType::dns);
  EXPECT_EQ(error->subproblems()[1].type(), ProblemType::unauthorized);
}

}  // namespace
