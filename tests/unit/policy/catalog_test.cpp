// Reading products from files: what is taken, and every fault by file and line.
#include "policy/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "policy/catalog/load.h"
#include "policy/catalog/product_fields.h"
#include "policy/catalog/product_rules.h"

namespace policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const CatalogNames kNames{.offices = {"house", "us"},
                          .checklists = {"dv", "ov", "ev"},
                          .letter_templates = {"confirmation_letter"}};

/// A product that is fine, as a file writes it, with some keys changed; an empty value drops one.
std::string product(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> keys = {
      {"name", "\"a\""},
      {"from", "2026-03-15"},
      {"description", "\"A product\""},
      {"brand", "\"house\""},
      {"family", "\"house\""},
      {"level", "\"dv\""},
      {"trust", "\"public\""},
      {"stages", R"(["info", "dcv", "issue_checks"])"},
      {"applicants", R"(["organization"])"},
      {"domain_types", R"(["single"])"},
      {"names_lock", "\"issue\""},
      {"keys", R"(["ec-p256"])"},
      {"signature_hashes", R"(["sha256"])"},
      {"control_methods", R"(["dns-txt"])"},
      {"office", "\"house\""},
      {"checklist", "\"dv\""},
      {"certificate_profile", "\"dv\""},
      {"certificate_hours", "2160"},
  };
  for (const auto& [key, value] : changes) keys.insert_or_assign(key, value);
  std::string text = "[[product]]\n";
  for (const auto& [key, value] : keys) {
    if (!value.empty()) text.append(key).append(" = ").append(value).append("\n");
  }
  return text;
}

/// What `text` is read as, or the text of all faults.
std::expected<std::vector<Product>, std::string> read(const std::string& text,
                                                      const std::string& added = "") {
  auto loaded = load_products({{"a.toml", text}}, {{"b.toml", added}}, kNames);
  if (loaded) return *loaded;
  std::string faults;
  for (const CatalogFault& each : loaded.error()) faults += each.text() + "\n";
  return std::unexpected(faults);
}

std::string faults_of(const std::string& text, const std::string& added = "") {
  const auto loaded = read(text, added);
  return loaded ? "" : loaded.error();
}

TEST(CatalogFiles, GiveTheProductTheyDescribe) {
  const auto products = read(product());
  ASSERT_TRUE(products) << products.error();
  const Product& made = products->at(0);
  EXPECT_EQ(made.name, "a");
  EXPECT_EQ(made.version, 1U);
  EXPECT_EQ(made.stages.size(), 3U);
  EXPECT_EQ(made.certificate_validity, std::chrono::hours(2160));
  EXPECT_EQ(made.profile, ca::find_profile("dv"));
  EXPECT_FALSE(made.letter);
}

// Every shipped product, written out and read again, is the same one.
TEST(CatalogFiles, SayEverythingThatAProductHolds) {
  ASSERT_GT(shipped_catalog().size(), 25U);
  CatalogNames names{{}, {"dv", "iv", "ov", "ev"}, {"confirmation_letter", "application_form"}};
  for (const Office& each : Calendars().offices()) names.offices.push_back(each.name);
  std::string all;
  for (const Product& each : shipped_catalog()) all += product_text(each);
  const auto again = load_products({{"all.toml", all}}, {}, names);
  ASSERT_TRUE(again) << again.error().front().text() << "\n" << all;
  ASSERT_EQ(again->size(), shipped_catalog().size());
  for (std::size_t i = 0; i < again->size(); ++i) {
    EXPECT_THAT(product_differences(again->at(i), shipped_catalog()[i]), IsEmpty());
    EXPECT_EQ(again->at(i), shipped_catalog()[i]) << shipped_catalog()[i].name;
  }
}

