// What a start makes of issuing CAs that have ended, are retired, broken or of private trust.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "ca/certification_scope.h"
#include "policy/catalog/catalog.h"
#include "server/ca_files.h"
#include "server/config/setting.h"
#include "tests/unit/server/issuers_fixture.h"

namespace server {
namespace {

using std::chrono::days;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class IssuersAtStart : public Issuers {
 protected:
  policy::LoadedCatalog offer(const std::vector<std::string>& overrides = {}) const {
    ConfigChoice choice = config();
    choice.overrides = overrides;
    return signable(policy::load_catalog({}).value(), settings_or_throw(choice), now_);
  }
  [[nodiscard]] bool is_offered(std::string_view name) const {
    const policy::Catalog catalog(offer().products, now_, std::chrono::hours(24));
    return catalog.in_force(name, now_) != nullptr;
  }
  template <class Act>
  static std::string refusal(Act act) {
    try {
      act();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "none";
  }
  [[nodiscard]] std::string start() const {
    return refusal([this] {
      offer();
      static_cast<void>(load());
    });
  }
  /// What check-config prints, or its faults.
  [[nodiscard]] std::string checked(const std::vector<std::string>& overrides = {}) const {
    ConfigChoice choice = config();
    choice.overrides = overrides;
    std::ostringstream out;
    const std::string fault = refusal([&] { check_config(choice, out); });
    return fault == "none" ? out.str() : fault;
  }
  void retire(const std::string& name) { retire_issuer({.config = config(), .name = name}, out_); }
};

// The others go on, and what it signed stays revocable.
TEST_F(IssuersAtStart, GoOnAfterOneHasEnded) {
  put("old", 1);
  EXPECT_THAT(load().notes, IsEmpty());
  now_ += days(2);
  EXPECT_EQ(start(), "none");
  const LoadedIssuers loaded = load();
  ASSERT_EQ(loaded.duties, (std::vector{ca::IssuerDuty::signs, ca::IssuerDuty::retired}));
  EXPECT_THAT(loaded.notes, ElementsAre(AllOf(HasSubstr("the issuer \"old\" in "),
                                              HasSubstr(issuer_folder("old").string()),
                                              HasSubstr(" ended at "))));
  EXPECT_EQ(loaded.set().choose(profile("dv"), "", now_), loaded.issuers.front().get());
  EXPECT_FALSE(loaded.issuers.back()->signer().outage());
}

TEST_F(IssuersAtStart, NeedOneThatSigns) {
  put("next", 3600);
  now_ += days(3000);  // `init` makes one for eight years
  EXPECT_EQ(start(), "none");
  EXPECT_EQ(load().duties, (std::vector{ca::IssuerDuty::retired, ca::IssuerDuty::signs}));
  retire("next");
  EXPECT_THAT(start(), AllOf(HasSubstr("no issuing CA can sign any product"),
                             HasSubstr("the issuer \"main\" in "), HasSubstr(" ended at ")));
}

TEST_F(IssuersAtStart, LeaveOutChainsThatHaveEnded) {
  put("next", 3600);
  cross_sign_issuer(
      {.config = config(), .name = "next", .by = "main", .crl_url = "http://crl.example/r.crl"},
      out_);
  EXPECT_EQ(load().issuers.back()->chains(), 2U);
  now_ += days(3000);
  const LoadedIssuers loaded = load();
  EXPECT_EQ(loaded.issuers.back()->chains(), 1U);
  EXPECT_EQ(loaded.duties.back(), ca::IssuerDuty::signs);
  EXPECT_THAT(loaded.notes, testing::Contains(HasSubstr("main.chain.pem ended at ")));
}

TEST_F(IssuersAtStart, NameTheOneThatCannotBeUsed) {
  put("broken", 30);
  const std::string key = (issuer_folder("broken") / "issuing.key").string();
  std::filesystem::remove(key);
  for (const std::string& said : {start(), checked()}) {
    EXPECT_THAT(said, AllOf(HasSubstr("the issuer \"broken\" in " +
                                      issuer_folder("broken").string() + ": "),
                            HasSubstr(key)));
  }
  write_public_file(issuer_folder("broken") / "issuing.pem", "junk");
  for (const std::string& said : {start(), checked()}) {
    EXPECT_THAT(said, HasSubstr("the issuer \"broken\" in "));
    EXPECT_THAT(said, HasSubstr("does not hold PEM certificates"));
  }
}

TEST_F(IssuersAtStart, AreNotStoppedByAnythingInOneThatIsRetired) {
  put("keyless", 30);
  put("rootless", 30);
  put("junk", 30);
  std::filesystem::remove(issuer_folder("keyless") / "issuing.key");
  std::filesystem::remove(issuer_folder("rootless") / "root.pem");
  for (const char* name : {"keyless", "rootless", "junk"}) retire(name);
  write_public_file(issuer_folder("junk") / "issuing.pem", "junk");
  EXPECT_EQ(start(), "none");
  const LoadedIssuers loaded = load();
  ASSERT_EQ(loaded.issuers.size(), 3U) << "main, keyless, rootless";
  EXPECT_TRUE(loaded.issuers[1]->signer().outage());
  EXPECT_THROW(loaded.issuers[1]->signer().sign("x"), ca::SigningFailed);
  EXPECT_FALSE(loaded.issuers[2]->signer().outage());
  EXPECT_EQ(loaded.notes.size(), 3U);
  const std::string said = checked();
  EXPECT_THAT(said, HasSubstr("the configuration is fine"));
  for (const char* name : {"keyless", "rootless", "junk"}) {
    EXPECT_THAT(said, HasSubstr("Warning: the issuer \"" + std::string(name) + "\" in "));
  }
}

// P-25 BR-7.1.2.11.2
TEST_F(IssuersAtStart, NeedAPlaceForTheStatusOfWhatTheySign) {
  EXPECT_THAT(refusal([this] { offer({"listen.public="}); }),
              AllOf(HasSubstr("listen.public"), HasSubstr("BR 7.1.2.11.2")));
  EXPECT_THAT(checked({"listen.public="}), HasSubstr("listen.public is empty"));
  EXPECT_EQ(refusal([this] { offer({"listen.public=", "listen.public_url=http://crl.example"}); }),
            "none");
  policy::Product product = policy::Catalog().default_product();
  ConfigChoice choice = config();
  choice.overrides = {"listen.public="};
  const Settings settings = settings_or_throw(choice);
  for (const char* name : {"shortlived", "private", "gm-dv"}) {
    product.profile = ca::find_profile(name);
    EXPECT_NO_THROW(require_status_urls(settings, {product})) << name;
  }
}

TEST_F(IssuersAtStart, SignForPrivateTrustOnlyWhereTheyWereMadeForIt) {
  EXPECT_FALSE(is_offered("private"));
  EXPECT_THAT(checked(), HasSubstr("private need an issuing CA that `chancery ca add NAME "
                                   "--algorithm ecdsa-p256 --trust private` makes"));
  add_issuer({.config = config(), .name = "own", .algorithm = "ecdsa-p256", .trust = "private"},
             out_);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("It signs for private trust alone"),
                                testing::Not(HasSubstr("Not fit"))));
  EXPECT_TRUE(is_offered("private"));
  const LoadedIssuers loaded = load();
  EXPECT_EQ(loaded.set().choose(profile("private"), "", now_), loaded.issuers.back().get());
  EXPECT_EQ(loaded.set().choose(profile("dv"), "", now_), loaded.issuers.front().get())
      << "the newer one is not for the web";
  std::ostringstream list;
  list_issuers(config(), list);
  EXPECT_THAT(list.str(), HasSubstr("  private\n"));
  EXPECT_EQ(verifying_issuer(issuer_folder("own") / "issuing.pem")->scope().trust(),
            ca::Trust::privately);
}

TEST_F(IssuersAtStart, KeepPrivateTrustAndTheWebApart) {
  add_issuer({.config = config(), .name = "own", .algorithm = "ecdsa-p256", .trust = "private"},
             out_);
  rotate_issuer({.config = config(), .name = "own", .successor = "own-2"}, out_);
  EXPECT_EQ(load().issuers.back()->scope().trust(), ca::Trust::privately);
  EXPECT_THROW(
      cross_sign_issuer(
          {.config = config(), .name = "own", .by = "main", .crl_url = "http://crl.example/r.crl"},
          out_),
      UsageError);
  EXPECT_THROW(
      add_issuer({.config = config(), .name = "x", .algorithm = "ecdsa-p256", .trust = "mine"},
                 out_),
      UsageError);
  write_public_file(issuer_folder("own") / kTrustMark, "nobody\n");
  EXPECT_THAT(start(), AllOf(HasSubstr("the issuer \"own\" in "),
                             HasSubstr("says neither \"web\" nor \"private\"")));
}

}  // namespace
}  // namespace server
