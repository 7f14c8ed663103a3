// The shipped products against the facts of the brands they stand for, one row per fact.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "ca/validity.h"
#include "policy/catalog/catalog.h"
#include "policy/products/validity.h"

namespace policy {
namespace {

using enum GateName;
using std::chrono::days;
using std::chrono::hours;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const Product& product(const std::string& name) {
  for (const Product& each : shipped_catalog()) {
    if (each.name == name) return each;
  }
  throw std::invalid_argument("no product " + name);
}

/// "info [letter dcv] phone_call?": what stands in brackets opens together, what ends in a question
/// mark may be left out.
std::string stages(const std::string& name) {
  std::string text;
  for (const Stage& stage : product(name).stages) {
    std::string gates;
    for (const ProductGate& each : stage.gates) {
      gates += (gates.empty() ? "" : " ") + std::string(text_of(each.name)) +
               (each.requirement == GateRequirement::optional ? "?" : "");
    }
    if (stage.gates.size() > 1) gates = "[" + gates + "]";
    text += (text.empty() ? "" : " ") + gates;
  }
  return text;
}

// ALI-16 ALI-18 ALO-01 ALO-27 ALO-35 TCG-08 TCD-01 TCD-03 TCO-02 TCO-12 TGS-03 TWT-01 TWT-02 TWT-10
// TGM-07 TGM-13 TGM-15 TFR-40 APP-C-13: the stages of every flow, in order.
TEST(Flows, HaveTheStagesOfTheirBrandsInOrder) {
  const std::pair<std::string, std::string> flows[] = {
      {"alibaba-dv", "info dcv risk_clear issue_checks"},
      {"alibaba-ov", "info [dcv org_vetting] email_confirm phone_call? risk_clear issue_checks"},
      {"alibaba-ev",
       "info [dcv org_vetting] email_confirm phone_call [applicant_approval agreement_signed] "
       "risk_clear second_approval issue_checks"},
      {"alibaba-older-standard", "info documents platform_check dcv risk_clear issue_checks"},
      {"alibaba-older-professional",
       "info [letter documents] platform_check dcv org_vetting [email_confirm phone_call] "
       "risk_clear issue_checks"},
      {"tencent-dv", "info method dcv risk_clear issue_checks"},
      {"trustasia-dv-wildcard", "info method dcv risk_clear issue_checks"},
      {"tencent-ov",
       "info letter method dcv platform_check org_vetting [email_confirm phone_call] risk_clear "
       "issue_checks"},
      {"tencent-ev",
       "info letter method dcv platform_check org_vetting [email_confirm phone_call] "
       "[applicant_approval agreement_signed] risk_clear second_approval issue_checks"},
      {"globalsign-ov",
       "info letter method dcv platform_check org_vetting [email_confirm phone_call] risk_clear "
       "issue_checks"},
      {"globalsign-ev",
       "info method dcv documents platform_check org_vetting [email_confirm phone_call] "
       "[applicant_approval agreement_signed] risk_clear second_approval issue_checks"},
      {"wotrus-ov", "info method pre_review dcv org_vetting phone_call risk_clear issue_checks"},
      {"wotrus-ev",
       "info method pre_review dcv org_vetting phone_call [applicant_approval agreement_signed] "
       "risk_clear second_approval issue_checks"},
      {"dnspod-gm-dv", "info method dcv risk_clear issue_checks"},
      {"dnspod-gm-ov", "info method letter dcv org_vetting issue_checks"},
      {"dnspod-gm-ev", "info method letter dcv org_vetting second_approval issue_checks"},
      {"trustasia-free", "info dcv risk_clear issue_checks"},
  };
  for (const auto& [name, expected] : flows) EXPECT_EQ(stages(name), expected) << name;
}

// ALI-02 ALI-35 TWT-13 TGM-17: nothing is issued without the checks of its level.
TEST(Flows, RequireTheChecksOfTheirLevel) {
  for (const Product& each : shipped_catalog()) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(each.requirement(dcv), GateRequirement::required);
    EXPECT_EQ(each.requirement(issue_checks), GateRequirement::required);
    if (each.level >= ValidationLevel::ov) {
      EXPECT_EQ(each.requirement(org_vetting), GateRequirement::required);
    }
    EXPECT_EQ(each.dual_control, each.level == ValidationLevel::ev);
  }
}

// TCO-01 TBY-06 TBY-09 TGS-04 TCD-02 TGM-01 TFR-04 TBY-04
TEST(Flows, CoverEveryBrandLevelAndStandard) {
  std::set<std::string> brands;
  for (const Product& each : shipped_catalog()) brands.insert(each.brand);
  for (const std::string brand : {"house", "alibaba", "general", "securesite", "geotrust",
                                  "globalsign", "trustasia", "wotrus", "dnspod", "cfca"})
    EXPECT_THAT(brands, Contains(brand));
  const auto is = [](const std::string& name, ValidationLevel level, int pro) {
    return product(name).level == level && product(name).pro == (pro == 1);
  };
  EXPECT_TRUE(is("tencent-ov", ValidationLevel::ov, 0));
  EXPECT_TRUE(is("tencent-ov-pro", ValidationLevel::ov, 1));
  EXPECT_TRUE(is("tencent-ev", ValidationLevel::ev, 0));
  EXPECT_TRUE(is("tencent-ev-pro", ValidationLevel::ev, 1));
  EXPECT_EQ(product("wotrus-dv-multi").brand, "wotrus");
  EXPECT_THAT(product("wotrus-dv-multi").domain_types, Contains(DomainType::multi));
  for (const std::string name : {"dnspod-gm-dv", "dnspod-gm-ov", "dnspod-gm-ev", "gm-ov"})
    EXPECT_EQ(product(name).standard, CryptoStandard::gm) << name;
  EXPECT_EQ(product("trustasia-free").brand, "trustasia");
  EXPECT_EQ(stages("tencent-ov-pro"), stages("tencent-ov")) << "the same vetting level";
}

// TCO-09 TCO-10 TCO-11 TGM-08 TGM-10 TGM-11 TGM-12 ALO-29 ALO-30 ALO-31 TCO-06 APP-C-07
TEST(Letters, AreTakenAsEachBrandTakesThem) {
  using enum DocumentFormat;
  struct Row {
    std::string product;
    DocumentKind kind;
    std::vector<DocumentFormat> formats;
    std::uint64_t least, most;
    Reupload reupload;
  };
  const Row rows[] = {
      {"tencent-ov",
       DocumentKind::confirmation_letter,
       {jpeg, png, pdf},
       1'024,
       1'468'006,
       Reupload::until_vetting_end},
      {"tencent-ev-pro",
       DocumentKind::confirmation_letter,
       {jpeg, png, pdf},
       1'024,
       1'468'006,
       Reupload::until_vetting_end},
      {"globalsign-ov",
       DocumentKind::confirmation_letter,
       {jpeg, png, pdf},
       1'024,
       1'468'006,
       Reupload::until_vetting_end},
      {"dnspod-gm-ov",
       DocumentKind::application_form,
       {jpeg, gif, pdf},
       1'024,
       1'468'006,
       Reupload::never},
      {"dnspod-gm-ev",
       DocumentKind::application_form,
       {jpeg, gif, pdf},
       1'024,
       1'468'006,
       Reupload::never},
      {"alibaba-older-professional",
       DocumentKind::application_form,
       {png, jpeg},
       1,
       512'000,
       Reupload::until_vetting_end},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.product);
    const LetterPolicy& policy = product(row.product).letter.value();
    EXPECT_EQ(policy.kind, row.kind);
    EXPECT_EQ(policy.file.formats, row.formats);
    EXPECT_EQ(policy.file.min_bytes, row.least);
    EXPECT_EQ(policy.file.max_bytes, row.most);
    EXPECT_EQ(policy.reupload, row.reupload);
  }
}

