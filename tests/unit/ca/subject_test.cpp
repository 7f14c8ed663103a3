#include "ca/subject.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "ca/country_codes.h"
#include "ca/crypto/encoding.h"
#include "ca/issuer.h"
#include "ca/organization_identifier.h"
#include "ca/printable_text.h"
#include "ca/subject_attributes.h"
#include "tests/support/test_ca.h"
#include "tests/unit/ca/planted_subjects.h"

namespace {

using ca::Subject;

const ca::CertificateProfile& profile(std::string_view name) {
  return *ca::find_profile(name);
}

std::string refusal(const Subject& subject, std::string_view profile_name) {
  const auto judged = ca::judge_subject(subject, profile(profile_name));
  if (judged) return {};
  EXPECT_EQ(judged.error().kind(), ca::RejectionKind::bad_subject);
  return judged.error().detail();
}

// BR 7.1.2.7.2 to 7.1.2.7.5, EVG 7.1.4.2
TEST(Subject, IsJudgedByItsProfile) {
  EXPECT_EQ(refusal({}, "dv"), "");
  EXPECT_EQ(refusal(tests::person(), "iv"), "");
  EXPECT_EQ(refusal(tests::company(), "ov"), "");
  EXPECT_EQ(refusal(tests::company(), "gm-ov"), "");
  EXPECT_EQ(refusal(tests::registered_company(), "ev"), "");
  EXPECT_EQ(refusal(tests::registered_company(), "gm-ev"), "");
  EXPECT_EQ(refusal({}, "private"), "");
  for (const std::string_view name : {"dv", "shortlived", "ip", "gm-dv", "iv", "ev"}) {
    EXPECT_NE(refusal(tests::company(), name), "") << name;
  }
  EXPECT_NE(refusal(tests::person(), "ov"), "");
  EXPECT_NE(refusal(tests::registered_company(), "ov"), "");
  EXPECT_NE(refusal({}, "ov"), "");
}

TEST(Subject, NeedsEveryRequiredAttribute) {
  for (const auto& [name, owner] : {std::pair<std::string_view, Subject>{"iv", tests::person()},
                                    {"ov", tests::company()},
                                    {"ev", tests::registered_company()}}) {
    for (const ca::AttributeRow& row : ca::subject_attributes()) {
      if (row.value == nullptr || row.in(profile(name).subject) != ca::Presence::required) continue;
      Subject without = owner;
      (without.*row.value).clear();
      EXPECT_NE(refusal(without, name).find(row.name), std::string::npos)
          << name << " " << row.name;
    }
  }
}

TEST(Subject, SaysWhatIsWrongAndWhichRuleItIs) {
  Subject owner = tests::company();
  owner.organization = std::string(65, 'O');
  EXPECT_NE(refusal(owner, "ov").find("has 65 characters; at most 64 are allowed (BR 7.1.4.2)"),
            std::string::npos)
      << refusal(owner, "ov");
}

// P-9: characters, not octets.
TEST(Subject, CountsCharacters) {
  std::string long_name;
  for (int i = 0; i < 64; ++i) long_name += "公";
  EXPECT_EQ(refusal(tests::company_with(&Subject::organization, long_name), "ov"), "");
  EXPECT_NE(refusal(tests::company_with(&Subject::organization, long_name + "司"), "ov"), "");
}

// P-10
TEST(Subject, RefusesValuesThatSayNothing) {
  for (const std::string_view nothing :
       {"-", ".", " ", "- -", "...", "N/A", "n.a.", "Not Applicable"}) {
    EXPECT_NE(refusal(tests::company_with(&Subject::locality, std::string(nothing)), "ov"), "")
        << nothing;
  }
  // A town in Piedmont, and a surname.
  EXPECT_EQ(refusal(tests::company_with(&Subject::locality, "None"), "ov"), "");
  EXPECT_EQ(refusal(tests::company_with(&Subject::locality, "Null-sur-Mer"), "ov"), "");
}

TEST(Subject, RefusesTextThatACertificateCannotHold) {
  for (const std::string_view text :
       {"\xC3", "\xC0\xAF", "\xED\xA0\x80", "a\nb", "\x7F", " Example", "Example ",
        "\xE2\x80\xAE"
        "elpmaxe",
        "\xF4\x90\x80\x80"}) {
    EXPECT_NE(refusal(tests::company_with(&Subject::organization, std::string(text)), "ov"), "")
        << ca::hex(text);
  }
  EXPECT_NE(refusal(tests::numbered("12_34"), "ev"), "");  // not in a PrintableString
}

// EVG 7.1.4.2.5
TEST(Subject, TakesADateOfFormationInOneFormOnly) {
  EXPECT_EQ(refusal(tests::numbered("1990-02-01"), "ev"), "");
  EXPECT_EQ(refusal(tests::numbered("91440300708461136T"), "ev"), "");
  EXPECT_EQ(refusal(tests::numbered("12.345.678"), "ev"), "");
  for (const std::string_view date : {"01/02/1990", "1.2.1990", "1990/2/1"}) {
    EXPECT_NE(refusal(tests::numbered(std::string(date)), "ev"), "") << date;
  }
  Subject government = tests::numbered("Government Entity");
  EXPECT_NE(refusal(government, "ev"), "");
  government.business_category = "Government Entity";
  EXPECT_EQ(refusal(government, "ev"), "");
}

// P-42
TEST(OrganizationIdentifier, IsTakenApartAtTheLeftmostHyphen) {
  struct Row {
    std::string_view text, scheme, country, state, reference;
  };
  for (const Row& row : {Row{"NTRGB-12345678", "NTR", "GB", "", "12345678"},
                         Row{"NTRUS+CA-12345678", "NTR", "US", "CA", "12345678"},
                         Row{"VATDE-123456789", "VAT", "DE", "", "123456789"},
                         Row{"VATEL-123456789", "VAT", "EL", "", "123456789"},
                         Row{"PSDBE-NBB-1234.567.890", "PSD", "BE", "", "NBB-1234.567.890"}}) {
    const auto parts = ca::parse_organization_identifier(row.text);
    ASSERT_TRUE(parts) << parts.error();
    EXPECT_EQ(parts->scheme, row.scheme);
    EXPECT_EQ(parts->country, row.country);
    EXPECT_EQ(parts->state, row.state);
    EXPECT_EQ(parts->reference, row.reference);
  }
  for (const std::string_view bad :
       {"", "-", "NTR-1", "NTRGB", "NTRGB-", "LEIXG-529900", "NTREL-1", "NTRZZ-1", "ntrGB-1",
        "NTRUS+-1", "NTRUS+CALI-1", "NTRUSCA-1", "VATUS+CA-1", "NTRUS+C_-1"}) {
    EXPECT_FALSE(ca::parse_organization_identifier(bad)) << bad;
  }
}

TEST(OrganizationIdentifier, MustBeOfTheSameRegisterAsTheSerialNumber) {
  Subject owner = tests::registered_company();
  owner.organization_identifier = "VATDE-123456789";
  EXPECT_EQ(refusal(owner, "ev"), "");
  for (const std::string_view other :
       {"NTRUS+DE-7654321", "NTRGB+DE-1234567", "NTRUS-1234567", "LEIXG-529900T8BM49AURSDO55"}) {
    owner.organization_identifier = other;
    EXPECT_NE(refusal(owner, "ev"), "") << other;
  }
}

TEST(CountryCodes, AreThoseOfIso3166) {
  for (const std::string_view code : {"AD", "CN", "ZW", "XX"}) {
    EXPECT_EQ(ca::is_country_code(code), code != "XX") << code;
  }
  for (const std::string_view code : {"", "C", "cn", "UK", "EL", "D ", "CHN", " A"}) {
    EXPECT_FALSE(ca::is_country_code(code)) << code;
  }
}

// P-11 P-12
TEST(CommonName, IsTheFirstNameUnlessItIsTooLong) {
  const std::string label(40, 'a');
  const auto fits = ca::DnsName::parse(label + ".example.com").value();
  const auto too_long = ca::DnsName::parse(label + "." + label + ".example.com").value();
  const std::string with = ca::der_subject({}, profile("gm-dv"), {fits, too_long});
  EXPECT_NE(with.find(label + ".example.com"), std::string::npos);
  EXPECT_EQ(ca::hex(ca::der_subject({}, profile("gm-dv"), {too_long, fits})), "3000");
  EXPECT_EQ(ca::hex(ca::der_subject({}, profile("dv"), {fits})), "3000");
}

class Prepare : public ::testing::Test {
 protected:
  ca::Judged<ca::LintedCertificate> prepare(std::string_view profile_name,
                                            std::vector<ca::Identifier> names,
                                            Subject subject = {}) {
    const ca::IssuanceRequest request{.identifiers = std::move(names),
                                      .public_key = key_->public_key(),
                                      .profile = profile(profile_name),
                                      .now = tests::kLintTime,
                                      .subject = std::move(subject),
                                      .validity = {.longest = validity_}};
    return ca_.issuer->prepare(request, random_);
  }

