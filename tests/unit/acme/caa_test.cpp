#include "acme/validation/caa.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace std::string_literals;
using acme::CaaRecord;
using acme::CaaScope;
using policy::ValidationMethod;

constexpr ValidationMethod kHttp = ValidationMethod::http_01;
constexpr ValidationMethod kDns = ValidationMethod::dns_01;

acme::CaaApplicant applicant(ValidationMethod method) {
  return {{"ca.example", "other-name.ca.example"}, "https://ca.example/acme/account/1", method};
}

enum class Verdict { permits, forbids };
constexpr Verdict kPermits = Verdict::permits;
constexpr Verdict kForbids = Verdict::forbids;

struct ValueRow {
  std::string value;  // of the only property
  Verdict verdict;
  ValidationMethod method = kHttp;
};

const std::string kOurs = "ca.example; accounturi=https://ca.example/acme/account/1";

const std::vector<ValueRow>& value_rows() {
  static const std::vector<ValueRow> kRows{
      // RFC8659-4.2: the issuer-domain-name.
      {"ca.example", kPermits},
      {"other-name.ca.example", kPermits},
      {"CA.EXAMPLE", kPermits},
      {"Ca.eXample", kPermits},
      {" ca.example", kPermits},
      {"ca.example ", kPermits},
      {"\t ca.example \t", kPermits},
      {"ca.example;", kPermits},
      {"ca.example ;", kPermits},
      {"ca.example; ", kPermits},
      {" ca.example \t; \t", kPermits},
      {"", kForbids},
      {" ", kForbids},
      {"\t", kForbids},
      {";", kForbids},
      {" ; ", kForbids},
      {"; a=b", kForbids},
      {"%%%%%", kForbids},
      {"example", kForbids},
      {"other.example", kForbids},
      {"a.ca.example", kForbids},
      {"xca.example", kForbids},
      {"ca.example.com", kForbids},
      {"ca.exampl", kForbids},
      {"ca-example", kForbids},
      {"ca.example.", kForbids},
      {".ca.example", kForbids},
      {"ca..example", kForbids},
      {"-ca.example", kForbids},
      {"ca-.example", kForbids},
      {"ca.example-", kForbids},
      {"ca.-example", kForbids},
      {"ca_.example", kForbids},
      {"*.ca.example", kForbids},
      {"ca example", kForbids},
      {"ca.example other.example", kForbids},
      {"ca.example,other.example", kForbids},
      {"\"ca.example\"", kForbids},
      {"'ca.example'", kForbids},
      {"https://ca.example", kForbids},
      {"ca.example\n", kForbids},
      {"ca.example\r", kForbids},
      {"ca.example\0"s, kForbids},
      {"\0ca.example"s, kForbids},
      {"ca.example\0.other"s, kForbids},
      {"ca.ex\xc3\xa4mple", kForbids},
      {"\xef\xbb\xbf"s + "ca.example", kForbids},
      {"ca.example\xff", kForbids},
      {"ca.example\x7f", kForbids},
      {std::string(255, 'a'), kForbids},
      {std::string(60'000, 'a'), kForbids},
      {std::string(60'000, ' ') + "ca.example", kPermits},
      // RFC8659-4.2: the grammar of parameters. Those we do not know do not restrict.
      {"ca.example; a=b", kPermits},
      {"ca.example;a=b", kPermits},
      {"ca.example ; a = b", kPermits},
      {"ca.example;\ta\t=\tb\t", kPermits},
      {"ca.example; a=", kPermits},
      {"ca.example; a= ", kPermits},
      {"ca.example; a=b; c=d", kPermits},
      {"ca.example; a=b;c=d ; e = f", kPermits},
      {"ca.example; a=b; a=c", kPermits},
      {"ca.example; a=b=c", kPermits},
      {"ca.example; a==", kPermits},
      {"ca.example; a-b=c", kPermits},
      {"ca.example; 7=c", kPermits},
      {"ca.example; a=!#$%&'()*+,-./:<=>?@[\\]^_`{|}~\"", kPermits},
      {"ca.example; a=" + std::string(255, 'x'), kPermits},
      {"ca.example; policy=ev", kPermits},
      {"ca.example; a", kForbids},
      {"ca.example; a b", kForbids},
      {"ca.example; =", kForbids},
      {"ca.example; =b", kForbids},
      {"ca.example;;", kForbids},
      {"ca.example; ;", kForbids},
      {"ca.example;; a=b", kForbids},
      {"ca.example; a=b;", kForbids},
      {"ca.example; a=b; ", kForbids},
      {"ca.example; a=b;; c=d", kForbids},
      {"ca.example; a=b c", kForbids},
      {"ca.example; a=b c=d", kForbids},
      {"ca.example; a=b, c=d;", kForbids},
      {"ca.example; a_b=c", kForbids},
      {"ca.example; a.b=c", kForbids},
      {"ca.example; -a=c", kForbids},
      {"ca.example; a-=c", kForbids},
      {"ca.example; a=\x7f", kForbids},
      {"ca.example; a=\xc3\xa4", kForbids},
      {"ca.example; a=b\0"s, kForbids},
      {"ca.example; a=\nb", kForbids},
      {"ca.example a=b", kForbids},
      {"ca.example, a=b", kForbids},
      {"other.example; a=b", kForbids},
      // RFC8657-3
      {kOurs, kPermits},
      {"CA.example;accounturi = https://ca.example/acme/account/1 ", kPermits},
      {"ca.example; AccountURI=https://ca.example/acme/account/1", kPermits},
      {"ca.example; accounturi=https://ca.example/acme/account/2", kForbids},
      {"ca.example; ACCOUNTURI=https://ca.example/acme/account/2", kForbids},
      {"ca.example; accounturi=https://ca.example/acme/account/1/", kForbids},
      {"ca.example; accounturi=https://ca.example/acme/account/", kForbids},
      {"ca.example; accounturi=https://ca.example/acme/account/11", kForbids},
      {"ca.example; accounturi=https://CA.example/acme/account/1", kForbids},
      {"ca.example; accounturi=http://ca.example/acme/account/1", kForbids},
      {"ca.example; accounturi=https://other.example/acme/account/1", kForbids},
      {"ca.example; accounturi=/acme/account/1", kForbids},
      {"ca.example; accounturi=1", kForbids},
      {"ca.example; accounturi=", kForbids},
      {"ca.example; accounturi=\"https://ca.example/acme/account/1\"", kForbids},
      {"ca.example; accounturi=https%3A%2F%2Fca.example/acme/account/1", kForbids},
      {"ca.example; accounturi", kForbids},
      {kOurs + "; a=b", kPermits},
      {kOurs + "; accounturi=https://ca.example/acme/account/1", kForbids},
      {kOurs + "; accounturi=https://ca.example/acme/account/2", kForbids},
      {kOurs + "; AccountUri=https://ca.example/acme/account/1", kForbids},
      {"other.example; accounturi=https://ca.example/acme/account/1", kForbids},
      {"; accounturi=https://ca.example/acme/account/1", kForbids},
      // RFC8657-4
      {"ca.example; validationmethods=http-01", kPermits},
      {"ca.example; validationmethods=http-01", kForbids, kDns},
      {"ca.example; validationmethods=dns-01", kForbids},
      {"ca.example; validationmethods=dns-01", kPermits, kDns},
      {"ca.example; ValidationMethods=dns-01", kForbids},
      {"ca.example; validationmethods=dns-01,http-01", kPermits},
      {"ca.example; validationmethods=dns-01,http-01", kPermits, kDns},
      {"ca.example; validationmethods=tls-alpn-01,dns-01,x", kForbids},
      {"ca.example; validationmethods=tls-alpn-01,dns-01,x", kPermits, kDns},
      {"ca.example; validationmethods=http-01,http-01", kPermits},
      {"ca.example; validationmethods=", kForbids},
      {"ca.example; validationmethods=,", kForbids},
      {"ca.example; validationmethods=http-01,", kForbids},
      {"ca.example; validationmethods=,http-01", kForbids},
      {"ca.example; validationmethods=dns-01,,http-01", kForbids},
      {"ca.example; validationmethods=dns-01, http-01", kForbids},
      {"ca.example; validationmethods=http-01;", kForbids},
      {"ca.example; validationmethods=http_01", kForbids},
      {"ca.example; validationmethods=http-01,dns_01", kForbids},
      {"ca.example; validationmethods=http-01,*", kForbids},
      {"ca.example; validationmethods=http", kForbids},
      {"ca.example; validationmethods=http-011", kForbids},
      {"ca.example; validationmethods=HTTP-01", kForbids},
      {"ca.example; validationmethods=http-01; validationmethods=http-01", kForbids},
      {"ca.example; validationmethods=http-01; validationmethods=dns-01", kForbids},
      {"ca.example; validationmethods", kForbids},
      // BR-4.2.2.1.2: the labels after the sections of BR 3.2.2.4.
      {"ca.example; validationmethods=ca-tbr-19", kPermits},
      {"ca.example; validationmethods=ca-tbr-19", kForbids, kDns},
      {"ca.example; validationmethods=ca-tbr-7", kForbids},
      {"ca.example; validationmethods=ca-tbr-7", kPermits, kDns},
      {"ca.example; validationmethods=ca-tbr-1", kForbids},
      {"ca.example; validationmethods=ca-other", kForbids},
      {kOurs + "; validationmethods=http-01", kPermits},
      {kOurs + "; validationmethods=dns-01", kForbids},
      {"ca.example; validationmethods=http-01; accounturi=https://ca.example/acme/account/1",
       kPermits},
      {"ca.example; validationmethods=http-01; accounturi=https://ca.example/acme/account/2",
       kForbids},
  };
  return kRows;
}

CaaRecord issue(const std::string& value, std::uint8_t flags = 0) {
  return {flags, "issue", value};
}
CaaRecord wild(const std::string& value, std::uint8_t flags = 0) {
  return {flags, "issuewild", value};
}

struct SetRow {
  std::vector<CaaRecord> records;
  Verdict single_name;
  Verdict wildcard;
};

const std::vector<SetRow>& set_rows() {
  static const std::vector<SetRow> kRows{
      // RFC8659-3 RFC8659-4: nothing that restricts.
      {{}, kPermits, kPermits},
      {{{0, "iodef", "mailto:a@b.example"}}, kPermits, kPermits},
      {{{128, "iodef", "mailto:a@b.example"}}, kPermits, kPermits},
      {{{0, "contactemail", "a@b.example"}}, kPermits, kPermits},
      {{{128, "contactemail", "a@b.example"}}, kPermits, kPermits},
      {{{128, "contactphone", "+1"}}, kPermits, kPermits},
      {{{0, "issuemail", ";"}}, kPermits, kPermits},
      {{{128, "issuemail", ";"}}, kPermits, kPermits},
      {{{0, "tbs", "x"}}, kPermits, kPermits},
      {{{0, "tbs", ""}, {0, "iodef", "x"}}, kPermits, kPermits},
      // RFC8659-4.1: bit 0 alone is defined, and it is the most significant one.
      {{{128, "tbs", "x"}}, kForbids, kForbids},
      {{{255, "tbs", "x"}}, kForbids, kForbids},
      {{{129, "tbs", "x"}}, kForbids, kForbids},
      {{{1, "tbs", "x"}}, kPermits, kPermits},
      {{{127, "tbs", "x"}}, kPermits, kPermits},
      {{{64, "tbs", "x"}}, kPermits, kPermits},
      {{{128, "issues", "ca.example"}}, kForbids, kForbids},
      {{{128, "issu", "ca.example"}}, kForbids, kForbids},
      {{{128, "policy", "x"}}, kForbids, kForbids},
      {{{128, "issuevmc", ";"}}, kForbids, kForbids},
      {{issue("ca.example"), {128, "tbs", "x"}}, kForbids, kForbids},
      {{{128, "tbs", "x"}, issue("ca.example")}, kForbids, kForbids},
      {{issue("ca.example"), {0, "tbs", "x"}}, kPermits, kPermits},
      {{issue("ca.example", 128)}, kPermits, kPermits},
      {{issue("ca.example", 255)}, kPermits, kPermits},
      {{issue("other.example", 128)}, kForbids, kForbids},
      {{wild("ca.example", 128)}, kPermits, kPermits},
      // RFC8659-4.2: authorizations add up.
      {{issue("ca.example")}, kPermits, kPermits},
      {{issue("other.example")}, kForbids, kForbids},
      {{issue(";")}, kForbids, kForbids},
      {{issue(";"), issue("ca.example")}, kPermits, kPermits},
      {{issue("ca.example"), issue(";")}, kPermits, kPermits},
      {{issue("other.example"), issue("ca.example")}, kPermits, kPermits},
      {{issue("other.example"), issue("third.example")}, kForbids, kForbids},
      {{issue("%%%%%"), issue("ca.example")}, kPermits, kPermits},
      {{issue("%%%%%"), issue("other.example")}, kForbids, kForbids},
      {{issue("ca.example; accounturi=x"), issue("ca.example")}, kPermits, kPermits},
      {{issue("ca.example; accounturi=x"), issue("ca.example; validationmethods=dns-01")},
       kForbids,
       kForbids},
      {{issue("ca.example"), {0, "iodef", "mailto:a@b.example"}}, kPermits, kPermits},
      // RFC8659-4.3
      {{wild("ca.example")}, kPermits, kPermits},
      {{wild("other.example")}, kPermits, kForbids},
      {{wild(";")}, kPermits, kForbids},
      {{wild("")}, kPermits, kForbids},
      {{wild("%%%%%")}, kPermits, kForbids},
      {{issue("ca.example"), wild("other.example")}, kPermits, kForbids},
      {{issue("ca.example"), wild(";")}, kPermits, kForbids},
      {{issue("other.example"), wild("ca.example")}, kForbids, kPermits},
      {{issue(";"), wild("ca.example")}, kForbids, kPermits},
      {{issue(";"), wild("other.example"), wild("ca.example")}, kForbids, kPermits},
      {{issue("ca.example"), wild("ca.example; accounturi=x")}, kPermits, kForbids},
      {{issue("ca.example; accounturi=x"), wild(kOurs)}, kForbids, kPermits},
      {{wild("ca.example"), {128, "tbs", "x"}}, kForbids, kForbids},
      {{wild(";"), {0, "iodef", "mailto:a@b.example"}}, kPermits, kForbids},
  };
  return kRows;
}

void expect(Verdict verdict,
            const std::vector<CaaRecord>& records,
            CaaScope scope,
            const acme::CaaApplicant& applicant) {
  const auto objection = caa_objection(records, scope, applicant);
  if (verdict == kPermits) {
    EXPECT_FALSE(objection.has_value()) << *objection;
  } else {
    ASSERT_TRUE(objection.has_value());
    EXPECT_FALSE(objection->empty());
    EXPECT_LT(objection->size(), 500);
  }
}

// S15
TEST(Caa, IsJudgedByATableOfAtLeast150Rows) {
  EXPECT_GE(value_rows().size() + set_rows().size(), 150);
}

// C-2 C-6 BR-3.2.2.8 BR-4.2.2.1 RFC8659-4.2 RFC8659-4.3 RFC8657-3 RFC8657-4 T-A3
TEST(Caa, JudgesTheValueOfAProperty) {
  for (const ValueRow& row : value_rows()) {
    SCOPED_TRACE(testing::PrintToString(row.value.substr(0, 100)) + " " +
                 std::string(policy::text_of(row.method)));
    expect(row.verdict, {issue(row.value)}, CaaScope::single_name, applicant(row.method));
    // issuewild has the same syntax and semantics, for wildcards.
    expect(row.verdict, {wild(row.value)}, CaaScope::wildcard, applicant(row.method));
    expect(row.verdict, {issue(row.value)}, CaaScope::wildcard, applicant(row.method));
    expect(kPermits, {wild(row.value)}, CaaScope::single_name, applicant(row.method));
  }
}

// C-2 C-3 BR-3.2.2.8 BR-4.2.2.1 RFC8659-4.1 RFC8659-4.2 RFC8659-4.3 T-A3
TEST(Caa, JudgesTheRelevantRecordSet) {
  for (const SetRow& row : set_rows()) {
    SCOPED_TRACE(acme::caa_text(row.records));
    expect(row.single_name, row.records, CaaScope::single_name, applicant(kHttp));
    expect(row.wildcard, row.records, CaaScope::wildcard, applicant(kHttp));
    // The order of records says nothing.
    const std::vector<CaaRecord> reversed(row.records.rbegin(), row.records.rend());
    expect(row.single_name, reversed, CaaScope::single_name, applicant(kHttp));
    expect(row.wildcard, reversed, CaaScope::wildcard, applicant(kHttp));
  }
}

// RFC8659-4.2: without a name of our own no record can mean us, not even the empty one.
TEST(Caa, PermitsNothingThatIsRestrictedToACaWithoutAnIdentity) {
  acme::CaaApplicant nameless = applicant(kHttp);
  nameless.identities.clear();
  for (const char* value : {"", ";", "ca.example", "other.example", "%"}) {
    SCOPED_TRACE(value);
    expect(kForbids, {issue(value)}, CaaScope::single_name, nameless);
    expect(kForbids, {wild(value)}, CaaScope::wildcard, nameless);
  }
  expect(kPermits, {}, CaaScope::single_name, nameless);
  expect(kPermits, {{0, "iodef", "mailto:a@b.example"}}, CaaScope::wildcard, nameless);
}

struct ObjectionRow {
  std::vector<CaaRecord> records;
  const char* objection;
};

TEST(Caa, SaysWhatIsWrongWithEachRecord) {
  const ObjectionRow rows[] = {
      {{issue("other.example")}, "0 issue \"other.example\" names another CA"},
      {{issue(";")}, "0 issue \";\" permits nobody"},
      {{issue("%\x1b")}, "0 issue \"%\\x1b\" is malformed"},
      {{issue("ca.example; accounturi=x")},
       "0 issue \"ca.example; accounturi=x\" is for another account"},
      {{issue(kOurs + "; accounturi=y")}, nullptr},
      {{issue("ca.example; validationmethods=dns-01")},
       "0 issue \"ca.example; validationmethods=dns-01\" does not permit http-01"},
      {{{128, "tbs", "x"}}, "128 tbs \"x\" is critical and of an unknown kind"},
      {{issue("a.example"), issue(";")},
       "0 issue \"a.example\" names another CA, 0 issue \";\" permits nobody"},
  };
  for (const ObjectionRow& row : rows) {
    SCOPED_TRACE(acme::caa_text(row.records));
    const auto objection = caa_objection(row.records, CaaScope::single_name, applicant(kHttp));
    ASSERT_TRUE(objection.has_value());
    if (row.objection != nullptr) EXPECT_EQ(*objection, row.objection);
  }
  const auto many = caa_objection(std::vector<CaaRecord>(200, issue(std::string(9'000, 'x'))),
                                  CaaScope::single_name, applicant(kHttp));
  ASSERT_TRUE(many.has_value());
  EXPECT_LT(many->size(), 1'000);
  EXPECT_NE(many->find("and 195 more"), std::string::npos) << *many;
}

// RFC8659-4.2
TEST(CaaIssueValue, IsTakenApart) {
  EXPECT_EQ(acme::parse_caa_issue_value(" CA.example ; Account = 230123 ;b="),
            (acme::CaaIssueValue{"ca.example", {{"account", "230123"}, {"b", ""}}}));
  EXPECT_EQ(acme::parse_caa_issue_value(";a=B"), (acme::CaaIssueValue{"", {{"a", "B"}}}));
  EXPECT_EQ(acme::parse_caa_issue_value(""), acme::CaaIssueValue{});
  EXPECT_EQ(acme::parse_caa_issue_value("%"), std::nullopt);
}

}  // namespace
