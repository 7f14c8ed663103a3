// Documents that a reviewer asks for by name.
#include "policy/reviews/document_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ca/audit_log.h"
#include "policy/applications/projection.h"
#include "policy/applications/verify.h"
#include "policy/documents/application_papers.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/dual_control.h"
#include "policy/reviews/evidence.h"
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
  const auto like =
      std::ranges::find_if(all, [](const Product& each) { return each.name == "alibaba-ov"; });
  Product with_papers = *like;
  with_papers.name = "with-papers";
  with_papers.documents = {{.kind = business_licence,
                            .file = {{DocumentFormat::png}, 1, 100'000},
                            .document_template = {}}};
  with_papers.stages.insert(with_papers.stages.begin() + 1, {{{GateName::documents}}});
  all.push_back(std::move(with_papers));
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
  Allowed<Document> refuse(const std::string& who,
                           const ApplicationId& id,
                           const DocumentId& document) {
    return office.act(who, [&](const Here& here) {
      return judge_paper(here, {id}, document, Verdict::refuse, "It is not signed");
    });
  }
  DocumentId newest(const ApplicationId& id) { return documents_of(office.store, id).back().id; }
  Allowed<Application> pass_step(const ApplicationId& id, const std::string& step) {
    return office.act("sue", [&](const Here& here) {
      return record_step(here, {id}, {.step = step, .source = "register"});
    });
  }
  /// How an approval ends.
  std::string approval_of(const ApplicationId& id) {
    return refusal(
        office.act("sue", [&](const Here& here) { return approve(here, {id}, "as stated"); }));
  }
  std::ptrdiff_t open_tasks(const ApplicationId& id, TaskType type) {
    return std::ranges::count_if(tasks_of(office.store, id), [&](const ReviewTask& task) {
      return task.type == type && !task.closed_at;
    });
  }
  bool is_audited(const ApplicationId& id, std::string_view event) {
    bool found = false;
    ca::read_audit(office.store, 1, [&](const ca::AuditEntry& entry) {
      found = found || (entry.event == event && entry.subject == id.text());
      return storage::Scan::proceed;
    });
    return found;
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
  EXPECT_EQ(after.gate(GateName::org_vetting)->state, GateState::waiting_ca);
  EXPECT_EQ(approval_of(id), "evidenceMissing");
  EXPECT_EQ(open_tasks(id, TaskType::org_vetting), 1);
  office.work(id);
  EXPECT_EQ(approval_of(id), "done");
}

// TGS-02: and so is every other paper that the product asks for.
TEST_F(DocumentRequests, BringADocumentBackToItsReview) {
  const ApplicationId id = reviewed("with-papers");
  ASSERT_TRUE(is_closed_well(office.get(id).gate(GateName::org_vetting)->state));
  ASSERT_TRUE(ask(id, {{business_licence, "It is out of date"}}));
  ASSERT_TRUE(file("ann", id, business_licence));
  EXPECT_EQ(office.get(id).state, ApplicationState::in_review);
  EXPECT_EQ(office.get(id).gate(GateName::org_vetting)->state, GateState::waiting_ca);
  EXPECT_EQ(approval_of(id), "evidenceMissing");
  EXPECT_EQ(open_tasks(id, TaskType::org_vetting), 1);
  ASSERT_TRUE(pass_step(id, "legal_existence"));
  EXPECT_EQ(approval_of(id), "done");
}

// BR-3.2.3: who somebody is was seen from one copy, and is seen anew from the next one.
TEST_F(DocumentRequests, LeaveNoFindingAboutAnIdentityDocumentThatWasReplaced) {
  const Product product = *office.catalog.in_force("with-papers", office.now);
  Application application = office.get(reviewed("with-papers"));
  application.level = ValidationLevel::iv;
  Gate* const papers = application.gate(GateName::documents);
  papers->evidence = {"doc_1"};
  for (const char* step : {"person_identity", "address", "communication", "denied_lists"}) {
    StepResult result;
    result.step = step;
    result.revision = application.revision;
    result.papers = "doc_1";
    result.by = office.person("sue");
    kStepResults.put(office.store, step_key(application.id, application.revision, step), result);
  }
  const auto missing = [&] {
    return steps_missing(office.store, application, product, GateName::org_vetting);
  };
  EXPECT_THAT(missing(), IsEmpty());
  papers->evidence.emplace_back("doc_2");
  EXPECT_THAT(missing(), ElementsAre("person_identity"));
}

// EVG-3.2.2.13: what was handed in for a request is part of what is approved, whether or not the
// product names its kind; what an older version approved without it stays approved.
TEST_F(DocumentRequests, AreSomethingThatADecisionRestsOn) {
  const ApplicationId id = reviewed();
  const std::string before = evidence_digest(office.store, office.get(id));
  ASSERT_TRUE(ask(id, {{legal_opinion, "For the authority of the signer"}}));
  EXPECT_EQ(evidence_digest(office.store, office.get(id)), before);
  ASSERT_TRUE(file("ann", id, legal_opinion));
  const std::string after = evidence_digest(office.store, office.get(id));
  EXPECT_NE(after, before);
  office.now += std::chrono::hours(1);
  ASSERT_EQ(approval_of(id), "done");
  Decision decision = decisions_of(office.store, id).back();
  EXPECT_EQ(decision.evidence_digest, after);
  const auto counts_with = [&](const std::string& digest, ca::Time at) {
    decision.evidence_digest = digest;
    decision.at = at;
    kDecisions.put(office.store, decision_key(id, office.get(id).decisions), decision);
    return is_consented(office.store, office.get(id)).has_value();
  };
  EXPECT_TRUE(counts_with(after, office.now));
  EXPECT_TRUE(counts_with(before, office.now));
  EXPECT_FALSE(counts_with(before, office.now - std::chrono::hours(2))) << "it came afterwards";
  EXPECT_FALSE(counts_with("another", office.now));
}

// TGS-02 T-I6: a paper that no gate waits for is refused under the same rules as any other.
TEST_F(DocumentRequests, AreOpenAgainWhenWhatCameIsRefused) {
  const ApplicationId id = reviewed();
  ASSERT_TRUE(ask(id, {{legal_opinion, "For the authority of the signer"}}));
  const auto filed = file("ann", id, legal_opinion);
  ASSERT_TRUE(filed);
  ASSERT_EQ(office.get(id).state, ApplicationState::in_review);
  office.now += std::chrono::hours(1);
  const auto refused = refuse("fred", id, newest(id));
  ASSERT_TRUE(refused) << refused.error().detail;
  const Application after = office.get(id);
  EXPECT_EQ(after.state, ApplicationState::awaiting_applicant);
  EXPECT_TRUE(after.is_involved(office.person("fred"), Part::collected));
  EXPECT_EQ(after.decision->text, "It is not signed");
  EXPECT_EQ(office.heard.events.back(), "application.action_required");
  EXPECT_TRUE(is_audited(id, "application.document_refused"));
  EXPECT_THAT(open(id), ElementsAre(legal_opinion));
  EXPECT_EQ(open_document_requests(office.store, after)[0].reason,
            "For the authority of the signer");
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
  ASSERT_TRUE(file("ann", id, legal_opinion));
  EXPECT_EQ(office.get(id).state, ApplicationState::in_review);
  ASSERT_EQ(approval_of(id), "done");
  EXPECT_EQ(refuse("fred", id, newest(id)).error().code, FaultCode::state_conflict);
}

// The same while others are waited for still.
TEST_F(DocumentRequests, AreOpenAgainBesideThoseThatAreOpen) {
  const ApplicationId id = reviewed();
  ASSERT_TRUE(ask(id, {{legal_opinion, "For the signer"}, {authorization, "Signed"}}));
  ASSERT_TRUE(file("ann", id, legal_opinion));
  ASSERT_TRUE(refuse("fred", id, newest(id)));
  EXPECT_EQ(office.heard.events.back(), "application.document_refused");
  EXPECT_TRUE(is_audited(id, "application.document_refused"));
  EXPECT_THAT(open(id), testing::UnorderedElementsAre(legal_opinion, authorization));
  ASSERT_TRUE(file("ann", id, authorization));
  EXPECT_EQ(office.get(id).state, ApplicationState::awaiting_applicant);
  ASSERT_TRUE(file("ann", id, legal_opinion));
  EXPECT_EQ(office.get(id).state, ApplicationState::in_review);
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

// TGM-12: without another letter the one that is there stays, and is decided on.
TEST_F(DocumentRequests, LeaveALetterThatIsAnsweredForInWords) {
  const ApplicationId id = reviewed("gm-ov");
  ASSERT_TRUE(ask(id, {{confirmation_letter, "The seal is missing"}}));
  office.now += std::chrono::hours(1);
  office.must("ann", [&](const Here& here) { return answer_info(here, {id}, "It is on page 2."); });
  EXPECT_EQ(office.get(id).gate(GateName::letter)->state, GateState::passed);
  EXPECT_EQ(refusal(ask(id, {{confirmation_letter, "Still"}})), "reuploadNotAllowed");
  EXPECT_EQ(approval_of(id), "done");
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

// Also when everything happens within one second.
TEST_F(DocumentRequests, AreNotBackWithAnAskingOfTheSameMoment) {
  const ApplicationId id = reviewed();
  ASSERT_TRUE(ask(id, {{business_licence, "The newest"}, {legal_opinion, "For the signer"}}));
  office.must("ann", [&](const Here& here) { return answer_info(here, {id}, "There is none."); });
  office.must("sue", [&](const Here& here) {
    return request_info(here, {id}, {.text = "Why not?", .fields = {}});
  });
  EXPECT_THAT(open(id), IsEmpty());
  for (const RequestedDocument& each : document_requests(office.store, id)) {
    EXPECT_EQ(each.settled_at, office.now);
    EXPECT_FALSE(each.document);
  }
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