// TCO-05 TGS-01 TGS-03 TWT-02
TEST(Letters, MayBeLeftOutOnlyWhereTheBrandSaysSo) {
  for (const std::string name : {"tencent-ov", "tencent-ov-pro", "tencent-ev", "geotrust-ev"})
    EXPECT_TRUE(product(name).letter->waivable) << name;
  for (const std::string name : {"globalsign-ov", "dnspod-gm-ov", "alibaba-older-professional"})
    EXPECT_FALSE(product(name).letter->waivable) << name;
  for (const std::string name :
       {"globalsign-ev", "wotrus-ov", "wotrus-ev", "alibaba-ov", "trustasia-free"})
    EXPECT_FALSE(product(name).letter) << name;
}

// TGS-02 TGS-03: they come by mail, and the desk files them.
TEST(Documents, AreAskedForByMailForGlobalSignEv) {
  const DocumentRequest& request = product("globalsign-ev").document_request.value();
  EXPECT_EQ(request.channel, DocumentChannel::mail);
  EXPECT_EQ(request.business_days, (Between<std::uint32_t>{2, 3}));
  EXPECT_FALSE(product("globalsign-ov").document_request);
  EXPECT_EQ(product("globalsign-ev").documents.at(0).kind, DocumentKind::business_licence);
  EXPECT_EQ(product("globalsign-ev").documents.at(0).requirement, GateRequirement::required);
}

