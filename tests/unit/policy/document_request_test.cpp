// Documents that a reviewer asks for by name.
#include "policy/reviews/document_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/applications/projection.h"
#include "policy/applications/verify.h"
#include "policy/documents/application_papers.h"
#include "policy/reviews/desk.h"
#include "tests/support/documents.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using enum DocumentKind;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::png_picture;

std::vector<Product> products() {
  std::vector<Product> all = tests::office_products();
  for (Product& product : all) {
    if (!product.letter) continue;
    product.letter->kind = confirmation_letter;
    product.letter->file = {{DocumentFormat::png}, 1, 100'000};
  }
  return all;
}

class DocumentRequests : public testing::Test {
 protected:
  /// In review, with everything closed.
  ApplicationId reviewed(const std::string& product = "alibaba-ov") {
    const ApplicationId id = office.submitted(product).id;
    office.work(id);
    return id;
  }
  Allowed<Application> ask(const ApplicationId& id,
                           const std::vector<WantedDocument>& wanted,
                           const std::string& who = "sue") {
    return office.act(who, [&](const Here& here) { return request_documents(here, {id}, wanted); });
  }
  Allowed<Document> file(const std::string& who, const ApplicationId& id, DocumentKind kind) {
    const DocumentId document = office.fresh_document();
    return office.act(who, [&](const Here& here) -> Allowed<Document> {
      auto paper = inspect_paper(here.transaction, here.surroundings, here.actor, id, kind, "",
                                 png_picture(++pictures * 100));
      if (!paper) return Refused(paper.error());
      return file_paper(here, {id}, document, *std::move(paper));
    });
  }
  std::vector<DocumentKind> open(const ApplicationId& id) {
    std::vector<DocumentKind> kinds;
    for (const auto& each : open_document_requests(office.store, office.get(id))) {
      kinds.push_back(each.kind);
    }
    return kinds;
  }
  /// "validation /documents"
  static std::string refusal(const Allowed<Application>& outcome) {
    if (outcome) return "done";
    std::string text(facts_of(outcome.error().code).text);
    for (const FaultAt& each : outcome.error().errors) text += " " + each.pointer;
    return text;
  }

  tests::Office office{products()};
  std::uint32_t pictures = 0;
};

// TGS-02 ALI-32: what is asked for is listed, the clock stands, and the last document is the
// answer.
TEST_F(DocumentRequests, WaitForTheLastDocument) {
  const ApplicationId id = reviewed();
  const auto asked = ask(
      id, {{business_licence, "The copy cannot be read"}, {authorization, "Signed by a director"}});
  ASSERT_TRUE(asked) << asked.error().detail;
  EXPECT_EQ(asked->state, ApplicationState::awaiting_applicant);
  EXPECT_EQ(asked->clock.paused_since, office.now);
  EXPECT_EQ(asked->decision->text,
            "business_licence: The copy cannot be read\nauthorization: Signed by a director");
  EXPECT_EQ(office.heard.events.back(), "application.action_required");
  EXPECT_THAT(open(id), ElementsAre(business_licence, authorization));
  office.now += std::chrono::hours(5);
  ASSERT_TRUE(file("ann", id, authorization));
  EXPECT_THAT(open(id), ElementsAre(business_licence));
  EXPECT_EQ(office.get(id).state, ApplicationState::awaiting_applicant);
  office.now += std::chrono::hours(5);
  const auto last = file("ann", id, business_licence);
  ASSERT_TRUE(last) << last.error().detail;
  EXPECT_THAT(open(id), IsEmpty());
  EXPECT_EQ(office.get(id).state, ApplicationState::in_review);
  EXPECT_EQ(office.get(id).clock.paused, std::chrono::hours(10));
  const auto all = document_requests(office.store, id);
  ASSERT_EQ(all.size(), 2U);
  for (const RequestedDocument& each : all) EXPECT_TRUE(each.document && each.settled_at);
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
}

// What came by mail is filed by the desk, and is as good an answer.
TEST_F(DocumentRequests, AreSettledByTheDeskToo) {
  const ApplicationId id = reviewed();
  ASSERT_TRUE(ask(id, {{legal_opinion, "For the authority of the signer"}}));
  const auto filed = file("fred", id, legal_opinion);
  ASSERT_TRUE(filed) << filed.error().detail;
  EXPECT_EQ(office.get(id).state, ApplicationState::in_review);
  EXPECT_TRUE(office.get(id).is_involved(office.person("fred"), Part::collected));
}

TEST_F(DocumentRequests, LetInWhatWasAskedForAndNothingElse) {
  const ApplicationId id = reviewed();
  EXPECT_EQ(file("ann", id, legal_opinion).error().code, FaultCode::validation);
  ASSERT_TRUE(ask(id, {{business_licence, "The newest"}}));
  EXPECT_EQ(file("ann", id, legal_opinion).error().code, FaultCode::validation);
  EXPECT_EQ(file("otto", id, business_licence).error().code, FaultCode::not_found);
  ASSERT_TRUE(file("ann", id, business_licence));
  EXPECT_EQ(file("ann", id, business_licence).error().code, FaultCode::validation);
}

// TCO-11: a letter is looked at again, although its review is over.
TEST_F(DocumentRequests, BringALetterBackToItsReview) {
  const ApplicationId id = reviewed("tencent-ov");
  ASSERT_TRUE(is_closed_well(office.get(id).gate(GateName::org_vetting)->state));
  EXPECT_EQ(file("ann", id, confirmation_letter).error().code, FaultCode::reupload_not_allowed);
  ASSERT_TRUE(ask(id, {{confirmation_letter, "The seal is missing"}}));
  const auto again = file("ann", id, confirmation_letter);
  ASSERT_TRUE(again);
  const Application after = office.get(id);
  EXPECT_EQ(after.state, ApplicationState::in_review);
  EXPECT_EQ(after.gate(GateName::letter)->state, GateState::passed);
}

// TGM-12: a letter that may not be replaced is opened once.
TEST_F(DocumentRequests, OpenALetterThatStandsOnce) {
  const ApplicationId id = reviewed("gm-ov");
  const std::vector<WantedDocument> letter{{confirmation_letter, "The seal is missing"}};
  ASSERT_TRUE(ask(id, letter));
  ASSERT_TRUE(file("ann", id, confirmation_letter));
  EXPECT_EQ(office.get(id).state, ApplicationState::in_review);
  EXPECT_EQ(refusal(ask(id, letter)), "reuploadNotAllowed");
}

TEST_F(DocumentRequests, AreOverWithAnAnswerInWords) {
  const ApplicationId id = reviewed();
  ASSERT_TRUE(ask(id, {{business_licence, "The newest"}}));
  office.now += std::chrono::hours(1);
  office.must("ann", [&](const Here& here) { return answer_info(here, {id}, "There is none."); });
  EXPECT_THAT(open(id), IsEmpty());
  EXPECT_EQ(file("ann", id, business_licence).error().code, FaultCode::validation);
  // Nor are they back when something else is asked.
  office.must("sue", [&](const Here& here) {
    return request_info(here, {id}, {.text = "Why not?", .fields = {}});
  });
  EXPECT_THAT(open(id), IsEmpty());
}

TEST_F(DocumentRequests, AreRefusedWithTheirPlace) {
  const ApplicationId id = reviewed();
  const std::vector<WantedDocument> good{{other, "A map"}};
  EXPECT_EQ(refusal(ask(id, {})), "validation /documents");
  EXPECT_EQ(refusal(ask(id, {{other, "A map"}, {other, "Another"}})),
            "validation /documents/1/kind");
  EXPECT_EQ(refusal(ask(id, {{other, ""}})), "validation /documents/0/reason");
  EXPECT_EQ(refusal(ask(id, {{other, "two\nlines"}})), "validation /documents/0/reason");
  EXPECT_EQ(refusal(ask(id, {{other, std::string(kLongestRequestReason + 1, 'x')}})),
            "validation /documents/0/reason");
  EXPECT_EQ(refusal(ask(id, good, "ann")), "forbidden");
  EXPECT_EQ(refusal(ask(office.draft("alibaba-ov").id, good)), "stateConflict");
  EXPECT_THAT(document_requests(office.store, id), IsEmpty());
  EXPECT_EQ(refusal(ask(id, good)), "done");
  EXPECT_EQ(refusal(ask(id, good)), "stateConflict");
}

}  // namespace
}  // namespace policy
