#include "acme/problem.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "acme/wire/responses.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace acme {
namespace {

ca::Identifier dns(std::string_view name) {
  return ca::DnsName::parse(name).value();
}

struct UrnRow {
  ProblemType type;
  std::string_view urn;
};

constexpr std::string_view kPrefix = "urn:ietf:params:acme:error:";

// The registry's spelling (RFC 8555 §9.7.4, RFC 8739 §5.2, RFC 9773 §7.4, RFC 9799 §6.4.1,
// draft-ietf-acme-profiles §6.3).
constexpr UrnRow kUrns[] = {
    {ProblemType::account_does_not_exist, "accountDoesNotExist"},
    {ProblemType::already_replaced, "alreadyReplaced"},
    {ProblemType::already_revoked, "alreadyRevoked"},
    {ProblemType::auto_renewal_canceled, "autoRenewalCanceled"},
    {ProblemType::auto_renewal_cancellation_invalid, "autoRenewalCancellationInvalid"},
    {ProblemType::auto_renewal_expired, "autoRenewalExpired"},
    {ProblemType::auto_renewal_revocation_not_supported, "autoRenewalRevocationNotSupported"},
    {ProblemType::bad_csr, "badCSR"},
    {ProblemType::bad_nonce, "badNonce"},
    {ProblemType::bad_public_key, "badPublicKey"},
    {ProblemType::bad_revocation_reason, "badRevocationReason"},
    {ProblemType::bad_signature_algorithm, "badSignatureAlgorithm"},
    {ProblemType::caa, "caa"},
    {ProblemType::compound, "compound"},
    {ProblemType::connection, "connection"},
    {ProblemType::dns, "dns"},
    {ProblemType::external_account_required, "externalAccountRequired"},
    {ProblemType::incorrect_response, "incorrectResponse"},
    {ProblemType::invalid_contact, "invalidContact"},
    {ProblemType::invalid_profile, "invalidProfile"},
    {ProblemType::malformed, "malformed"},
    {ProblemType::onion_caa_required, "onionCAARequired"},  // RFC 9799
    {ProblemType::order_not_ready, "orderNotReady"},
    {ProblemType::rate_limited, "rateLimited"},
    {ProblemType::rejected_identifier, "rejectedIdentifier"},
    {ProblemType::server_internal, "serverInternal"},
    {ProblemType::tls, "tls"},
    {ProblemType::unauthorized, "unauthorized"},
    {ProblemType::unsupported_contact, "unsupportedContact"},
    {ProblemType::unsupported_identifier, "unsupportedIdentifier"},
    {ProblemType::user_action_required, "userActionRequired"},
};

// RFC8555-6.7
TEST(ProblemTypes, HaveTheRegisteredUrns) {
  for (const UrnRow& row : kUrns) {
    EXPECT_EQ(urn_of(row.type), std::string(kPrefix) + std::string(row.urn));
  }
}

// RFC8555-6.7: the ACME namespace is for registered types only.
TEST(ProblemTypes, ConflictHasNoUrnInTheAcmeNamespace) {
  EXPECT_EQ(urn_of(ProblemType::conflict), "about:blank");
}

TEST(ProblemTypes, AreAllListedOnceAndAllHaveAnUrnOfTheirOwn) {
  const auto last = static_cast<std::size_t>(ProblemType::user_action_required);
  ASSERT_EQ(problem_types().size(), last + 1);
  EXPECT_EQ(problem_types().size(), std::size(kUrns) + 1);  // and `conflict`
  std::set<std::string> urns;
  for (std::size_t i = 0; i <= last; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(problem_types()[i]), i);
    urns.insert(urn_of(problem_types()[i]));
  }
  EXPECT_EQ(urns.size(), last + 1);
  EXPECT_FALSE(urns.contains(std::string(kPrefix)));
}

// RFC8555-6.7.1
TEST(Problem, WithSubproblemsOfOneTypeKeepsIts) {
  const Problem problem = Problem(ProblemType::rejected_identifier, "two names")
                              .with_subproblems({{ProblemType::rejected_identifier, "a"},
                                                 {ProblemType::rejected_identifier, "b"}});
  EXPECT_EQ(problem.type(), ProblemType::rejected_identifier);
  EXPECT_EQ(problem.subproblems().size(), 2U);
}