  std::optional<std::chrono::seconds> validity_;
  tests::TestCa ca_ = tests::make_test_ca(tests::kLintTime);
  ca::SystemRandom random_;
  std::unique_ptr<ca::Signer> key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

// EVG 7.1.2.1 P-40
TEST_F(Prepare, RefusesNamesThatTheProfileHasNoPlaceFor) {
  const auto owner = tests::registered_company();
  for (const auto& [name, identifier] : {std::pair{"ev", tests::dns("*.example.com")},
                                         {"ev", tests::ip("8.8.8.8")},
                                         {"ip", tests::dns("example.com")}}) {
    const auto linted = prepare(name, {identifier}, name[0] == 'e' ? owner : Subject{});
    ASSERT_FALSE(linted);
    EXPECT_EQ(linted.error().kind(), ca::RejectionKind::forbidden_name) << linted.error().detail();
  }
  EXPECT_TRUE(prepare("ev", {tests::dns("example.com")}, owner));
  EXPECT_TRUE(prepare("ip", {tests::ip("8.8.8.8")}));
}

TEST_F(Prepare, RefusesASubjectThatTheProfileDoesNotAllow) {
  const auto linted = prepare("dv", {tests::dns("example.com")}, tests::company());
  ASSERT_FALSE(linted);
  EXPECT_EQ(linted.error().kind(), ca::RejectionKind::bad_subject);
}

TEST_F(Prepare, ShortensTheValidityAsAskedButNeverLengthensIt) {
  const auto length = [this] {
    const auto linted = prepare("ov", {tests::dns("example.com")}, tests::company());
    return linted.value().not_after() - linted.value().not_before() + std::chrono::seconds(1);
  };
  EXPECT_EQ(length(), std::chrono::days(199));
  validity_ = std::chrono::days(90);
  EXPECT_EQ(length(), std::chrono::days(90));
  validity_ = std::chrono::days(300);
  EXPECT_EQ(length(), std::chrono::days(199));
}

}  // namespace
