#include "ca/registers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ca/country_codes.h"

namespace ca {
namespace {

using testing::HasSubstr;

struct Number {
  std::string_view country, number;
};

// E-3 EVG-3.2.2.1.3: every row says whose, in which form, and from where that is known.
TEST(Registers, AreWholeRows) {
  for (const auto rows : {company_registers(), vat_numbers()}) {
    for (const RegisterRow& row : rows) {
      SCOPED_TRACE(std::string(row.country) + " " + std::string(row.name));
      EXPECT_TRUE(is_country_code(row.country) || row.country == "EL" || row.country == "XI");
      EXPECT_FALSE(row.name.empty());
      EXPECT_FALSE(row.source.empty());
      EXPECT_FALSE(row.form.empty() || row.form.starts_with('?'));
      EXPECT_EQ(row.form.find("??"), row.form.npos);
    }
  }
}

// E-3 EVG-7.1.4.2.5: an agency gives numbers of some of the forms of its country.
TEST(Registers, TakeTheNumbersOfOneAgency) {
  const std::vector<std::string> courts{"Handelsregister A", "Handelsregister B"};
  EXPECT_EQ(company_number_fault("DE", courts, "HRB 12345"), "");
  EXPECT_EQ(company_number_fault("DE", "GnR 77"), "");
  EXPECT_THAT(company_number_fault("DE", courts, "GnR 77"),
              HasSubstr("is in no form that DE has (9 a digit, A a capital letter, X either, ? "
                        "optional): Handelsregister A HRA"));
  EXPECT_EQ(company_number_fault("DE", {}, "whatever"), "");
  const std::vector<std::string> siren{"SIREN"};
  EXPECT_THAT(company_number_fault("FR", siren, "732829321"), HasSubstr("wrong check character"));
  EXPECT_NE(company_number_fault("DE", siren, "732829320"), "");
  EXPECT_NE(company_register("FR", "SIREN"), nullptr);
  EXPECT_EQ(company_register("DE", "SIREN"), nullptr);
}

// E-3 EVG-7.1.4.2.5
TEST(Registers, TakeTheNumbersOfCompanies) {
  for (const Number& each :
       {Number{"CN", "91350100M000100Y43"}, Number{"CN", "310000400000001"}, Number{"DE", "HRB 1"},
        Number{"DE", "HRB 12345"}, Number{"DE", "HRB 123456 B"}, Number{"DE", "HRA12"},
        Number{"DE", "HRB 12 FL"}, Number{"DE", "GnR 77"}, Number{"FR", "732829320"},
        Number{"FR", "356000000"}, Number{"GB", "00445790"}, Number{"GB", "SC123456"},
        Number{"GB", "R0000001"}, Number{"GB", "IP00001R"}, Number{"HK", "0012345"},
        Number{"HK", "12345678"}, Number{"HK", "F0012345"}, Number{"US", "anything at all"},
        Number{"", "1"}}) {
    EXPECT_EQ(company_number_fault(each.country, each.number), "") << each.number;
  }
}

// E-3 EVG-7.1.4.2.5
TEST(Registers, RefuseWhatTheyNeverGave) {
  for (const Number& each :
       {Number{"CN", "91350100M000100Y4"}, Number{"CN", "91350100m000100Y43"},
        Number{"DE", "12345"}, Number{"DE", "HRB"}, Number{"DE", "hrb 12345"},
        Number{"DE", "HRB 12345678"}, Number{"DE", "HRB  12345"}, Number{"FR", "73282932"},
        Number{"FR", "732 829 320"}, Number{"GB", "1234567"}, Number{"GB", "sc123456"},
        Number{"GB", "SC12345"}, Number{"HK", "123"}, Number{"HK", "123456789"},
        Number{"HK", "F123"}, Number{"GB", ""}}) {
    EXPECT_THAT(company_number_fault(each.country, each.number), HasSubstr("is in no form that"))
        << each.number;
  }
  EXPECT_THAT(company_number_fault("FR", "732829321"), HasSubstr("wrong check character"));
  EXPECT_THAT(company_number_fault("CN", "91350100M000100Y44"),
              HasSubstr("wrong check character for the unified social credit code of CN (GB"));
}

// E-3: not one digit can be mistyped.
TEST(Registers, SeeEveryDigitOfASirenThatIsMistyped) {
  const std::string right = "732829320";
  ASSERT_TRUE(has_luhn_digit(right));
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string other = right;
      other[i] = digit;
      EXPECT_EQ(has_luhn_digit(other), other == right) << other;
    }
  }
  EXPECT_TRUE(has_luhn_digit("4539578763621486"));
  EXPECT_FALSE(has_luhn_digit(""));
  EXPECT_FALSE(has_luhn_digit("73282932O"));
}

// ALO-11 E-3 GB-32100
TEST(Registers, KnowUnifiedSocialCreditCodes) {
  for (const char* code : {"91350100M000100Y43", "9144030071526726XG", "91330106673959654P",
                           "91110000802100433B", "12100000400000624D"}) {
    EXPECT_TRUE(is_unified_social_credit_code(code)) << code;
  }
  for (const char* code : {"91350100M000100Y44", "91350100M000100Y4", "91350100m000100Y43",
                           "91350100I000100Y43", "19350100M000100Y43", ""}) {
    EXPECT_FALSE(is_unified_social_credit_code(code)) << code;
  }
}

// E-3 P-42 EVG-Appendix-H
TEST(Registers, KnowTheNumbersOfTaxpayers) {
  for (const Number& each :
       {Number{"AT", "U12345678"}, Number{"BE", "0123456789"}, Number{"DE", "123456789"},
        Number{"EL", "123456789"}, Number{"GR", "123456789"}, Number{"ES", "B12345678"},
        Number{"FR", "K7123456789"}, Number{"IE", "6433435OA"}, Number{"IE", "1X23456L"},
        Number{"LT", "123456789012"}, Number{"NL", "123456789B01"}, Number{"RO", "12"},
        Number{"SE", "123456789012"}, Number{"XI", "GD123"}, Number{"XI", "123456789"},
        Number{"CN", "whatever"}}) {
    EXPECT_EQ(vat_number_fault(each.country, each.number), "") << each.number;
  }
  for (const Number& each :
       {Number{"AT", "12345678"}, Number{"BE", "123456789"}, Number{"DE", "DE123456789"},
        Number{"GR", "1"}, Number{"LT", "1234567890"}, Number{"NL", "123456789A01"},
        Number{"RO", "12345678901"}, Number{"XI", "GD12"}, Number{"FR", ""}}) {
    EXPECT_THAT(vat_number_fault(each.country, each.number), HasSubstr("is in no form that"))
        << each.number;
  }
}

// E-3 P-42 EVG-Appendix-H
TEST(Registers, KnowAuthorizationsOfPaymentServices) {
  for (const char* good : {"NBB-1234.567.890", "BA-1", "ABCDEFGH-x"}) {
    EXPECT_TRUE(is_psd_reference(good)) << good;
  }
  for (const char* bad : {"", "NBB", "NBB-", "-1", "N-1", "ABCDEFGHI-1", "nbb-1", "N1-1"}) {
    EXPECT_FALSE(is_psd_reference(bad)) << bad;
  }
}

}  // namespace
}  // namespace ca
