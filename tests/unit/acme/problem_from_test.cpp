#include "acme/problem_from.h"

#include <gtest/gtest.h>

namespace acme {
namespace {

using ca::RejectionKind;
using policy::ViolationKind;

ca::Identifier dns(std::string_view name) {
  return ca::DnsName::parse(name).value();
}

struct RejectionRow {
  RejectionKind kind;
  ProblemType type;
};

constexpr RejectionRow kRejections[] = {
    {RejectionKind::malformed_name, ProblemType::malformed},
    {RejectionKind::forbidden_name, ProblemType::rejected_identifier},
    {RejectionKind::bad_csr, ProblemType::bad_csr},
    {RejectionKind::bad_public_key, ProblemType::bad_public_key},
    {RejectionKind::bad_validity, ProblemType::malformed},
    {RejectionKind::bad_subject, ProblemType::server_internal},
    {RejectionKind::bad_certificate, ProblemType::malformed},
    {RejectionKind::unknown_certificate, ProblemType::malformed},
    {RejectionKind::already_revoked, ProblemType::already_revoked},
    {RejectionKind::bad_revocation_reason, ProblemType::bad_revocation_reason},
    {RejectionKind::lint_failed, ProblemType::server_internal},
    {RejectionKind::issuer_unavailable, ProblemType::server_internal},
};

TEST(ProblemFrom, MapsEveryKindOfRejectionAndKeepsItsSentence) {
  ASSERT_EQ(std::size(kRejections),
            static_cast<std::size_t>(RejectionKind::issuer_unavailable) + 1);
  for (std::size_t i = 0; i < std::size(kRejections); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(static_cast<std::size_t>(kRejections[i].kind), i);
    const Problem problem = problem_from(ca::Rejection(kRejections[i].kind, "what was wrong"));
    EXPECT_EQ(problem.type(), kRejections[i].type);
    EXPECT_EQ(problem.detail(), "what was wrong");
  }
}

struct ViolationRow {
  ViolationKind kind;
  ProblemType type;
};

constexpr ViolationRow kViolations[] = {
    {ViolationKind::unsupported_identifier, ProblemType::unsupported_identifier},
    {ViolationKind::rejected_identifier, ProblemType::rejected_identifier},
    {ViolationKind::too_many_names, ProblemType::malformed},
    {ViolationKind::unknown_product, ProblemType::invalid_profile},
};

TEST(ProblemFrom, MapsEveryKindOfViolationAndKeepsItsSentenceAndName) {
  ASSERT_EQ(std::size(kViolations), static_cast<std::size_t>(ViolationKind::unknown_product) + 1);
  for (std::size_t i = 0; i < std::size(kViolations); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(static_cast<std::size_t>(kViolations[i].kind), i);
    const Problem problem =
        problem_from({policy::Violation(kViolations[i].kind, "why", dns("a.example"))});
    EXPECT_EQ(problem.type(), kViolations[i].type);
    EXPECT_EQ(problem.detail(), "why");
    EXPECT_EQ(problem.identifier(), dns("a.example"));
    EXPECT_TRUE(problem.subproblems().empty());
  }
}

// RFC8555-6.7.1
TEST(ProblemFrom, GivesSeveralViolationsASubproblemEach) {
  const Problem problem =
      problem_from({{ViolationKind::rejected_identifier, "first", dns("a.example")},
                    {ViolationKind::rejected_identifier, "second", dns("b.example")}});
  EXPECT_EQ(problem.type(), ProblemType::rejected_identifier);
  ASSERT_EQ(problem.subproblems().size(), 2U);
  EXPECT_EQ(problem.subproblems()[0].detail(), "first");
  EXPECT_EQ(problem.subproblems()[0].identifier(), dns("a.example"));
  EXPECT_EQ(problem.subproblems()[1].detail(), "second");
  EXPECT_EQ(problem.subproblems()[1].identifier(), dns("b.example"));
}

// RFC8555-6.7.1
TEST(ProblemFrom, IsCompoundForViolationsOfDifferentKinds) {
  const Problem problem =
      problem_from({{ViolationKind::rejected_identifier, "first", dns("a.example")},
                    {ViolationKind::unsupported_identifier, "second"}});
  EXPECT_EQ(problem.type(), ProblemType::compound);
  ASSERT_EQ(problem.subproblems().size(), 2U);
  EXPECT_FALSE(problem.subproblems()[1].identifier());
}

}  // namespace
}  // namespace acme