// ALO-28 ALO-33 ALO-04 ALO-05 ALO-03
TEST(Documents, VaryWithTheOlderFormsType) {
  const Product& standard = product("alibaba-older-standard");
  const Product& professional = product("alibaba-older-professional");
  ASSERT_EQ(standard.documents.size(), 1U);
  EXPECT_EQ(standard.documents[0].kind, DocumentKind::identity_card);
  EXPECT_EQ(standard.documents[0].file.max_bytes, 512'000U);
  EXPECT_EQ(standard.subject_info, SubjectInfo::person);
  ASSERT_EQ(professional.documents.size(), 1U);
  EXPECT_EQ(professional.documents[0].kind, DocumentKind::business_licence);
  EXPECT_EQ(professional.subject_info, SubjectInfo::person_and_organization);
  for (const Product* each : {&standard, &professional}) {
    EXPECT_EQ(each->wizard, Wizard::two_tab);
    EXPECT_TRUE(each->identity_number);
  }
  EXPECT_FALSE(product("tencent-ov").identity_number);
  EXPECT_TRUE(product("cfca-ov").identity_number);
}

// ALI-21 ALI-23 ALI-24 TCO-14 TCO-15 TWT-11 TWT-12 TGM-18 TFR-24 TFR-56 APP-C-16
TEST(ServiceLevels, AreThoseOfTheBrand) {
  using Days = std::optional<Between<std::uint32_t>>;
  using One = std::optional<std::uint32_t>;
  struct Row {
    std::string product;
    One first_contact;
    Days review;
    One issue_hours;
  };
  const Row rows[] = {
      {"alibaba-dv", {}, Days({1, 2}), {}},     {"alibaba-ov", 1, Days({3, 7}), {}},
      {"alibaba-ev", 1, Days({3, 7}), {}},      {"tencent-ov", {}, Days({3, 5}), {}},
      {"tencent-ov-pro", {}, Days({3, 5}), {}}, {"tencent-ev", {}, Days({5, 7}), {}},
      {"tencent-ev-pro", {}, Days({5, 7}), {}}, {"wotrus-ov", {}, Days({3, 5}), {}},
      {"wotrus-ev", {}, Days({5, 7}), {}},      {"dnspod-gm-ov", {}, Days({3, 5}), {}},
      {"dnspod-gm-ev", {}, Days({5, 7}), {}},   {"trustasia-free", {}, Days({0, 1}), 24},
      {"alibaba-older-standard", {}, {}, {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.product);
    const ServiceLevel& service = product(row.product).service;
    EXPECT_EQ(service.first_contact_business_days, row.first_contact);
    EXPECT_EQ(service.review_business_days, row.review);
    EXPECT_EQ(service.issue_hours, row.issue_hours);
  }
}

// TWT-05 TWT-06
TEST(PreReviews, TakeTenMinutesToThreeDays) {
  EXPECT_EQ(product("wotrus-ov").pre_review,
            (Between<std::chrono::seconds>{std::chrono::minutes(10), hours(72)}));
  EXPECT_FALSE(product("tencent-ov").pre_review);
}

// TWT-14 ALI-25 APP-C-06: the call comes from another office than the one that reviews.
TEST(Calls, GoToTheRegisteredNumberFromTheUnitedStates) {
  EXPECT_THAT(product("wotrus-ov").calls.number_sources,
              ElementsAre(ContactSource::registration_record));
  EXPECT_EQ(product("wotrus-ov").calls.office, "us");
  EXPECT_EQ(product("wotrus-ov").office, "cn");
  for (const Product& each : shipped_catalog())
    EXPECT_THAT(each.calls.number_sources, Not(Contains(ContactSource::applicant))) << each.name;
}

// TCD-04 TCD-05 TFR-43 TGM-14 TWT-08 TCG-31 TCG-34 APP-C-09
TEST(DomainControl, IsProvenTheWaysTheBrandOffers) {
  using enum ControlMethod;
  const std::pair<std::string, std::vector<ControlMethod>> rows[] = {
      {"tencent-dv", {dns_txt, dns_cname, file, http_01, dns_01}},
      {"tencent-ov", {dns_txt, dns_cname, file, http_01, dns_01}},
      {"trustasia-dv-wildcard", {auto_dns, auto_file}},
      {"wotrus-ov", {dns_txt, dns_cname, file}},
      {"dnspod-gm-ov", {dns_txt, dns_cname, file}},
      {"dnspod-gm-dv", {dns_txt, dns_cname, file}},
      {"trustasia-free", {dns_txt, auto_dns, file, http_01, dns_01}},
  };
  for (const auto& [name, methods] : rows)
    EXPECT_EQ(product(name).control_methods, methods) << name;
  for (const Product& each : shipped_catalog())
    EXPECT_EQ(each.control_deadline, days(7)) << each.name;
}

// TGM-16 TGM-20 TGM-21 APP-C-02: 13 months where the trust is private, the rulebook where it is
// public.
TEST(DomainControl, CountsAgainForTheSameOrganization) {
  for (const std::string name : {"dnspod-gm-dv", "dnspod-gm-ov", "dnspod-gm-ev"}) {
    const ControlReuse& reuse = product(name).control_reuse;
    EXPECT_EQ(reuse.period, (Period{.months = 13, .days = 0})) << name;
    EXPECT_THAT(reuse.key, ElementsAre(ReuseField::domain, ReuseField::organization_name)) << name;
  }
  EXPECT_EQ(product("dnspod-gm-ov").family, product("dnspod-gm-ev").family);
  EXPECT_NE(product("dnspod-gm-ov").family, product("dnspod-gm-dv").family);
  EXPECT_EQ(product("trustasia-free").control_reuse.period, Period{});
}

// TGM-19
TEST(Reviews, CountAgainForTheSameInformationAndType) {
  EXPECT_THAT(product("dnspod-gm-ov").review_reuse.key,
              ElementsAre(ReviewField::organization, ReviewField::admin, ReviewField::contact,
                          ReviewField::product_type));
  EXPECT_EQ(product("dnspod-gm-ov").review_reuse.period, (Period{.months = 13}));
}

// ALI-33 TCD-08
TEST(Reviews, AreAutomaticForDvUnlessAPersonLooksAtPapers) {
  EXPECT_EQ(product("alibaba-dv").review, Review::automatic);
  EXPECT_EQ(product("tencent-dv").review, Review::automatic);
  EXPECT_EQ(product("alibaba-older-standard").review, Review::manual);
  EXPECT_EQ(product("tencent-ov").review, Review::manual);
}

// ALI-03 ALI-04 ALI-05 ALI-06 ALO-07 TCG-18 TCO-03 TGM-03 TBY-10 TBY-11 TFR-05 TFR-06 TFR-07
// APP-C-15
TEST(Names, AreLimitedAsTheBrandLimitsThem) {
  EXPECT_EQ(product("trustasia-free").names, (NameLimits{1, 1, 1, 0, 0}));
  EXPECT_GT(product("alibaba-dv").names.ip, 0U);
  EXPECT_GT(product("tencent-ov").names.ip, 0U);
  EXPECT_EQ(product("cfca-ov").names.ip, 0U);
  EXPECT_EQ(product("tencent-dv").names.ip, 0U);
  EXPECT_EQ(product("dnspod-gm-ov").names.ip, 1U);
  for (const std::string name : {"alibaba-dv", "alibaba-ov", "alibaba-ev"})
    EXPECT_TRUE(product(name).combine_for_mixed) << name;
  EXPECT_FALSE(product("tencent-ov").combine_for_mixed);
  for (const std::string name : {"tencent-dv", "tencent-ov", "dnspod-gm-ov", "trustasia-free"})
    EXPECT_EQ(product(name).www_pairing, WwwPairing::unless_declined) << name;
  EXPECT_THAT(product("alibaba-ov").domain_types,
              ElementsAre(DomainType::single, DomainType::multi, DomainType::wildcard));
  EXPECT_THAT(product("trustasia-free").domain_types, ElementsAre(DomainType::single));
}

// TCG-17
TEST(Names, AreLockedWhenTheBrandLocksThem) {
  for (const std::string name : {"tencent-dv", "tencent-ov", "wotrus-ov", "dnspod-gm-ov"})
    EXPECT_EQ(product(name).names_lock, NamesLock::submit) << name;
  for (const std::string name : {"alibaba-dv", "alibaba-ov", "alibaba-older-professional"})
    EXPECT_EQ(product(name).names_lock, NamesLock::issue) << name;
}

// ALI-08 TFR-19 TFR-20 TFR-35
TEST(Names, HaveSuffixesWithRulesOfTheirOwn) {
  EXPECT_THAT(product("alibaba-ov").registrant_match_suffixes, ElementsAre("gov", "gov.*"));
  for (const std::string suffix :
       {"edu", "gov", "org", "ru", "jp", "pay", "bank", "live", "nuclear"})
    EXPECT_THAT(product("trustasia-free").suffix_deny, Contains(suffix));
  EXPECT_TRUE(product("trustasia-free").registered_domains);
}

// TCG-21 TCD-06 TCG-14 TCG-15 TGM-04 TGM-05 TFR-46 TBY-05 TFR-31
TEST(Keys, AreThoseOfTheStandard) {
  EXPECT_THAT(product("dnspod-gm-ov").keys, ElementsAre(KeyChoice::sm2));
  EXPECT_THAT(product("dnspod-gm-ov").signature_hashes, ElementsAre(SignatureHash::sm3));
  EXPECT_THAT(product("tencent-ov-pro").keys,
              ElementsAre(KeyChoice::rsa_2048, KeyChoice::rsa_3072, KeyChoice::rsa_4096,
                          KeyChoice::ec_p256, KeyChoice::ec_p384));
  EXPECT_THAT(product("tencent-ov-pro").signature_hashes,
              ElementsAre(SignatureHash::sha256, SignatureHash::sha384));
  EXPECT_THAT(product("tencent-ov").applicants, ElementsAre(ApplicantType::organization));
  EXPECT_THAT(product("tencent-dv").applicants, Contains(ApplicantType::individual));
  for (const Product& each : shipped_catalog()) {
    if (each.trust == Trust::publicly) EXPECT_FALSE(each.server_keygen) << each.name;
  }
  EXPECT_TRUE(product("private").server_keygen);
}

// ALO-26 TFR-26 TFR-08 TFR-09 TFR-01 TFR-25
TEST(Sales, SayWhatTheBrandSays) {
  EXPECT_EQ(product("alibaba-older-standard").lost_key, LostKey::repurchase);
  EXPECT_EQ(product("tencent-ov").lost_key, LostKey::reissue);
  const Product& free = product("trustasia-free");
  EXPECT_FALSE(free.renewable);
  EXPECT_THAT(free.upgrades, ElementsAre("dnspod-dv"));
  EXPECT_EQ(product("dnspod-dv").brand, "dnspod");
  EXPECT_THAT(product("dnspod-dv").domain_types,
              ElementsAre(DomainType::single, DomainType::wildcard));
  EXPECT_THAT(product("dnspod-dv").terms_months, ElementsAre(12, 24, 36));
  EXPECT_EQ(free.support, Support::docs_only);
  EXPECT_EQ(free.purpose, Purpose::testing);
  EXPECT_TRUE(free.identity_verification);
  EXPECT_THAT(free.notices,
              ElementsAre(NoticeChannel::sms, NoticeChannel::email, NoticeChannel::inbox));
}

// TCD-05 APP-C-03 APP-C-12 TFR-41: long terms are bought, short certificates are made.
TEST(Terms, AreLongerThanCertificatesWhereTrustIsPublic) {
  EXPECT_THAT(product("trustasia-dv-wildcard").terms_months, ElementsAre(24, 36));
  EXPECT_THAT(product("tencent-dv").terms_months, ElementsAre(12));
  EXPECT_EQ(product("trustasia-free").certificate_validity, days(90));
  for (const Product& each : shipped_catalog()) {
    if (each.trust == Trust::publicly) {
      EXPECT_LE(each.certificate_validity, days(199)) << each.name;
    }
  }
}

// TCD-05 APP-C-03: what a product promises is what its certificates get, on the day of issue.
TEST(Terms, PromiseWhatIsIssued) {
  using std::chrono::year;
  const ca::Time today = std::chrono::sys_days{year{2026} / 12 / 1};
  const ca::Time later = std::chrono::sys_days{year{2027} / 3 / 15};
  const ca::Time issuer_end = std::chrono::sys_days{year{2036} / 1 / 1};
  for (const Product& each : shipped_catalog()) {
    SCOPED_TRACE(each.name);
    for (const ca::Time now : {today, later}) {
      const auto window = ca::judge_validity(*each.profile, {.longest = each.certificate_validity},
                                             now, issuer_end);
      ASSERT_TRUE(window);
      const auto issued = window->not_after - window->not_before + std::chrono::seconds(1);
      EXPECT_EQ(issued, longest_certificate(each, now));
      if (now == today) EXPECT_EQ(issued, each.certificate_validity);
    }
  }
  EXPECT_EQ(longest_certificate(product("tencent-dv"), today), days(199));
  EXPECT_EQ(longest_certificate(product("alibaba-dv"), today), days(199));
  EXPECT_EQ(longest_certificate(product("dv"), today), days(90));
  EXPECT_EQ(longest_certificate(product("tencent-dv"), later), days(100));
  EXPECT_EQ(longest_certificate(product("dnspod-gm-dv"), later), days(365));
}

// What the files say of quotas; nothing counts them yet.
TEST(Quotas, AreOnlyForWhatIsFree) {
  const Quota& quota = product("trustasia-free").quota.value();
  EXPECT_EQ(quota.per_registered_domain, 20U);
  const ca::Time change = std::chrono::sys_days{std::chrono::year{2023} / 3 / 19} + hours(16);
  const std::vector<QuotaGrant> expected = {
      {QuotaHolder::individual, QuotaBucket::house, 30, {}, {}, false},
      {QuotaHolder::individual, QuotaBucket::any, 20, {}, {}, false},
      {QuotaHolder::individual_member, QuotaBucket::any, 50, {}, {}, false},
      {QuotaHolder::enterprise, QuotaBucket::any, 10, change, {}, false},
      {QuotaHolder::enterprise, QuotaBucket::any, 20, {}, change, true},
  };
  EXPECT_EQ(quota.grants, expected);
  for (const Product& each : shipped_catalog()) {
    if (each.name != "trustasia-free") EXPECT_FALSE(each.quota) << each.name;
  }
}

// APP-C-14: which pages there will be; none is served yet.
TEST(Help, IsTheProductsOwn) {
  for (const Product& each : shipped_catalog()) {
    std::vector<std::string> topics;
    for (const HelpLink& link : each.help) topics.push_back(link.topic);
    for (const std::string topic : {"required_information", "guide", "ownership", "methods"})
      EXPECT_THAT(topics, Contains(topic)) << each.name;
  }
}

}  // namespace
}  // namespace policy