// RFC8555-6.7.1
TEST(Problem, WithSubproblemsOfDifferentTypesIsCompound) {
  const Problem problem = Problem(ProblemType::dns, "two names")
                              .with_subproblems({{ProblemType::dns, "a"}, {ProblemType::caa, "b"}});
  EXPECT_EQ(problem.type(), ProblemType::compound);
}

TEST(Problem, EveryTypeSurvivesItsStoredForm) {
  for (const ProblemType type : problem_types()) {
    SCOPED_TRACE(urn_of(type));
    const Problem read = Problem::decode(Problem(type, "detail").encode());
    EXPECT_EQ(read.type(), type);
    EXPECT_EQ(read.detail(), "detail");
    EXPECT_FALSE(read.identifier());
    EXPECT_TRUE(read.subproblems().empty());
    EXPECT_FALSE(read.list());
    EXPECT_FALSE(read.location());
    EXPECT_FALSE(read.wait());
  }
}

TEST(Problem, EveryMemberSurvivesItsStoredForm) {
  const Problem written =
      Problem(ProblemType::rejected_identifier, "detail \"quoted\" \xE2\x80\xA6")
          .about(dns("*.a.example"))
          .with_subproblems(
              {Problem(ProblemType::caa, "first").about(dns("b.example")),
               Problem(ProblemType::dns, "second")
                   .about(ca::Identifier(ca::IpAddress::parse("2001:db8::1").value()))})
          .with_list("algorithms", {"ES256", "EdDSA"})
          .with_location("https://ca.example/acme/order/x")
          .with_link({"https://ca.example/terms", "terms-of-service"})
          .retry_after(std::chrono::seconds(7));
  const Problem read = Problem::decode(written.encode());
  EXPECT_EQ(read.type(), ProblemType::compound);
  EXPECT_EQ(read.detail(), written.detail());
  EXPECT_EQ(read.identifier(), dns("*.a.example"));
  ASSERT_EQ(read.subproblems().size(), 2U);
  EXPECT_EQ(read.subproblems()[0].type(), ProblemType::caa);
  EXPECT_EQ(read.subproblems()[0].identifier(), dns("b.example"));
  EXPECT_EQ(read.subproblems()[1].detail(), "second");
  EXPECT_EQ(read.subproblems()[1].identifier()->value, "2001:db8::1");
  ASSERT_EQ(read.links().size(), 1);
  EXPECT_EQ(read.links()[0].url, "https://ca.example/terms");
  EXPECT_EQ(read.links()[0].relation, "terms-of-service");
  ASSERT_TRUE(read.list());
  EXPECT_EQ(read.list()->first, "algorithms");
  EXPECT_EQ(read.list()->second, (std::vector<std::string>{"ES256", "EdDSA"}));
  EXPECT_EQ(read.location(), "https://ca.example/acme/order/x");
  EXPECT_EQ(read.wait(), std::chrono::seconds(7));
}

std::string stored(std::string_view token, std::uint32_t lonely_half = 0) {
  storage::RecordWriter writer(1);
  writer.bytes(1, token).bytes(2, "detail");
  if (lonely_half != 0) writer.bytes(lonely_half, "half of a pair");
  return std::move(writer).take();
}

TEST(Problem, RefusesDamagedStoredForms) {
  const std::string nested =
      Problem(ProblemType::dns, "1")
          .with_subproblems(
              {Problem(ProblemType::dns, "2").with_subproblems({Problem(ProblemType::dns, "3")})})
          .encode();
  const std::string rows[] = {"",
                              "\x01",
                              "\x02",
                              stored("noSuchType"),
                              stored("dns", 3),
                              stored("dns", 4),
                              stored("dns", 10),
                              stored("dns", 11),
                              stored("dns").substr(0, 5),
                              nested};
  for (const std::string& row : rows) {
    EXPECT_THROW(Problem::decode(row), storage::CorruptRecord) << testing::PrintToString(row);
  }
}

}  // namespace
}  // namespace acme
