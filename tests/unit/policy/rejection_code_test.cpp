// The closed list of reasons for which applications are rejected.
#include "policy/reviews/rejection_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "policy/reviews/desk.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using testing::Contains;
using testing::Not;
using tests::Office;

// ALI-40 ALI-41
TEST(RejectionCodes, AreWordsWithAMeaning) {
  std::set<std::string_view> codes;
  for (const RejectionCode& each : rejection_codes()) {
    SCOPED_TRACE(each.code);
    EXPECT_TRUE(codes.insert(each.code).second);
    EXPECT_EQ(each.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), each.code.npos);
    EXPECT_FALSE(each.words.empty());
    EXPECT_FALSE(each.words.ends_with('.'));
    EXPECT_FALSE(each.chinese.empty());
    EXPECT_FALSE(each.chinese.ends_with("。"));
    EXPECT_EQ(rejection_code(each.code), &each);
  }
  EXPECT_EQ(rejection_code("no_such_code"), nullptr);
  EXPECT_THAT(desk_rejection_codes(), Contains("organization_not_found"));
  EXPECT_THAT(desk_rejection_codes(), Not(Contains("caa")));
}

// TFR-57
TEST(RejectionCodes, TellTheFourReasonsOfASecurityReview) {
  for (const char* code :
       {"security_listed", "security_look_alike", "security_rejected_before", "security_misused"}) {
    EXPECT_THAT(desk_rejection_codes(), Contains(code));
  }
}

// APP-A-10: the words of the code and those of the reviewer; of older decisions their own alone.
TEST(RejectionCodes, AreToldWithWhatWasWritten) {
  Decision decision{.kind = DecisionKind::reject, .code = "document_missing", .text = "The form."};
  EXPECT_EQ(reason_told(decision), "A document that was asked for is missing. The form.");
  EXPECT_EQ(reason_told(decision, "zh"), "缺少所要求的材料。The form.");
  decision.text.clear();
  EXPECT_EQ(reason_told(decision), "A document that was asked for is missing");
  EXPECT_EQ(reason_told(decision, "zh"), "缺少所要求的材料");
  decision.code = "of_an_older_version";
  decision.text = "The form.";
  EXPECT_EQ(reason_told(decision), "The form.");
  EXPECT_EQ(reason_told({.kind = DecisionKind::request_info, .text = "Why?"}), "Why?");
  EXPECT_EQ(Decision::decode(decision.encode()), decision);
}

// III.6: what reviewers write to each other is for the record, and no reason that anybody is told.
TEST(RejectionCodes, AreNotToldWithWhatIsForTheRecord) {
  using enum DecisionKind;
  for (const DecisionKind kind : {approve, countersign, send_back, reject, request_info, waive,
                                  approve_as_approver, sign_agreement}) {
    const bool is_told = kind == reject || kind == request_info;
    EXPECT_EQ(reason_told({.kind = kind, .text = "Ask Max."}), is_told ? "Ask Max." : "")
        << text_of(kind);
  }
}

TEST(RejectionCodes, AreTheOnlyOnesPeopleRejectWith) {
  Office office;
  const ApplicationId id = office.submitted("tencent-ov").id;
  office.work(id);
  for (const char* code : {"", "papers", "caa", "Organization_not_found"}) {
    const auto refused = office.act(
        "sue", [&](const Here& here) { return reject(here, {id}, {code, "no", {}, {}}); });
    ASSERT_FALSE(refused) << code;
    EXPECT_EQ(refused.error().errors.at(0).pointer, "/code");
  }
  const Application after = office.must(
      "sue", [&](const Here& here) { return reject(here, {id}, {"other", "no", {}, {}}); });
  EXPECT_EQ(after.decision->code, "other");
}

}  // namespace
}  // namespace policy
