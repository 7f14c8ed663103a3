// Which version of the agreement an application accepts, and what is kept of that.
#include "policy/applications/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "ca/audit_log.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class AgreementTest : public testing::Test {
 protected:
  auto publish(const std::string& version, const std::string& sha256 = {}) {
    return office.store.write([&](storage::Transaction& transaction) {
      return publish_agreement(transaction, {version, sha256, kUrl, office.now});
    });
  }
  Allowed<Application> draft(const std::string& terms,
                             ApplicationSource source = ApplicationSource::api) {
    Wish wish = office.wish({"shop.example.com"});
    wish.terms = terms;
    const auto id = office.fresh_id();
    const NewApplication wanted{"dv", source, office.tenant, std::move(wish), {}};
    return office.act("ann",
                      [&](const Here& here) { return create_application(here, id, wanted); });
  }
  Allowed<Application> submit(const ApplicationId& id) {
    return office.act("ann", [&](const Here& here) { return submit_application(here, {id}); });
  }
  /// Where the submission of a draft that accepts `terms` is refused: "/terms".
  std::vector<std::string> refused_at(const std::string& terms,
                                      ApplicationSource source = ApplicationSource::api) {
    std::vector<std::string> pointers;
    const auto done = submit(draft(terms, source).value().id);
    if (done) return pointers;
    for (const FaultAt& each : done.error().errors) pointers.push_back(each.pointer);
    return pointers;
  }
  std::vector<ca::AuditEntry> entries(std::string_view event) {
    std::vector<ca::AuditEntry> found;
    ca::read_audit(office.store, 0, [&](const ca::AuditEntry& entry) {
      if (entry.event == event) found.push_back(entry);
      return storage::Scan::proceed;
    });
    return found;
  }

  const std::string kUrl = "https://ca.example/terms/2";
  tests::Office office;
};

// TCG-02: what is stated as accepted is what is published.
TEST_F(AgreementTest, IsAcceptedInItsPresentVersion) {
  EXPECT_THAT(refused_at("bogus-99"), IsEmpty()) << "nothing is published";
  ASSERT_TRUE(publish("2"));
  EXPECT_THAT(refused_at("bogus-99"), ElementsAre("/terms"));
  EXPECT_THAT(refused_at("2 "), ElementsAre("/terms"));
  EXPECT_THAT(refused_at("2"), IsEmpty());
  EXPECT_THAT(refused_at(""), ElementsAre("/terms"));
  EXPECT_THAT(refused_at(kUrl), IsEmpty()) << "what accounts of ACME agree to";
}

// TCG-02: an old acceptance does not count for what is submitted later.
TEST_F(AgreementTest, IsAcceptedAgainOnceThereIsAnother) {
  ASSERT_TRUE(publish("1"));
  const auto made = draft("1").value();
  ASSERT_TRUE(publish("2"));
  const auto refused = submit(made.id);
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().errors.size(), 1U);
  EXPECT_EQ(refused.error().errors[0].pointer, "/terms");
  EXPECT_THAT(refused.error().errors[0].detail, HasSubstr("\"2\""));
  Wish wish = office.wish({"shop.example.com"});
  const auto edit = [&] {
    return office.act("ann",
                      [&](const Here& here) { return edit_application(here, {made.id}, wish); });
  };
  wish.terms = "1";
  wish.mail = "results@example.com";
  EXPECT_TRUE(edit()) << "the rest of the draft is edited as ever";
  wish.terms = "2";
  ASSERT_TRUE(edit());
  EXPECT_TRUE(submit(made.id));
}

TEST_F(AgreementTest, IsAskedOfAcmeAccountsElsewhere) {
  ASSERT_TRUE(publish("1"));
  const std::string none(kNoTermsForAccounts);
  EXPECT_THAT(refused_at(none, ApplicationSource::api), ElementsAre("/terms"));
  EXPECT_THAT(refused_at(none, ApplicationSource::acme), IsEmpty());
  EXPECT_THAT(refused_at("bogus-99", ApplicationSource::acme), ElementsAre("/terms"));
}

// TCG-02: version, hash and time stand in the audit log.
TEST_F(AgreementTest, IsKeptWithItsHashAndTheTime) {
  ASSERT_TRUE(publish("2", "ab12"));
  office.now += std::chrono::hours(5);
  ASSERT_TRUE(submit(draft("2").value().id));
  const auto submitted = entries("application.submitted");
  ASSERT_EQ(submitted.size(), 1U);
  EXPECT_EQ(submitted[0].time, office.now);
  EXPECT_THAT(submitted[0].facts, Contains(Pair("terms", "2")));
  EXPECT_THAT(submitted[0].facts, Contains(Pair("terms_version", "2")));
  EXPECT_THAT(submitted[0].facts, Contains(Pair("terms_sha256", "ab12")));
}

TEST_F(AgreementTest, HasOneTextForEachVersion) {
  ASSERT_TRUE(publish("1"));
  ASSERT_TRUE(publish("1")) << "as at each start";
  EXPECT_EQ(entries("agreement.published").size(), 1U);
  ASSERT_TRUE(publish("1", "aa")) << "the text came later";
  EXPECT_FALSE(publish("1", "bb"));
  ASSERT_TRUE(publish("1")) << "the hash stays";
  EXPECT_EQ(present_agreement(office.store)->sha256, "aa");
  EXPECT_EQ(entries("agreement.published").size(), 2U);
  ASSERT_TRUE(publish("2", "bb"));
  EXPECT_EQ(present_agreement(office.store)->version, "2");
  EXPECT_EQ(kAgreements.get(office.store, "1")->sha256, "aa");
}

}  // namespace
}  // namespace policy
