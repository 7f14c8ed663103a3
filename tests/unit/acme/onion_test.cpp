// onion-csr-01 and the CAA records of onion services (RFC 9799).
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/onion_caa.h"
#include "acme/validation/onion_csr_01.h"
#include "ca/crypto/encoding.h"
#include "tests/support/onion_key.h"

namespace acme {
namespace {

using std::chrono::seconds;

constexpr ca::Time kNow{seconds{1'700'000'000}};
constexpr std::string_view kNonce = "0123456789abcdef";

ca::DnsName name(const std::string& text) {
  return ca::DnsName::parse(text).value();
}

CaaApplicant applicant(std::string identity = "ca.example") {
  return {{std::move(identity)},
          "https://ca.example/acme/account/1",
          policy::ValidationMethod::onion_csr_01};
}

OnionCaa signed_by(tests::OnionKey& key, const std::string& records, std::int64_t expiry) {
  return {records, expiry, key.sign("onion-caa|" + std::to_string(expiry) + "|" + records)};
}

// RFC9799-3.2 BR-AppendixB V-73
TEST(OnionCsr01, ProvesEveryNameOfTheServiceThatSigned) {
  tests::OnionKey key('k');
  const std::string request = tests::onion_request(key, kNonce);
  for (const std::string prefix : {"", "www.", "*."}) {
    const ValidationOutcome outcome =
        judge_onion_request(name(prefix + key.address()), kNonce, request);
    EXPECT_FALSE(outcome.problem) << outcome.problem->detail();
    ASSERT_EQ(outcome.hops.size(), 1U);
    EXPECT_NE(outcome.hops.front().find(key.address()), std::string::npos);
    EXPECT_NE(outcome.hops.front().find(ca::hex(tests::kApplicantNonce)), std::string::npos);
  }
}

TEST(OnionCsr01, ProvesNothingElse) {
  tests::OnionKey key('k');
  tests::OnionKey other('o');
  const struct {
    std::string request;
    ProblemType type;
    std::string_view words;
  } rows[] = {
      {tests::onion_request(other, kNonce), ProblemType::unauthorized, "another key"},
      {tests::onion_request(key, "another nonce..."), ProblemType::unauthorized, "caSigningNonce"},
      {tests::onion_request(key, ca::base64(kNonce)), ProblemType::unauthorized, "caSigningNonce"},
      {tests::onion_request(key, ""), ProblemType::unauthorized, "caSigningNonce"},
      {tests::onion_request(key, kNonce, "1234567"), ProblemType::unauthorized, "64 random bits"},
      {tests::onion_request(key, kNonce, std::string(16, 'a')), ProblemType::unauthorized,
       "64 random bits"},
      {tests::onion_request(key, kNonce, ""), ProblemType::unauthorized, "64 random bits"},
      {"", ProblemType::bad_csr, "canonical"},
      {"junk", ProblemType::bad_csr, "canonical"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.words);
    const ValidationOutcome outcome = judge_onion_request(name(key.address()), kNonce, row.request);
    ASSERT_TRUE(outcome.problem);
    EXPECT_EQ(outcome.problem->type(), row.type);
    EXPECT_NE(outcome.problem->detail().find(row.words), std::string::npos)
        << outcome.problem->detail();
    EXPECT_TRUE(outcome.hops.empty());
  }
  // A challenge without its nonce proves nothing, whatever is signed.
  EXPECT_TRUE(judge_onion_request(name(key.address()), "", tests::onion_request(key, "")).problem);
  EXPECT_TRUE(
      judge_onion_request(name("a.example"), kNonce, tests::onion_request(key, kNonce)).problem);
}

TEST(DescriptorCaa, IsReadLineByLine) {
  const struct {
    std::string_view text;
    std::optional<std::vector<CaaRecord>> records;
  } rows[] = {
      {"", std::vector<CaaRecord>{}},
      {"caa 0 issue \"ca.example\"", {{{0, "issue", "ca.example"}}}},
      {"caa 0 issue \"ca.example\"\n", {{{0, "issue", "ca.example"}}}},
      {"caa 128 ISSUE ca.example", {{{128, "issue", "ca.example"}}}},
      {"caa 255 tag1 \";\"\ncaa 0 iodef \"mailto:a@b.example\"",
       {{{255, "tag1", ";"}, {0, "iodef", "mailto:a@b.example"}}}},
      {"caa 0 issue \"\"", {{{0, "issue", ""}}}},
      {"caa 0 issue \"a b\"", {{{0, "issue", "a b"}}}},
      {R"(caa 0 issue "a\"b\\c\059")", {{{0, "issue", "a\"b\\c;"}}}},
      {R"(caa 0 issue a\032b)", {{{0, "issue", "a b"}}}},
      {"caa 256 issue ca.example", std::nullopt},
      {"caa 00 issue ca.example", std::nullopt},
      {"caa -1 issue ca.example", std::nullopt},
      {"caa  0 issue ca.example", std::nullopt},
      {"CAA 0 issue ca.example", std::nullopt},
      {"caa 0 iss-ue ca.example", std::nullopt},
      {"caa 0  ca.example", std::nullopt},
      {"caa 0 issue ", std::nullopt},
      {"caa 0 issue", std::nullopt},
      {"caa 0 issue ca.example x", std::nullopt},
      {"caa 0 issue \"ca.example", std::nullopt},
      {"caa 0 issue \"ca.example\"x", std::nullopt},
      {"caa 0 issue ca\"example", std::nullopt},
      {R"(caa 0 issue "\256")", std::nullopt},
      {R"(caa 0 issue "\01")", std::nullopt},
      {R"(caa 0 issue "\)", std::nullopt},
      {"caa 0 issue \"caf\xC3\xA9\"", std::nullopt},
      {"caa 0 issue a\n\ncaa 0 issue b", std::nullopt},
      {"caa 0 issue a\r\n", std::nullopt},
      {" caa 0 issue a", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_descriptor_caa(row.text), row.records) << row.text;
  std::string many;
  for (int i = 0; i < 100; ++i) many += "caa 0 issue a\n";
  EXPECT_EQ(parse_descriptor_caa(many)->size(), 100U);
  EXPECT_FALSE(parse_descriptor_caa(many + "caa 0 issue a"));
}

// RFC9799-6.4: the example that the specification gives, signed by its author's service.
TEST(OnionCaa, TakesTheExampleOfTheSpecification) {
  const OnionCaa example{
      "caa 128 issue \"test.acmeforonions.org; validationmethods=onion-csr-01\"\n"
      "caa 0 iodef \"mailto:example@example.com\"",
      1'697'210'719,
      ca::from_base64url("u_iP6JZ4JZBrzQUKH6lSrWejjRfeQmkTuehc0_FaaTNPAV0RVxpUz9r44DRdy6kgy0ofnx18K"
                         "IhMrP7N1wpxAA")
          .value()};
  const ca::DnsName service =
      name("5anebu2glyc235wbbop3m2ukzlaptpkq333vdtdvcjpigyb7x2i2m2qd.onion");
  const ca::Time before{seconds{1'697'210'000}};
  const auto evidence =
      judge_onion_caa(service, example, applicant("test.acmeforonions.org"), before);
  ASSERT_TRUE(evidence.has_value()) << evidence.error().detail();
  EXPECT_EQ(evidence->checked_at, before);
  EXPECT_EQ(evidence->expires, ca::Time(seconds{1'697'210'719}));
  EXPECT_FALSE(judge_onion_caa(service, example, applicant("ca.example"), before));
}

TEST(OnionCaa, PermitsWhatTheServiceSigned) {
  tests::OnionKey key('k');
  const std::int64_t later = kNow.time_since_epoch().count() + 3'600;
  for (const std::string records :
       {"", "caa 0 iodef \"mailto:a@b.example\"", "caa 0 issue ca.example",
        "caa 0 issue \"ca.example; validationmethods=onion-csr-01\""}) {
    const auto evidence = judge_onion_caa(name("www." + key.address()),
                                          signed_by(key, records, later), applicant(), kNow);
    EXPECT_TRUE(evidence.has_value()) << evidence.error().detail();
  }
}

TEST(OnionCaa, ForbidsEverythingElseWithTheReason) {
  tests::OnionKey key('k');
  tests::OnionKey other('o');
  const std::int64_t now = kNow.time_since_epoch().count();
  OnionCaa altered = signed_by(key, "caa 0 issue other.example", now + 60);
  altered.records = "caa 0 issue ca.example";
  OnionCaa longer = signed_by(key, "", now + 60);
  longer.expiry += 60;
  const struct {
    std::string name;
    OnionCaa brought;
    std::string_view words;
  } rows[] = {
      {key.address(), signed_by(other, "", now + 60), "not signed by"},
      {key.address(), altered, "not signed by"},
      {key.address(), longer, "not signed by"},
      {key.address(), {"", now + 60, ""}, "not signed by"},
      {key.address(), signed_by(key, "", now), "expired"},
      {key.address(), signed_by(key, "", 0), "expired"},
      {key.address(), signed_by(key, "", now + 10 * 3'600), "at most 8 hours"},
      {key.address(), signed_by(key, "", std::numeric_limits<std::int64_t>::max()),
       "at most 8 hours"},
      {key.address(), signed_by(key, "caa 0 issue", now + 60), "expected lines"},
      {key.address(), signed_by(key, "caa 0 issue other.example", now + 60), "another CA"},
      {key.address(), signed_by(key, "caa 128 strange x", now + 60), "critical"},
      {key.address(),
       signed_by(key, "caa 0 issue \"ca.example; validationmethods=http-01\"", now + 60),
       "does not permit onion-csr-01"},
      {"*." + key.address(),
       signed_by(key, "caa 0 issue ca.example\ncaa 0 issuewild \";\"", now + 60), "nobody"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.words);
    const auto evidence = judge_onion_caa(name(row.name), row.brought, applicant(), kNow);
    ASSERT_FALSE(evidence.has_value());
    EXPECT_EQ(evidence.error().type(), ProblemType::caa);
    EXPECT_NE(evidence.error().detail().find(row.words), std::string::npos)
        << evidence.error().detail();
    EXPECT_TRUE(evidence.error().identifier().has_value());
  }
}

TEST(OnionCaa, CountsNoLongerThanItsRecords) {
  const CaaEvidence evidence{kNow, "no CAA", kNow + seconds(60)};
  EXPECT_TRUE(is_fresh(evidence, kNow + seconds(59)));
  EXPECT_FALSE(is_fresh(evidence, kNow + seconds(60)));
  EXPECT_EQ(CaaEvidence::decode(evidence.encode()), evidence);
}

}  // namespace
}  // namespace acme
