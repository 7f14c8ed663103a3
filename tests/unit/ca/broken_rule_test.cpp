// The rules that keys and requests are refused by: each has an id and a source, and a refusal says
// them.
#include "ca/broken_rule.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ca/certificate_profile.h"
#include "ca/crypto/signer.h"
#include "ca/ledger.h"
#include "ca/subscriber_key.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/names_its_rule.h"

namespace {

TEST(BrokenRules, HaveAnIdOfTheirOwnAndASource) {
  std::set<std::string_view> ids;
  for (const ca::BrokenRuleFacts& each : ca::broken_rules()) {
    EXPECT_TRUE(ids.insert(each.id).second) << each.id;
    EXPECT_EQ(each.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), each.id.npos);
    const bool is_of_a_family =
        each.id.starts_with("br_") || each.id.starts_with("rfc") || each.id.starts_with("own_");
    EXPECT_TRUE(is_of_a_family) << each.id;
    EXPECT_FALSE(each.source.empty()) << each.id;
  }
}

TEST(BrokenRules, StandBehindTheSentence) {
  EXPECT_EQ(ca::under(ca::BrokenRule::rsa_exponent, "The exponent is 3"),
            "The exponent is 3 (br_rsa_exponent, BR 6.1.6)");
  EXPECT_TRUE(tests::names_its_rule(ca::under(ca::BrokenRule::key_blocked, "No")));
  EXPECT_FALSE(tests::names_its_rule("No (br_rsa_exponent)"));
}

// K-1
TEST(BrokenRules, AreNamedForKeysThatDoNotFitTheProfile) {
  const auto said = [](ca::KeyAlgorithm algorithm, std::string_view profile) {
    const auto judged = ca::judge_subscriber_key(ca::generate_signer(algorithm)->public_key(),
                                                 *ca::find_profile(profile));
    return judged ? std::string("accepted") : judged.error().detail();
  };
  EXPECT_TRUE(tests::names_its_rule(said(ca::KeyAlgorithm::sm2, "dv")));
  EXPECT_TRUE(tests::names_its_rule(said(ca::KeyAlgorithm::ecdsa_p256, "gm-dv")));
  EXPECT_EQ(said(ca::KeyAlgorithm::ecdsa_p256, "dv"), "accepted");
}

//
TEST(BrokenRules, AreNamedForRevocations) {
  tests::IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  for (const std::int64_t reason : {2, 6, 7, 8, 10, 256, -1}) {
    const auto judged = ca::check_revocation_reason(reason);
    ASSERT_FALSE(judged) << reason;
    EXPECT_TRUE(tests::names_its_rule(judged.error().detail())) << judged.error().detail();
  }
  const auto unknown = store.revoke("nobody's", 4);
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(tests::names_its_rule(unknown.error().detail())) << unknown.error().detail();
  ASSERT_TRUE(store.revoke(issued.serial, 4));
  const auto again = store.revoke(issued.serial, 4);
  ASSERT_FALSE(again);
  EXPECT_TRUE(tests::names_its_rule(again.error().detail())) << again.error().detail();
}

}  // namespace
