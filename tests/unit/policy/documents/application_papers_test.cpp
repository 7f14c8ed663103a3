#include "policy/documents/application_papers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "policy/applications/projection.h"
#include "policy/applications/revision.h"
#include "policy/letters/letter.h"
#include "tests/support/documents.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using testing::ElementsAre;
using tests::png_picture;

constexpr auto kLetter = DocumentKind::confirmation_letter;
constexpr auto kLicence = DocumentKind::business_licence;

std::vector<Product> products() {
  std::vector<Product> all = tests::office_products();
  for (Product& product : all) {
    if (!product.letter) continue;
    product.letter->kind = kLetter;
    product.letter->file = {{DocumentFormat::png, DocumentFormat::pdf}, 1, 100'000};
    product.letter->letter_template = "confirmation_letter";
  }
  return all;
}

class Papers : public testing::Test {
 protected:
  Allowed<PaperUpload> inspect(const std::string& by,
                               const ApplicationId& id,
                               const std::string& bytes,
                               DocumentKind kind = kLetter) {
    return office.act(by, [&](const Here& here) {
      return inspect_paper(here.transaction, here.surroundings, here.actor, id, kind, "", bytes);
    });
  }
  Allowed<Document> file(const std::string& by, const ApplicationId& id, const std::string& bytes) {
    const auto paper = inspect(by, id, bytes);
    if (!paper) return Refused(paper.error());
    last = office.fresh_document();
    return office.act(by, [&](const Here& here) { return file_paper(here, {id}, last, *paper); });
  }
  Allowed<Document> judge(const std::string& by,
                          const ApplicationId& id,
                          Verdict verdict,
                          std::string reason = "") {
    return office.act(
        by, [&](const Here& here) { return judge_paper(here, {id}, last, verdict, reason); });
  }
  Allowed<void> remove(const ApplicationId& id) {
    return office.act("ann", [&](const Here& here) { return remove_paper(here, {id}, last); });
  }
  GateState letter(const ApplicationId& id) { return office.get(id).gate(GateName::letter)->state; }

  tests::Office office{products()};
  DocumentId last = DocumentId::from_octets({});
};

// TCO-08 TCO-11: the letter closes its gate; it may be replaced until the vetting ends.
TEST_F(Papers, ALetterClosesItsGateAndMayBeReplacedDuringTheReview) {
  const ApplicationId id = office.submitted("tencent-ov").id;
  EXPECT_NE(letter(id), GateState::passed);
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  EXPECT_EQ(letter(id), GateState::passed);
  const auto second = file("ann", id, png_picture(200));
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(second->version, 2U);
  office.work(id);
  EXPECT_FALSE(file("ann", id, png_picture(300)));
}

// TGM-12: once uploaded it cannot be uploaded again; a request for information opens it once.
TEST_F(Papers, ALetterThatMayNotBeReplacedMayBeOnceWhenAskedFor) {
  const ApplicationId id = office.submitted("gm-ov").id;
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  EXPECT_EQ(file("ann", id, png_picture(200)).error().code, FaultCode::reupload_not_allowed);
  const Target target{id};
  office.must("server", [&](const Here& here) { return dcv_passed(here, target, {"claim"}); });
  office.must("sue", [&](const Here& here) {
    return request_info(here, target,
                        {.text = "The seal is missing",
                         .fields = {},
                         .letter = InfoRequest::Letter::may_be_replaced});
  });
  const auto again = file("ann", id, png_picture(300));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(file("ann", id, png_picture(400)).error().code, FaultCode::reupload_not_allowed);
}

// Row 14, TCO-11: the letter that a reviewer opened is the answer, and the clock runs again.
TEST_F(Papers, ALetterThatWasAskedForAnswersTheReviewer) {
  const ApplicationId id = office.submitted("tencent-ov").id;
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  const Target target{id};
  office.must("server", [&](const Here& here) { return dcv_passed(here, target, {"claim"}); });
  const auto asked = office.must("sue", [&](const Here& here) {
    return request_info(here, target,
                        {.text = "The seal is missing",
                         .fields = {},
                         .letter = InfoRequest::Letter::may_be_replaced});
  });
  EXPECT_EQ(asked.state, ApplicationState::awaiting_applicant);
  EXPECT_TRUE(asked.clock.paused_since);
  std::vector<std::string_view> actions;
  for (const RequiredAction& each : required_actions(asked)) actions.push_back(each.code);
  EXPECT_THAT(actions, ElementsAre("answer_info", "upload_letter"));
  office.now += std::chrono::hours(30);
  ASSERT_TRUE(file("ann", id, png_picture(300)));
  const Application after = office.get(id);
  EXPECT_EQ(after.state, ApplicationState::in_review);
  EXPECT_FALSE(after.clock.paused_since);
  EXPECT_FALSE(after.deadlines.answer);
  // Asked in words alone, the applicant answers in words: another letter is one more paper.
  office.must("sue", [&](const Here& here) {
    return request_info(here, target, {.text = "Who is Ann?", .fields = {}});
  });
  ASSERT_TRUE(file("ann", id, png_picture(200)));
  EXPECT_EQ(office.get(id).state, ApplicationState::awaiting_applicant);
  // So it is while the letter is open because it was refused.
  const auto letter = DocumentId::parse(office.get(id).gate(GateName::letter)->evidence.at(0));
  office.must("sue", [&](const Here& here) {
    return document_refused(here, target, GateName::letter, letter.value(), "unreadable");
  });
  ASSERT_TRUE(office.get(id).gate(GateName::letter)->is_open());
  ASSERT_TRUE(file("ann", id, png_picture(250)));
  EXPECT_EQ(office.get(id).state, ApplicationState::awaiting_applicant);
}

TEST_F(Papers, ARefusedLetterOpensItsGateAgain) {
  const ApplicationId id = office.submitted("tencent-ov").id;
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  EXPECT_EQ(judge("ann", id, Verdict::refuse, "no").error().code, FaultCode::forbidden);
  ASSERT_TRUE(judge("sue", id, Verdict::refuse, "The seal cannot be read"));
  EXPECT_NE(letter(id), GateState::passed);
  EXPECT_EQ(office.heard.events.back(), "application.document_refused");
  const auto again = file("ann", id, png_picture(200));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(letter(id), GateState::passed);
  ASSERT_TRUE(judge("sue", id, Verdict::accept));
}

// TWT-02: no letter is asked for, so none is taken.
TEST_F(Papers, WhatIsNotAskedForIsNotTaken) {
  const ApplicationId id = office.submitted("wotrus-ov").id;
  const auto refused = inspect("ann", id, png_picture(100));
  EXPECT_EQ(refused.error().code, FaultCode::validation);
  EXPECT_EQ(refused.error().errors.at(0).pointer, "/kind");
}

TEST_F(Papers, AreTakenOutOfDraftsOnly) {
  const ApplicationId id = office.draft("tencent-ov").id;
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  ASSERT_TRUE(remove(id));
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  office.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
  EXPECT_EQ(remove(id).error().code, FaultCode::state_conflict);
}

// T-I6
TEST_F(Papers, OfOtherTenantsAreNotThere) {
  const ApplicationId id = office.submitted("tencent-ov").id;
  EXPECT_EQ(inspect("otto", id, png_picture(100)).error().code, FaultCode::not_found);
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  const ApplicationId other = office.submitted("gm-ov").id;
  EXPECT_EQ(judge("sue", other, Verdict::accept).error().code, FaultCode::not_found);
}

// TGS-03: papers that reached the desk by mail are filed there; whoever did has a hand in the case.
TEST_F(Papers, ThatTheDeskFilesMakeItACollector) {
  const ApplicationId id = office.submitted("tencent-ov").id;
  const auto filed = file("fred", id, png_picture(100));
  ASSERT_TRUE(filed) << filed.error().detail;
  EXPECT_EQ(filed->source, DocumentSource::staff);
  EXPECT_TRUE(office.get(id).is_involved(office.person("fred"), Part::collected));
  EXPECT_EQ(judge("fred", id, Verdict::accept).error().code, FaultCode::self_approval);
}

// T-J4: what is filed while others are missing counts, and so does finding a paper good.
TEST(FurtherPapers, MakeWhoeverHadThemInHandACollector) {
  std::vector<Product> all = products();
  Product product = all.at(4);  // wotrus-ov
  product.name = "with-papers";
  const FileRule rule{{DocumentFormat::png}, 1, 1'000};
  for (const DocumentKind kind : {kLicence, DocumentKind::authorization}) {
    product.documents.push_back({.kind = kind,
                                 .requirement = GateRequirement::required,
                                 .file = rule,
                                 .document_template = {}});
  }
  product.stages.insert(product.stages.begin() + 1, Stage{{ProductGate{GateName::documents}}});
  tests::Office office({product});
  const ApplicationId id = office.submitted("with-papers").id;
  const DocumentId licence = office.fresh_document();
  const auto filed = office.act("both", [&](const Here& here) -> Allowed<Document> {
    auto paper = inspect_paper(here.transaction, here.surroundings, here.actor, id, kLicence, "",
                               png_picture(100));
    return file_paper(here, {id}, licence, *std::move(paper));
  });
  ASSERT_TRUE(filed) << filed.error().detail;
  EXPECT_TRUE(office.get(id).is_involved(office.person("both"), Part::collected));
  ASSERT_TRUE(office.act("sam", [&](const Here& here) {
    return judge_paper(here, {id}, licence, Verdict::accept, "");
  }));
  EXPECT_TRUE(office.get(id).is_involved(office.person("sam"), Part::collected));
}

TEST_F(Papers, AreJudgedWhileTheApplicationIsUnderWay) {
  const ApplicationId id = office.draft("tencent-ov").id;
  ASSERT_TRUE(file("ann", id, png_picture(100)));
  EXPECT_EQ(judge("sue", id, Verdict::accept).error().code, FaultCode::state_conflict);
  office.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
  EXPECT_TRUE(judge("sue", id, Verdict::accept));
}

TEST_F(Papers, AreNotHandedInWithoutEnd) {
  const ApplicationId id = office.draft("tencent-ov").id;
  for (std::size_t count = 0; count < kMostPapers; ++count) {
    ASSERT_TRUE(file("ann", id, png_picture(100 + count)));
  }
  EXPECT_EQ(file("ann", id, png_picture(99)).error().code, FaultCode::quota_exceeded);
}

// ALO-27 ALO-28 ALO-33: further papers, each by its own rule; the gate waits for those required.
TEST(FurtherPapers, CloseTheirGateWhenAllAreThere) {
  std::vector<Product> all = products();
  Product product = all.at(4);  // wotrus-ov
  product.name = "with-papers";
  const FileRule rule{{DocumentFormat::png}, 1, 1'000};
  product.documents = {{.kind = kLicence,
                        .requirement = GateRequirement::required,
                        .file = rule,
                        .document_template = {}},
                       {.kind = DocumentKind::other,
                        .requirement = GateRequirement::optional,
                        .file = rule,
                        .document_template = {}}};
  EXPECT_EQ(expected_paper(product, kLicence)->gate, GateName::documents);
  EXPECT_EQ(expected_paper(product, DocumentKind::other)->requirement, GateRequirement::optional);
  EXPECT_EQ(expected_paper(product, kLetter), std::nullopt);
  tests::Office office;
  const Application application = office.draft("dv");
  const auto complete = [&] {
    return FiledPapers().that_complete(office.store, application, product, GateName::documents);
  };
  EXPECT_EQ(complete(), std::nullopt);
  const DocumentId id = office.fresh_document();
  office.act("ann", [&](const Here& here) -> Allowed<Document> {
    return file_document(
        here.transaction, here.actor, id,
        {.tenant = application.tenant, .subject = application.id, .kind = kLicence},
        *inspect_upload(rule, "", png_picture(100)), here.now);
  });
  EXPECT_EQ(complete(), std::vector<std::string>{id.text()});
  EXPECT_EQ(FiledPapers().that_complete(office.store, application, product, GateName::letter),
            std::nullopt);
}

// ALO-29: the letter holds what the application says.
TEST_F(Papers, TheLetterIsFilledInFromTheApplication) {
  const Application application = office.submitted("tencent-ov");
  LetterFacts facts{.application = application.id.text(),
                    .revision = application.revision,
                    .product = application.product,
                    .facts = {}};
  for (const FactAt& fact : facts_of(office.store, application))
    facts.facts.emplace_back(fact.pointer, fact.value);
  const auto pdf = fill_letter("confirmation_letter", "en", facts);
  ASSERT_TRUE(pdf);
  const auto shows = [&](std::string_view text) {
    return pdf->contains("<" + ca::hex(text) + "> Tj");
  };
  EXPECT_TRUE(shows("Example Trading Ltd"));
  EXPECT_TRUE(shows("12345678"));
  EXPECT_TRUE(shows("shop.example.com"));
  EXPECT_TRUE(inspect_pdf(*pdf));
}

}  // namespace
}  // namespace policy
