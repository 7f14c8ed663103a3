#include "acme/status.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <utility>

namespace {

using acme::AccountStatus;
using acme::AuthorizationStatus;
using acme::ChallengeStatus;
using acme::OrderStatus;

/// Every pair of states, against the arrows drawn in RFC 8555 §7.1.6.
template <class Status>
void expect_exactly(std::size_t count, const std::set<std::pair<Status, Status>>& arrows) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const auto from = static_cast<Status>(i);
      const auto to = static_cast<Status>(j);
      EXPECT_EQ(acme::may_become(from, to), arrows.contains({from, to}))
          << acme::text_of(from) << " to " << acme::text_of(to);
    }
  }
}

// RFC8555-7.1.6 RFC8739-3.1.2
TEST(Transitions, OfOrdersAreThoseOfTheRfcs) {
  using enum OrderStatus;
  expect_exactly<OrderStatus>(6, {{pending, ready},
                                  {pending, invalid},
                                  {ready, processing},
                                  {ready, invalid},
                                  {processing, valid},
                                  {processing, invalid},
                                  {valid, canceled}});
}

// RFC8555-7.1.6
TEST(Transitions, OfAuthorizationsAreThoseOfTheRfc) {
  using enum AuthorizationStatus;
  expect_exactly<AuthorizationStatus>(6, {{pending, valid},
                                          {pending, invalid},
                                          {pending, deactivated},
                                          {pending, expired},
                                          {pending, revoked},
                                          {valid, deactivated},
                                          {valid, expired},
                                          {valid, revoked}});
}

// RFC8555-7.1.6
TEST(Transitions, OfChallengesAreThoseOfTheRfc) {
  using enum ChallengeStatus;
  expect_exactly<ChallengeStatus>(
      4, {{pending, processing}, {processing, valid}, {processing, invalid}});
}

// RFC8555-7.1.6
TEST(Transitions, OfAccountsAreThoseOfTheRfc) {
  using enum AccountStatus;
  expect_exactly<AccountStatus>(3, {{valid, deactivated}, {valid, revoked}});
}

TEST(StatusText, IsTheSpellingOfTheRfc) {
  EXPECT_EQ(acme::text_of(AccountStatus::revoked), "revoked");
  EXPECT_EQ(acme::text_of(OrderStatus::processing), "processing");
  EXPECT_EQ(acme::text_of(OrderStatus::ready), "ready");
  EXPECT_EQ(acme::text_of(AuthorizationStatus::expired), "expired");
  EXPECT_EQ(acme::text_of(AuthorizationStatus::deactivated), "deactivated");
  EXPECT_EQ(acme::text_of(ChallengeStatus::invalid), "invalid");
}

}  // namespace
