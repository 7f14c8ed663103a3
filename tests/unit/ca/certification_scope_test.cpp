#include "ca/certification_scope.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/test_ca.h"
#include "tests/unit/ca/limited_path.h"
#include "tests/unit/ca/planted_tbs.h"

namespace {

using ca::CertificateView;
using ca::CertificationScope;
using ca::Identifier;
using ca::Trust;
using tests::address_base;
using tests::ca_with_constraints;
using tests::ca_with_policies;
using tests::dns;
using tests::dns_base;
using tests::ip;
using tests::subtrees;

CertificationScope scope_of(const std::vector<CertificateView>& path) {
  return {path, Trust::web};
}

struct NameRow {
  std::string constraints;
  Identifier name;
  bool fits;
};

// RFC5280-4.2.1.10
TEST(CertificationScope, KeepsToTheNameConstraints) {
  const std::string permitted = subtrees(0, {dns_base("example.com"), dns_base("Example.NET")});
  const std::string excluded = subtrees(1, {dns_base("secret.example.com")});
  const std::string net =
      subtrees(0, {address_base(std::string("\x0a\x01\x00\x00\xff\xff\x00\x00", 8))});
  const std::vector<NameRow> rows = {
      {permitted, dns("example.com"), true},
      {permitted, dns("www.example.com"), true},
      {permitted, dns("*.example.com"), true},
      {permitted, dns("a.example.net"), true},
      {permitted, dns("example.org"), false},
      {permitted, dns("badexample.com"), false},
      {permitted, ip("8.8.8.8"), true},  // nothing is said of addresses
      {permitted + excluded, dns("www.example.com"), true},
      {permitted + excluded, dns("secret.example.com"), false},
      {permitted + excluded, dns("a.secret.example.com"), false},
      {permitted + excluded, dns("*.example.com"), false},  // it stands for the excluded one
      {permitted + excluded, dns("*.www.example.com"), true},
      {excluded, dns("example.org"), true},
      {subtrees(1, {dns_base("")}), dns("example.org"), false},
      {subtrees(0, {dns_base("")}), dns("example.org"), true},
      {subtrees(0, {dns_base(".example.com")}), dns("example.com"), false},
      {subtrees(0, {dns_base(".example.com")}), dns("www.example.com"), true},
      {net, ip("10.1.2.3"), true},
      {net, ip("10.2.2.3"), false},
      {net, ip("2001:4860:4860::8888"), false},
      {net, dns("example.org"), true},
      {subtrees(1, {address_base(std::string(32, '\0'))}), ip("2001:4860:4860::8888"), false},
      {subtrees(1, {address_base(std::string(32, '\0'))}), ip("8.8.8.8"), true},
      {subtrees(0, {tests::tlv("81", "example.com")}), dns("example.org"), true},  // of mail
  };
  for (const NameRow& row : rows) {
    SCOPED_TRACE(ca::value_of(row.name) + " under " + ca::hex(row.constraints));
    const std::vector<Identifier> names = {row.name};
    EXPECT_EQ(scope_of({ca_with_constraints(row.constraints)}).name_fault(names).empty(), row.fits);
  }
}

// BR-7.1.2.10.8 RFC5280-4.2.1.10
TEST(CertificationScope, KeepsToTheSubjectsOfADirectoryName) {
  using tests::directory_base;
  using tests::organization_part;
  const auto subject = [](const std::vector<std::string>& parts) {
    return ca::der::sequence(parts);
  };
  const std::string ours = organization_part("Example  Trust ");
  const std::string ours_too = organization_part("EXAMPLE trust", ca::der::Tag::printable_string);
  const std::string other = organization_part("Other");
  const std::string permitted = subtrees(0, {dns_base("example.com"), directory_base({ours})});
  const auto faulted = [](const std::string& constraints, const std::string& name) {
    return !scope_of({ca_with_constraints(constraints)}).subject_fault(name).empty();
  };
  EXPECT_FALSE(faulted(permitted, subject({}))) << "an empty subject is outside nothing";
  EXPECT_FALSE(faulted(permitted, subject({ours})));
  EXPECT_FALSE(faulted(permitted, subject({ours_too, other})));
  EXPECT_TRUE(faulted(permitted, subject({other, ours})));
  EXPECT_TRUE(faulted(permitted, subject({other})));
  EXPECT_TRUE(faulted(permitted, "x"));
  EXPECT_FALSE(faulted(subtrees(1, {directory_base({ours})}), subject({other})));
  EXPECT_TRUE(faulted(subtrees(1, {directory_base({ours})}), subject({ours_too})));
  EXPECT_TRUE(faulted(subtrees(1, {directory_base({})}), subject({other})));
  EXPECT_FALSE(faulted(subtrees(1, {directory_base({})}), subject({})));
  EXPECT_FALSE(faulted(subtrees(0, {dns_base("example.com")}), subject({other})));
  const std::vector<Identifier> outside = {dns("example.org")};
  EXPECT_NE(scope_of({ca_with_constraints(permitted)}).name_fault(outside), "");
}

TEST(CertificationScope, IsThatOfEveryCertificateOfThePath) {
  const CertificateView free = ca_with_policies({"2.5.29.32.0"});
  CertificateView limited = ca_with_policies({"2.23.140.1.2.2", "1.2.3"});
  limited.extensions.push_back(
      ca_with_constraints(subtrees(0, {dns_base("example.com")})).extensions.front());
  const CertificationScope scope = scope_of({free, limited});
  EXPECT_EQ(scope.policy_fault("2.23.140.1.2.2"), "");
  EXPECT_NE(scope.policy_fault("2.23.140.1.2.1"), "");
  EXPECT_EQ(scope.policy_fault(""), "") << "without a policy none is needed";
  const std::vector<Identifier> inside = {dns("a.example.com")};
  const std::vector<Identifier> half = {dns("a.example.com"), dns("b.example")};
  EXPECT_TRUE(scope.holds(*ca::find_profile("ov"), inside));
  EXPECT_FALSE(scope.holds(*ca::find_profile("ov"), half));
  EXPECT_FALSE(scope.holds(*ca::find_profile("dv"), inside));
  EXPECT_NE(scope.name_fault(half).find("b.example"), std::string::npos);
}

// RFC5280-6.1.3: where the extension is missing, no policy is left.
TEST(CertificationScope, HasNoPolicyWithoutTheExtension) {
  const CertificationScope scope = scope_of({CertificateView{}});
  EXPECT_NE(scope.policy_fault("2.23.140.1.2.1"), "");
  EXPECT_EQ(scope.policy_fault(""), "");
}

TEST(CertificationScope, IsOfOneTrust) {
  const std::vector<CertificateView> path = {ca_with_policies({"2.5.29.32.0"})};
  EXPECT_FALSE(CertificationScope(path, Trust::web).holds(*ca::find_profile("private"), {}));
  EXPECT_FALSE(CertificationScope(path, Trust::privately).holds(*ca::find_profile("dv"), {}));
  EXPECT_TRUE(CertificationScope(path, Trust::privately).holds(*ca::find_profile("private"), {}));
  const auto sm2 = tests::make_test_ca(tests::kLintTime, ca::KeyAlgorithm::sm2, {},
                                       ca::KeyAlgorithm::sm2, Trust::privately);
  EXPECT_EQ(sm2.issuer->scope().trust(), Trust::gm) << "the key says so";
}

TEST(CertificationScope, IsNotGuessed) {
  const std::vector<std::string> constraints = {
      "x",
      tests::tlv("a2", ""),                    // an unknown field
      tests::tlv("a0", "x"),                   // no subtrees
      tests::tlv("a0", tests::tlv("30", "")),  // no base
      tests::tlv("a0", tests::tlv("30", dns_base("a.b") + tests::tlv("80", "\x01"))),  // minimum
      subtrees(0, {address_base("1234567")}),
      subtrees(0, {tests::tlv("a4", "")}),                    // a directory name without a Name
      subtrees(0, {tests::tlv("a4", tests::unhex("3100"))}),  // and with something else
      subtrees(0, {tests::tlv("a4", tests::unhex("30023000"))}),
  };
  for (const std::string& each : constraints) {
    EXPECT_THROW(scope_of({ca_with_constraints(each)}), std::runtime_error) << ca::hex(each);
  }
}

}  // namespace