TEST(CatalogFiles, AreCitedByFileAndLineForEachFault) {
  const std::string text = "# a comment\n" + product({{"level", "\"dvx\""}, {"stages", ""}});
  const std::string faults = faults_of(text);
  EXPECT_THAT(faults, HasSubstr("a.toml:14: \"dvx\" does not fit; expected one of \"dv\", \"iv\", "
                                "\"ov\", \"ev\"\n"));
  EXPECT_THAT(faults, HasSubstr("does not say its stages"));
}

TEST(CatalogFiles, RefuseWhatTheyCannotMean) {
  const std::pair<std::string, std::string> cases[] = {
      {"name = \"a\"", "a.toml:1: \"name\" has no meaning here"},
      {"[[product]\n", "a.toml:1: not TOML"},
      {"# nothing\n\n  [\n[[product]]\n", "a.toml:3: not TOML: a key was expected"},
      {"[[\n", "a.toml:1: not TOML"},
      {"[", "a.toml:1: not TOML"},
      {"[product]\nname = \"a\"\n", "a.toml:1: \"product\" has no meaning here"},
      {"[[thing]]\n", "a.toml:1: \"thing\" has no meaning here"},
      {"[[product]]\nversion = 2\n", "a.toml:1: expected name"},
      {"[[product]]\nname = \"A b\"\n", "a.toml:2: expected name"},
      {product() + "colour = \"red\"\n", "a.toml:20: there is no key \"colour\""},
      {product() + "[product.letter]\nsize = 1\n", "there is no key \"letter.size\""},
      {product() + product(), "a.toml:33: \"a\" version 1 is there already: a.toml:1"},
      {product({{"acme", "\"yes\""}}), "\"yes\" does not fit; expected true or false"},
      {product({{"level", "1"}}), "1 does not fit; expected one of \"dv\""},
      {product({{"certificate_hours", "0"}}), "0 does not fit; expected a whole number from 1"},
      {product({{"certificate_hours", "1.5"}}), "a number with a fraction does not fit"},
      {product({{"control_days", "31"}}), "expected a whole number from 1 to 30"},
      {product({{"keys", "\"ec-p256\""}}), "expected a list"},
      {product({{"keys", "[]"}}), "this list does not fit; expected a list of 1 items or more"},
      {product({{"keys", R"(["ec-p256", "ec-p256"])"}}), "\"ec-p256\" stands there twice"},
      {product({{"keys", R"(["dsa"])"}}), "\"dsa\" does not fit"},
      {product({{"control_methods", R"(["mail"])"}}), "\"mail\" does not fit; expected one of"},
      {product({{"stages", R"(["info", "vetting", "issue_checks"])"}}), "\"vetting\" does not fit"},
      {product({{"optional", R"(["letter"])"}}), "gate \"letter\" is in no stage"},
      {product({{"certificate_profile", "\"none\""}}), "expected a certificate profile: \"dv\""},
      {product({{"from", "12:00:00"}}), "expected a date"},
      {product({{"from", "2026-03-15T00:00:00"}}), "a time without a zone does not fit"},
      {product({{"until", "2026-03-15"}}), "it ends before it begins"},
      {product({{"pre_review_seconds", "[5, 1]"}}), "the range ends before it begins"},
      {product({{"pre_review_seconds", "[5]"}}), "expected a list of two numbers"},
      {product({{"office", "\"moon\""}}),
       "\"moon\" does not exist; expected one of \"house\", \"us\""},
      {product({{"checklist", "\"x\""}}), "\"x\" does not exist; expected one of \"dv\""},
      {product({{"upgrades", R"(["b"])"}}), "there is no product \"b\""},
      {product({{"description", "\"\""}}), "expected text of 1 to 200 octets"},
      {product({{"documents", "[{kind = \"other\", size = 1}]"}}), "there is no key \"size\""},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_THAT(faults_of(text), HasSubstr(expected)) << text;
}

/// The rules that the product itself breaks, joined.
std::string broken(const std::map<std::string, std::string>& changes) {
  return faults_of(product(changes));
}

TEST(CatalogFiles, RefuseStagesThatCannotBeWorkedThrough) {
  const auto stages = [](const std::string& list) { return broken({{"stages", list}}); };
  EXPECT_THAT(stages(R"(["info", "dcv", "dcv", "issue_checks"])"),
              HasSubstr("\"dcv\" stands there twice"));
  EXPECT_THAT(stages(R"(["info", "dcv", ["risk_clear", "dcv"], "issue_checks"])"),
              HasSubstr("gate \"dcv\" is there twice"));
  EXPECT_THAT(stages(R"(["dcv", "info", "issue_checks"])"),
              HasSubstr("the first stage is not \"info\" alone"));
  EXPECT_THAT(stages(R"(["info", ["dcv", "issue_checks"]])"),
              HasSubstr("the last stage is not \"issue_checks\" alone"));
  EXPECT_THAT(stages(R"(["info", "dcv", "method", "issue_checks"])"),
              HasSubstr("\"method\" has to be closed before \"dcv\" opens"));
  EXPECT_THAT(stages(R"(["info", ["pre_review", "dcv"], "issue_checks"])"),
              HasSubstr("\"pre_review\" has to be closed before \"dcv\" opens"));
  EXPECT_THAT(stages(R"(["info", "issue_checks"])"),
              HasSubstr("gate \"dcv\" has to be passed for level dv"));
  EXPECT_THAT(broken({{"optional", R"(["dcv"])"}}),
              HasSubstr("gate \"dcv\" has to be passed for level dv"));
}

TEST(CatalogFiles, RefuseGatesWithoutWhatTheyWorkWith) {
  const auto with_gate = [](const std::string& gate) {
    return broken({{"stages", "[\"info\", \"" + gate + "\", \"dcv\", \"issue_checks\"]"}});
  };
  EXPECT_THAT(with_gate("letter"), HasSubstr("there is a gate \"letter\" and no [letter]"));
  EXPECT_THAT(with_gate("documents"), HasSubstr("goes together with documents"));
  EXPECT_THAT(faults_of(product() + "document_request = {by = \"mail\", business_days = [1, 2]}\n"),
              HasSubstr("a [document_request] goes together with the gate"));
  const std::string asked =
      product({{"stages", R"(["info", "documents", "dcv", "issue_checks"])"}});
  const std::string by_mail =
      asked + "document_request = {by = \"mail\", business_days = [1, 2]}\n";
  // TGS-03: what is asked for by mail is filed by the desk, so it has to be listed.
  EXPECT_THAT(faults_of(by_mail), HasSubstr("goes together with documents"));
  const auto paper = [](const std::string& requirement) {
    return "documents = [{kind = \"other\", requirement = \"" + requirement +
           "\", formats = [\"pdf\"], max_bytes = 1000}]\n";
  };
  EXPECT_THAT(faults_of(by_mail + paper("optional")),
              HasSubstr("none of the documents is required"));
  EXPECT_EQ(faults_of(by_mail + paper("required")), "");
  EXPECT_THAT(with_gate("pre_review"), HasSubstr("pre_review_seconds go together"));
  EXPECT_THAT(with_gate("phone_call"), HasSubstr("calls.number_sources go together"));
  EXPECT_THAT(with_gate("email_confirm"), HasSubstr("mails.address_sources go together"));
  EXPECT_THAT(faults_of(product() + "[product.letter]\nformats = [\"pdf\"]\n"
                                    "template = \"confirmation_letter\"\n"),
              HasSubstr("there is a [letter] and no gate for it"));
}

/// A publicly trusted EV product that is fine.
std::map<std::string, std::string> ev() {
  return {{"level", "\"ev\""},
          {"checklist", "\"ev\""},
          {"certificate_profile", "\"ev\""},
          {"dual_control", "true"},
          {"calls.number_sources", R"(["directory"])"},
          {"stages", R"(["info", "dcv", "org_vetting", "phone_call", ["applicant_approval", )"
                     R"("agreement_signed"], "risk_clear", "second_approval", "issue_checks"])"}};
}

// E-1 E-7 E-18 K-8 EVG-3.2.2.13 BR-3.2.5 BR-6.1.1.3 APP-C-01 APP-C-06
TEST(CatalogFiles, RefuseLevelsWithoutTheChecksThatMakeThemUp) {
  EXPECT_EQ(broken(ev()), "");
  auto changed = ev();
  changed["dual_control"] = "false";
  EXPECT_THAT(broken(changed), HasSubstr("EV takes two people"));
  changed = ev();
  changed["checklist"] = "\"ov\"";
  EXPECT_THAT(broken(changed), HasSubstr("the checklist of level ev is \"ev\""));
  changed = ev();
  changed["stages"] = R"(["info", "dcv", "org_vetting", "phone_call", "issue_checks"])";
  EXPECT_THAT(broken(changed), HasSubstr("gate \"second_approval\" has to be passed"));
  EXPECT_THAT(broken(changed), HasSubstr("dual control needs the gate"));
  changed = ev();
  changed["calls.number_sources"] = R"(["applicant"])";
  EXPECT_THAT(broken(changed), HasSubstr("a number that the applicant gave proves nothing"));
  changed = ev();
  changed["applicants"] = R"(["individual"])";
  EXPECT_THAT(broken(changed), HasSubstr("an individual is no organization"));
  EXPECT_THAT(broken({{"level", "\"ov\""},
                      {"stages", R"(["info", "dcv", "org_vetting", "issue_checks"])"}}),
              HasSubstr("level ov needs the gate \"phone_call\" or \"email_confirm\""));
  EXPECT_THAT(broken({{"server_keygen", "true"}}), HasSubstr("a CA never makes keys"));
  EXPECT_EQ(broken({{"server_keygen", "true"},
                    {"trust", "\"private\""},
                    {"certificate_profile", "\"private\""}}),
            "");
  EXPECT_THAT(broken({{"acme", "true"},
                      {"control_methods", R"(["dns-01"])"},
                      {"stages", R"(["info", "platform_check", "dcv", "issue_checks"])"}}),
              HasSubstr("nobody reviews a DV order of ACME"));
  EXPECT_THAT(broken({{"acme", "true"}}), HasSubstr("no method of ACME"));
  const auto paired = [&](const char* pairing) {
    return broken(
        {{"acme", "true"}, {"control_methods", R"(["dns-01"])"}, {"www_pairing", pairing}});
  };
  EXPECT_THAT(paired("\"always\""), HasSubstr("an ACME order has exactly its names"));
  EXPECT_THAT(paired("\"unless_declined\""), IsEmpty());
}

TEST(CatalogFiles, RefuseNamesAndKeysThatDoNotFitEachOther) {
  EXPECT_THAT(broken({{"names.min", "2"}}), HasSubstr("names.min is greater than names.max"));
  EXPECT_THAT(broken({{"names.exact", "2"}}), HasSubstr("greater limit than names.max"));
  EXPECT_THAT(broken({{"names.exact", "0"}}), HasSubstr("more names than the kinds allow"));
  EXPECT_THAT(broken({{"names.max", "101"}}), HasSubstr("that of the certificate profile"));
  EXPECT_THAT(broken({{"names.wildcard", "1"}}), HasSubstr("\"wildcard\" and names.wildcard"));
  EXPECT_THAT(broken({{"names.max", "2"}}), HasSubstr("\"multi\" and a names.max above 1"));
  EXPECT_THAT(broken({{"names.ip", "1"}}), HasSubstr("no method proves an address"));
  EXPECT_THAT(broken({{"names.wildcard", "1"},
                      {"domain_types", R"(["wildcard"])"},
                      {"control_methods", R"(["file"])"}}),
              HasSubstr("no method proves a wildcard"));
  EXPECT_THAT(broken({{"keys", R"(["sm2"])"}}), HasSubstr("is no key of standard international"));
  EXPECT_THAT(broken({{"standard", "\"gm\""}}), HasSubstr("is no key of standard gm"));
  EXPECT_THAT(
      broken({{"standard", "\"gm\""}, {"keys", R"(["sm2"])"}, {"signature_hashes", R"(["sm3"])"}}),
      HasSubstr("no browser programme takes SM2"));
}

// EVG-7.1.2.1
TEST(CatalogFiles, RefuseCertificatesThatSaySomethingElse) {
  const auto profile = [](const std::string& name, std::map<std::string, std::string> keys) {
    keys["certificate_profile"] = "\"" + name + "\"";
    return broken(keys);
  };
  EXPECT_THAT(profile("ov", {}), HasSubstr("profile \"ov\" is not for level dv"));
  EXPECT_THAT(profile("private", {}), HasSubstr("\"private\" is not for public trust"));
  EXPECT_THAT(profile("dv", {{"trust", "\"private\""}}), HasSubstr("is not for private trust"));
  EXPECT_THAT(profile("gm-dv", {{"trust", "\"private\""}}),
              HasSubstr("is not for standard international"));
  EXPECT_THAT(profile("ip", {}), HasSubstr("\"ip\" is not for DNS names"));
  auto wildcard = ev();
  wildcard["names.wildcard"] = "1";
  EXPECT_THAT(broken(wildcard), HasSubstr("\"ev\" is not for wildcards"));
}

TEST(CatalogFiles, NameTheProductWhoseInheritedKeyDoesNotFit) {
  const std::string heir =
      "[[product]]\nname = \"b\"\nfrom = 2026-04-01\nextends = \"a\"\ndescription = \"B\"\n"
      "level = \"ov\"\n";
  const std::string lines = product({{"name", "\"a\""}});
  const auto line = std::to_string(std::ranges::count(lines, '\n') + 1);
  EXPECT_THAT(faults_of(lines + heir), HasSubstr(":" + line + ": \"b\": "));
  EXPECT_THAT(faults_of(lines + heir), HasSubstr("(it has \"checklist\" from "));
}

// APP-C-02 BR-4.2.1 BR-6.3.2: public trust is bound by the rulebook of the day, private trust is
// not.
TEST(CatalogFiles, RefusePublicTrustBeyondTheRulebook) {
  const std::pair<std::string, std::string> limits[] = {
      {"certificate_hours", "4801"},    // 200 days
      {"authorization_hours", "4801"},  // 200 days
      {"control_reuse.days", "201"},    //
      {"control_reuse.months", "13"},   //
      {"review_reuse.days", "399"},     //
  };
  for (const auto& [key, value] : limits) {
    std::map<std::string, std::string> keys = {{key, value}};
    if (key.starts_with("control")) keys["control_reuse.key"] = R"(["domain"])";
    if (key.starts_with("review")) keys["review_reuse.key"] = R"(["organization"])";
    EXPECT_THAT(broken(keys), HasSubstr("days that the rulebook allows")) << key;
    keys["trust"] = "\"private\"";
    keys["certificate_profile"] = "\"private\"";
    EXPECT_EQ(broken(keys), "") << key;
  }
  EXPECT_THAT(broken({{"certificate_hours", "4800"}}), Not(HasSubstr("rulebook")));
  EXPECT_THAT(broken({{"certificate_hours", "4800"}, {"from", "2027-03-15"}}),
              HasSubstr("the 100 days that the rulebook allows"));
}

// TCD-05: the profile would cut short what the product promises.
TEST(CatalogFiles, RefuseLongerCertificatesThanTheProfileMakes) {
  EXPECT_THAT(broken({{"certificate_hours", "2161"}}),
              HasSubstr("longer than the 2160 hours of the certificate profile \"dv\""));
  EXPECT_EQ(broken({{"certificate_hours", "2161"}, {"certificate_profile", "\"dv-term\""}}), "");
  EXPECT_THAT(broken({{"certificate_hours", "161"}, {"certificate_profile", "\"shortlived\""}}),
              HasSubstr("longer than the 160 hours"));
}

TEST(CatalogFiles, DeriveProductsFromOthers) {
  const std::string text = product({{"letter", ""}}) +
                           "[[product]]\nname = \"b\"\nfrom = 2026-04-01\nextends = \"a\"\n"
                           "description = \"B\"\nbrand = \"other\"\nwww_pairing = \"always\"\n"
                           "[[product]]\nname = \"c\"\nfrom = 2026-04-01\nextends = \"b\"\n"
                           "description = \"C\"\nnames = {max = 1}\nwww_pairing = \"never\"\n";
  const auto products = read(text);
  ASSERT_TRUE(products) << products.error();
  ASSERT_EQ(products->size(), 3U);
  EXPECT_EQ(products->at(2).brand, "other");
  EXPECT_EQ(products->at(1).www_pairing, WwwPairing::always);
  EXPECT_EQ(products->at(2).www_pairing, WwwPairing::never);
  EXPECT_THAT(
      product_differences(products->at(0), products->at(1)),
      ElementsAre("- name = \"a\"", "- from = 2026-03-15T00:00:00Z",
                  "- description = \"A product\"", "- brand = \"house\"",
                  "- www_pairing = \"never\"", "+ name = \"b\"", "+ from = 2026-04-01T00:00:00Z",
                  "+ description = \"B\"", "+ brand = \"other\"", "+ www_pairing = \"always\""));
}

// Files that were written when pairing was a flag keep their meaning.
TEST(CatalogFiles, MaySayOfPairsWhetherTheyAreMadeAtAll) {
  for (const auto& [text, meaning] :
       {std::pair{"true", WwwPairing::unless_declined}, std::pair{"false", WwwPairing::never}}) {
    const auto products = read(product({{"www_pairing", text}}));
    ASSERT_TRUE(products) << products.error();
    EXPECT_EQ(products->at(0).www_pairing, meaning) << text;
  }
  EXPECT_THAT(faults_of(product({{"www_pairing", "1"}})), HasSubstr("\"unless_declined\""));
}

TEST(CatalogFiles, LeaveInheritedPartsOutWhenTold) {
  const std::string letter = "letter = {formats = [\"pdf\"], template = \"confirmation_letter\"}\n";
  const std::string text =
      product({{"stages", R"(["info", "letter", "dcv", "issue_checks"])"}}) + letter +
      "[[product]]\nname = \"b\"\nfrom = 2026-04-01\nextends = \"a\"\ndescription = \"B\"\n"
      "letter = false\nstages = [\"info\", \"dcv\", \"issue_checks\"]\n";
  const auto products = read(text);
  ASSERT_TRUE(products) << products.error();
  EXPECT_TRUE(products->at(0).letter);
  EXPECT_FALSE(products->at(1).letter);
}

TEST(CatalogFiles, RefuseDerivationsWithoutEnd) {
  const std::string heir = "[[product]]\nfrom = 2026-04-01\ndescription = \"X\"\n";
  EXPECT_THAT(faults_of(heir + "name = \"b\"\nextends = \"c\"\n" + heir +
                        "name = \"c\"\nextends = \"b\"\n"),
              HasSubstr("extends itself, by way of"));
  EXPECT_THAT(faults_of(heir + "name = \"b\"\nextends = \"b\"\n"), HasSubstr("extends itself"));
  EXPECT_THAT(faults_of(heir + "name = \"b\"\nextends = \"c\"\n"),
              HasSubstr("a.toml:5: \"c\" does not exist"));
}

// TCG-46
TEST(CatalogFiles, KeepSeveralVersionsOfAProduct) {
  const std::string second =
      "[[product]]\nname = \"a\"\nversion = 2\nfrom = 2026-06-01\nextends = \"a@1\"\n"
      "description = \"A product, newer\"\n";
  const auto products = read(product(), second);
  ASSERT_TRUE(products) << products.error();
  EXPECT_EQ(products->size(), 2U);
  EXPECT_EQ(products->at(1).version, 2U);
  EXPECT_THAT(faults_of(product() + second + "[[product]]\nname = \"b\"\nextends = \"a\"\n"),
              HasSubstr("\"a\" has several versions; expected a name, or \"name@version\""));
  EXPECT_THAT(faults_of(product({{"from", "2026-07-01"}}) + second),
              HasSubstr("\"a\" version 2 does not begin after version 1"));
}

// TCG-46: a folder adds a version of a product that others extend.
TEST(CatalogFiles, LeaveShippedHeirsWithTheShippedVersion) {
  const std::string heir =
      "[[product]]\nname = \"b\"\nfrom = 2026-04-01\nextends = \"a\"\ndescription = \"B\"\n";
  const std::string second =
      "[[product]]\nname = \"a\"\nversion = 2\nfrom = 2026-06-01\nextends = \"a@1\"\n"
      "description = \"A product, newer\"\nbrand = \"newer\"\n";
  const auto products = read(product() + heir, second);
  ASSERT_TRUE(products) << products.error();
  ASSERT_EQ(products->size(), 3U);
  EXPECT_EQ(products->at(1).brand, "house");
  EXPECT_EQ(products->at(2).brand, "newer");
  // Files of the folder say which one they mean.
  EXPECT_THAT(faults_of(product(), second + heir), HasSubstr("\"a\" has several versions"));

  const std::string newer =
      "[[product]]\nname = \"tencent-ov\"\nversion = 2\nfrom = 2027-01-01\n"
      "extends = \"tencent-ov@1\"\ndescription = \"Organization validated, by newer rules\"\n";
  const auto loaded = load_catalog({{"mine.toml", newer}});
  ASSERT_TRUE(loaded) << loaded.error().front().text();
  EXPECT_EQ(loaded->products.size(), shipped_catalog().size() + 1);
}

TEST(CatalogFiles, ListNothingThatFollowsFromAMissingParent) {
  const std::string text =
      "[[product]]\nname = \"b\"\nfrom = 2026-04-01\nextends = \"gone\"\ndescription = \"B\"\n"
      "letter = {waivable = false}\n"
      "[[product]]\nname = \"c\"\nfrom = 2026-04-01\nextends = \"b\"\ndescription = \"C\"\n" +
      product({{"upgrades", R"(["b"])"}});
  EXPECT_EQ(faults_of(text),
            "a.toml:4: \"gone\" does not exist; expected a name, or \"name@version\"\n");
}

TEST(CatalogFiles, TakeTheirAddedVersionInTheOldPlace) {
  const auto products =
      read(product() + product({{"name", "\"b\""}}), product({{"brand", "\"mine\""}}));
  ASSERT_TRUE(products) << products.error();
  ASSERT_EQ(products->size(), 2U);
  EXPECT_EQ(products->at(0).brand, "mine");
  EXPECT_EQ(products->at(1).name, "b");
}

TEST(CatalogFiles, CiteAFaultOfABaseOnce) {
  const std::string text = "[[base]]\nname = \"x\"\nkeys = [\"dsa\"]\n" +
                           product({{"keys", ""}, {"extends", "\"x\""}}) +
                           product({{"keys", ""}, {"extends", "\"x\""}, {"name", "\"b\""}});
  const auto loaded = load_catalog({{"mine.toml", text}});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1U);
  EXPECT_THAT(loaded.error().front().text(), HasSubstr("mine.toml:3: \"dsa\" does not fit"));
}

TEST(CatalogFiles, MayAddAnOfficeThatAProductNames) {
  const std::string office =
      "[[office]]\nname = \"moon\"\ntime_zone = \"UTC0\"\ncalendar = \"weekdays\"\n"
      "country = \"XX\"\n";
  EXPECT_TRUE(load_catalog({{"m.toml", office + product({{"office", "\"moon\""}})}}));
  EXPECT_FALSE(load_catalog({{"m.toml", product({{"office", "\"moon\""}})}}));
}

}  // namespace
}  // namespace policy
