// Applications from draft to certificate, by each of the ways that the seeds have.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ca/audit_log.h"
#include "policy/applications/adopt.h"
#include "policy/applications/advance.h"
#include "policy/applications/projection.h"
#include "policy/applications/revision.h"
#include "policy/applications/stated_places.h"
#include "policy/documents/document.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/standing_approval.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/review_task.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using tests::Office;

template <class T>
FaultCode code_of(const Allowed<T>& result) {
  return result ? FaultCode::not_found : result.error().code;
}

GateState state_of(const Application& application, GateName gate) {
  return application.gate(gate)->state;
}

Application approved(Office& office, const std::string& product) {
  const auto id = office.submitted(product).id;
  office.work(id);
  return office.must("sue", [&](const Here& here) { return approve(here, {id}, "good"); });
}

Application issued(Office& office, const ApplicationId& id) {
  office.must("server", [&](const Here& here) { return begin_issuing(here, {id}); });
  return office.must(
      "server", [&](const Here& here) { return certificate_issued(here, {id}, {"ca/01", "DER"}); });
}

// ALO-41: when nothing happens for days, a supervisor gets a task, once.
TEST(Flow, ThatStandsStillIsNoticed) {
  Office office;
  const ApplicationId id = office.submitted("tencent-ov").id;
  const auto stuck_tasks = [&] {
    return std::ranges::count(tasks_of(office.store, id), TaskType::stuck, &ReviewTask::type);
  };
  EXPECT_EQ(stuck_tasks(), 0);
  office.now = office.get(id).deadlines.stuck.value();
  for (int times = 0; times < 2; ++times) {
    office.must("server", [&](const Here& here) { return tick(here, id); });
    EXPECT_EQ(stuck_tasks(), 1);
  }
}

// ALI-16 ALI-18 TCD-08
TEST(Flow, OfDvNeedsNobody) {
  Office office;
  const Application after = office.submitted("dv");
  EXPECT_EQ(after.state, ApplicationState::domain_validation);
  EXPECT_EQ(after.deadlines.dcv, office.now + days(7));
  const Application proven = office.must(
      "server", [&](const Here& here) { return dcv_passed(here, {after.id}, {"claim 1"}); });
  EXPECT_EQ(proven.state, ApplicationState::approved);
  EXPECT_EQ(proven.decision->kind, DecisionKind::approve);
  EXPECT_FALSE(proven.decision->by.has_value());
  EXPECT_EQ(proven.deadlines.issue, office.now + hours(24));  // TFR-56
  EXPECT_EQ(issued(office, after.id).state, ApplicationState::issued);
  EXPECT_TRUE(ca::verify_audit_chain(office.store).empty());
}

// ALI-33
TEST(Flow, OfDvMayAskForAPerson) {
  Office office;
  const auto id = office.submitted("dv-manual").id;
  const Application after = office.work(id);
  EXPECT_EQ(after.state, ApplicationState::in_review);
  EXPECT_EQ(queue_page(office.store, {TaskType::approval, "", ""}, std::nullopt, 10)->tasks.size(),
            1U);
}

// V-74 TFR-57
TEST(Flow, OfDvWithAFindingTakesTwoPeople) {
  Office office;
  office.risks.names = {"shop.example.com"};
  const auto id = office.submitted("dv").id;
  const Application seen =
      office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  EXPECT_EQ(seen.state, ApplicationState::in_review);
  EXPECT_EQ(seen.gate(GateName::risk_clear)->reason, "shop.example.com is listed");
  office.work(id);
  const Application first =
      office.must("sue", [&](const Here& here) { return approve(here, {id}, "a shop"); });
  EXPECT_EQ(first.state, ApplicationState::second_approval);
  const Application second =
      office.must("bob", [&](const Here& here) { return countersign(here, {id}, "agreed"); });
  EXPECT_EQ(second.state, ApplicationState::approved);
}

// TCO-02 TCO-12 TCO-13
TEST(Flow, OfTencentOvGoesThroughEveryGate) {
  Office office;
  const Application after = office.submitted("tencent-ov");
  EXPECT_EQ(after.state, ApplicationState::submitted);
  EXPECT_EQ(state_of(after, GateName::letter), GateState::waiting_applicant);
  EXPECT_EQ(state_of(after, GateName::dcv), GateState::blocked);
  EXPECT_EQ(projection_of(after).code, 8U);
  const Application worked = office.work(after.id);
  EXPECT_EQ(worked.state, ApplicationState::in_review);
  EXPECT_TRUE(open_gates(worked).empty());
  const Application done =
      office.must("sue", [&](const Here& here) { return approve(here, {after.id}, ""); });
  EXPECT_EQ(done.state, ApplicationState::approved);
  const auto validations = validations_of(office.store, office.organization);
  ASSERT_EQ(validations.size(), 1U);
  EXPECT_EQ(validations[0].state, OrgValidationState::valid);
  EXPECT_EQ(validations[0].valid_until, office.now + days(398));
  EXPECT_EQ(done.deadlines.approval, validations[0].valid_until);
  EXPECT_EQ(issued(office, after.id).certificates, std::vector<std::string>{"ca/01"});
}

// ALI-02 ALI-35 TWT-13 TGM-17
TEST(Flow, IsNotApprovedBeforeEverythingIsClosed) {
  Office office;
  const auto id = office.submitted("alibaba-ov").id;
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  const auto refused = office.act("sue", [&](const Here& here) { return approve(here, {id}, ""); });
  EXPECT_EQ(code_of(refused), FaultCode::evidence_missing);
}

// ALI-18
TEST(Flow, OfAlibabaVetsWhileDomainsAreProven) {
  Office office;
  const Application after = office.submitted("alibaba-ov");
  EXPECT_EQ(after.state, ApplicationState::in_review);
  EXPECT_TRUE(after.gate(GateName::dcv)->is_open());
  EXPECT_TRUE(after.gate(GateName::org_vetting)->is_open());
}

// ALI-39
TEST(Flow, LeavesOutAnOptionalCall) {
  Office office;
  const auto id = office.submitted("alibaba-ov").id;
  office.pass_steps(id, GateName::org_vetting, "sue");
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  const auto waive = [&](const Here& here) {
    return waive_gate(here, {id}, GateName::phone_call, "mail suffices");
  };
  EXPECT_EQ(code_of(office.act("sue", waive)), FaultCode::forbidden);
  const Application after = office.must("max", waive);
  EXPECT_EQ(state_of(after, GateName::phone_call), GateState::waived);
  for (const GateName never : {GateName::dcv, GateName::org_vetting, GateName::issue_checks}) {
    EXPECT_EQ(
        code_of(office.act(
            "max", [&](const Here& here) { return waive_gate(here, {id}, never, "please"); })),
        FaultCode::forbidden);
  }
}

// ALI-08
TEST(Flow, ComparesTheRegistrantUnderGov) {
  Office office;
  const auto plain = office.submitted("alibaba-ov");
  const auto gov = office.submitted("alibaba-ov", {"www.city.gov"});
  const auto asked = [&](const Application& application) {
    return steps_missing(office.store, application, office.catalog.versions()[5],
                         GateName::org_vetting);
  };
  EXPECT_EQ(std::ranges::count(asked(plain), "registrant_match"), 0);
  EXPECT_EQ(std::ranges::count(asked(gov), "registrant_match"), 1);
}

// TWT-01 TWT-04 TWT-05 TWT-06 TWT-07 TWT-10
TEST(Flow, OfWotrusLooksBeforeDomainsAreProven) {
  Office office;
  const Application after = office.submitted("wotrus-ov");
  EXPECT_EQ(after.state, ApplicationState::pre_review);
  EXPECT_EQ(after.deadlines.pre_review, office.now + hours(72));
  EXPECT_EQ(after.deadlines.dcv, std::nullopt);
  EXPECT_EQ(code_of(office.act(
                "sue", [&](const Here& here) { return pass_pre_review(here, {after.id}); })),
            FaultCode::evidence_missing);
  office.now += hours(20);
  office.pass_steps(after.id, GateName::pre_review, "fred");
  const Application passed =
      office.must("fred", [&](const Here& here) { return pass_pre_review(here, {after.id}); });
  EXPECT_EQ(passed.state, ApplicationState::domain_validation);
  EXPECT_EQ(passed.deadlines.dcv, office.now + days(7));
}

// O-6 E-7 TWT-14
TEST(Flow, CountsCallsToNumbersOfTheRegisterOnly) {
  Office office;
  const auto id = office.submitted("wotrus-ov").id;
  office.pass_steps(id, GateName::pre_review, "sue");
  office.must("sue", [&](const Here& here) { return pass_pre_review(here, {id}); });
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  office.pass_steps(id, GateName::org_vetting, "sue");
  for (const ContactSource source : {ContactSource::applicant, ContactSource::directory}) {
    auto entry = tests::good_call(office.now);
    entry.number_source = source;
    EXPECT_EQ(code_of(office.act("sue",
                                 [&](const Here& here) {
                                   return record_call(here, {id}, office.fresh_call(), entry);
                                 })),
              FaultCode::number_source_not_allowed);
  }
  auto missed = tests::good_call(office.now);
  missed.outcome = CallOutcome::no_answer;
  const auto call = [&](const Here& here) {
    return record_call(here, {id}, office.fresh_call(), missed);
  };
  for (std::uint32_t count = 0; count < kCallsPerDay; ++count) office.must("sue", call);
  EXPECT_EQ(code_of(office.act("sue", call)), FaultCode::rate_limited);
  office.now += days(1);
  EXPECT_TRUE(office.act("sue", call).has_value());
}

// BR-3.2.5: what was said before the application was submitted confirms nothing of it.
TEST(Flow, CountsNoCallFromBeforeItWasSubmitted) {
  Office office;
  const auto id = office.submitted("alibaba-ov").id;
  office.pass_steps(id, GateName::org_vetting, "sue");
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  auto entry = tests::good_call(office.now - std::chrono::seconds(1));
  const auto call = [&](const Here& here) {
    return record_call(here, {id}, office.fresh_call(), entry);
  };
  EXPECT_EQ(code_of(office.act("sue", call)), FaultCode::validation);
  entry.started_at = office.now;
  EXPECT_TRUE(office.act("sue", call).has_value());
}

// EVG-5.2.4: evidence is a paper of the case, and not of somebody else's.
TEST(Flow, RestsOnPapersOfItsOwn) {
  Office office;
  const auto id = office.submitted("alibaba-ov").id;
  const auto other = office.submitted("alibaba-ov").id;
  const DocumentId paper = office.fresh_document();
  office.store.write([&](storage::Transaction& transaction) {
    Document document{.tenant = office.tenant, .subject = other, .filed_by = office.person("ann")};
    document.sha256 = std::string(32, 'x');
    kDocuments.put(transaction, paper.octets(), document);
    return true;
  });
  StepEntry step;
  step.step = "country";
  step.source = "register";
  step.snapshot = paper;
  const auto record = [&](const Here& here) { return record_step(here, {id}, step); };
  EXPECT_EQ(code_of(office.act("sue", record)), FaultCode::validation);
  step.snapshot = office.fresh_document();
  EXPECT_EQ(code_of(office.act("sue", record)), FaultCode::validation);
  const auto reject_it = [&](const Here& here) {
    return reject(here, {id}, {.code = "other", .text = "no", .fields = {}, .documents = {paper}});
  };
  EXPECT_EQ(code_of(office.act("sue", reject_it)), FaultCode::validation);
  office.pass_steps(id, GateName::org_vetting, "sue");
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  auto entry = tests::good_call(office.now);
  entry.attachment = paper;
  const auto call = [&](const Here& here) {
    return record_call(here, {id}, office.fresh_call(), entry);
  };
  EXPECT_EQ(code_of(office.act("sue", call)), FaultCode::validation);
}

// ALI-42: reviewers point at what an application states, and at nothing else.
TEST(Flow, IsRejectedAtPlacesThatItStates) {
  Office office;
  for (const char* product : {"alibaba-ov", "globalsign-ev", "dv"}) {
    const Application application = office.draft(product);
    const Facts facts = facts_of(office.store, application);
    EXPECT_GT(facts.size(), 3U);
    for (const FactAt& fact : facts) {
      for (std::string place = fact.pointer; !place.empty(); place.resize(place.rfind('/'))) {
        EXPECT_TRUE(is_stated_place(application, place)) << place;
      }
    }
    for (const char* nowhere : {"", "/", "/nonsense", "/organization/", "/organization/x", "/mail/",
                                "/identifiers/9", "/identifiers/00", "/contact/name/x"}) {
      EXPECT_FALSE(is_stated_place(application, nowhere)) << nowhere;
    }
  }
}

// III.4.3 row 11: a task that somebody has claimed is nobody else's, mails included.
TEST(Flow, LeavesClaimedMailsToTheirOwner) {
  Office office;
  const auto id = office.submitted("alibaba-ov").id;
  office.pass_steps(id, GateName::org_vetting, "sue");
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  for (const ReviewTask& task : tasks_of(office.store, id)) {
    if (task.type != TaskType::email_confirm) continue;
    ASSERT_TRUE(office.act("sam", [&](const Here& here) { return claim_task(here, task.id); }));
  }
  const auto record = [&](const Here& here) {
    return record_mail_confirmation(here, {id}, tests::good_mail());
  };
  EXPECT_EQ(code_of(office.act("sue", record)), FaultCode::state_conflict);
  EXPECT_TRUE(office.act("sam", record).has_value());
}

// TCO-11 TGM-12
TEST(Flow, ReplacesALetterOnlyWhereTheProductSaysSo) {
  Office office;
  const auto hand_in = [&](const ApplicationId& id) {
    return office.act("ann", [&](const Here& here) {
      return documents_complete(here, {id}, GateName::letter, office.fresh_document());
    });
  };
  const auto tencent = office.submitted("tencent-ov").id;
  ASSERT_TRUE(hand_in(tencent));
  office.must("server", [&](const Here& here) { return dcv_passed(here, {tencent}, {"claim"}); });
  office.pass_steps(tencent, GateName::platform_check, "fred");
  EXPECT_EQ(state_of(office.get(tencent), GateName::platform_check), GateState::passed);
  office.now += hours(1);
  ASSERT_TRUE(hand_in(tencent));
  // The new one has to be looked at.
  EXPECT_EQ(state_of(office.get(tencent), GateName::platform_check), GateState::waiting_ca);
  office.pass_steps(tencent, GateName::platform_check, "fred");
  office.pass_steps(tencent, GateName::org_vetting, "sue");
  EXPECT_EQ(code_of(hand_in(tencent)), FaultCode::reupload_not_allowed);

  const auto gm = office.submitted("gm-ov").id;
  ASSERT_TRUE(hand_in(gm));
  EXPECT_EQ(code_of(hand_in(gm)), FaultCode::reupload_not_allowed);
  office.must("server", [&](const Here& here) { return dcv_passed(here, {gm}, {"claim"}); });
  const auto ask = [&](const Here& here) {
    return request_info(here, {gm}, {"the seal", {}, InfoRequest::Letter::may_be_replaced});
  };
  office.must("sue", ask);
  EXPECT_TRUE(hand_in(gm));
  EXPECT_EQ(code_of(hand_in(gm)), FaultCode::reupload_not_allowed);
  EXPECT_EQ(code_of(office.act("sue", ask)), FaultCode::reupload_not_allowed);
}

// E-12 E-18 TCO-15, EVG 3.2.2.9, .10, .13
TEST(Flow, OfEvTakesFourPeople) {
  Office office;
  const auto id = office.submitted("globalsign-ev").id;
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  EXPECT_TRUE(office.get(id).gate(GateName::agreement_signed)->is_open());
  office.work(id);
  const Application first =
      office.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
  EXPECT_EQ(first.state, ApplicationState::second_approval);
  EXPECT_EQ(projection_of(first).list_word, "needs_approval");
  EXPECT_EQ(
      code_of(office.act("server", [&](const Here& here) { return begin_issuing(here, {id}); })),
      FaultCode::state_conflict);
  const Application second =
      office.must("bob", [&](const Here& here) { return countersign(here, {id}, "compared"); });
  EXPECT_EQ(second.state, ApplicationState::approved);
  const auto validation = validations_of(office.store, office.organization).at(0);
  EXPECT_EQ(validation.approved_by, office.person("sue"));
  EXPECT_EQ(validation.countersigned_by, office.person("bob"));
  EXPECT_EQ(issued(office, id).state, ApplicationState::issued);
}

// TGS-02
TEST(Flow, OfGlobalSignEvAsksForDocumentsByMail) {
  Office office;
  const auto id = office.submitted("globalsign-ev").id;
  const auto page = queue_page(office.store, {TaskType::document_request, "", ""}, {}, 10);
  ASSERT_EQ(page->tasks.size(), 1U);
  EXPECT_EQ(page->tasks[0].application, id);
  EXPECT_EQ(page->tasks[0].due_at, office.now + days(3));
}

TEST(Flow, OfEvComesBackFromTheSecondPerson) {
  Office office;
  const auto id = office.submitted("globalsign-ev").id;
  office.work(id);
  const auto consent = [&](const Here& here) { return approve(here, {id}, ""); };
  office.must("sue", consent);
  const Application back =
      office.must("bob", [&](const Here& here) { return send_back(here, {id}, "which agency?"); });
  EXPECT_EQ(back.state, ApplicationState::in_review);
  office.must("sue", consent);
  const Application after =
      office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
  EXPECT_EQ(after.state, ApplicationState::approved);
}

// TCO-05 TGS-01
TEST(Waiver, OfTheLetterNeedsAReviewedProfile) {
  Office office;
  approved(office, "tencent-ov");
  const Application again = office.submitted("tencent-ov", {"b.example.com"});
  EXPECT_EQ(state_of(again, GateName::letter), GateState::waived);
  EXPECT_EQ(again.gate(GateName::letter)->reason, "reviewed_profile");
  EXPECT_EQ(state_of(again, GateName::dcv), GateState::open);
  // A validation of another level does not count, nor one that is too old.
  EXPECT_EQ(state_of(office.submitted("tencent-ev"), GateName::letter),
            GateState::waiting_applicant);
  office.now += days(398);
  EXPECT_EQ(state_of(office.submitted("tencent-ov"), GateName::letter),
            GateState::waiting_applicant);
}

// TCO-05: what the organization says now has to be what was validated.
TEST(Waiver, OfTheLetterIsOverWhenTheOrganizationChanges) {
  Office office;
  approved(office, "tencent-ov");
  auto record = *kOrganizations.get(office.store, office.organization.octets());
  record.fields.legal_name = "Example Holding Ltd";
  kOrganizations.put(office.store, office.organization.octets(), record);
  EXPECT_EQ(state_of(office.submitted("tencent-ov"), GateName::letter),
            GateState::waiting_applicant);
}

// TGM-19
TEST(Waiver, OfTheReviewNeedsTheSameInformation) {
  Office office;
  const auto first = approved(office, "gm-ov").id;
  issued(office, first);
  const auto again = [&] {
    const auto id = office.submitted("gm-ov", {"b.example.com"}).id;
    office.must("ann", [&](const Here& here) {
      return documents_complete(here, {id}, GateName::letter, office.fresh_document());
    });
    return office.must("server",
                       [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  };
  const Application same = again();
  EXPECT_EQ(state_of(same, GateName::org_vetting), GateState::waived);
  EXPECT_EQ(same.gate(GateName::org_vetting)->reason, "same_information");
  EXPECT_EQ(same.state, ApplicationState::approved);
  const ca::Time then = office.now;
  office.now = then + days(394);  // less than 13 months
  EXPECT_EQ(state_of(again(), GateName::org_vetting), GateState::waived);
  office.now = then + days(400);
  EXPECT_EQ(state_of(again(), GateName::org_vetting), GateState::waiting_ca);
  office.now = then;
  auto contact = *kContacts.get(office.store, office.admin.octets());
  contact.fields.name = "Adam  ADAMS";
  kContacts.put(office.store, office.admin.octets(), contact);
  EXPECT_EQ(state_of(again(), GateName::org_vetting), GateState::waiting_ca);
}

// TGM-16, rule APP-A-7
TEST(Waiver, OfDomainControlTakesClaims) {
  Office office;
  office.claims.proven = {"shop.example.com"};
  const Application after = office.submitted("dv");
  EXPECT_EQ(after.state, ApplicationState::approved);
  EXPECT_EQ(state_of(after, GateName::dcv), GateState::passed);
  EXPECT_EQ(after.gate(GateName::dcv)->reason, "reused");
}

Application of_acme(Office& office, const std::string& product) {
  const auto id = office.fresh_id();
  NewApplication wanted{
      product, ApplicationSource::acme, office.tenant, office.wish({"acme.example.com"}), {}};
  wanted.wish.csr.clear();
  wanted.wish.methods.clear();
  office.must("server", [&](const Here& here) { return create_application(here, id, wanted); });
  return office.must("server", [&](const Here& here) { return submit_application(here, {id}); });
}

// E-13
// Rules APP-A-7, APP-A-14: a valid organization, and for EV an approver's standing word.
TEST(Waiver, OfReviewsLetsOrdersOfAValidOrganizationThrough) {
  Office office;
  approved(office, "tencent-ov");
  office.claims.proven = {"acme.example.com"};
  EXPECT_EQ(of_acme(office, "tencent-ov").state, ApplicationState::approved);
  EXPECT_NE(of_acme(office, "globalsign-ev").state, ApplicationState::approved);

  const auto ev = office.submitted("globalsign-ev").id;
  office.work(ev);
  office.must("sue", [&](const Here& here) { return approve(here, {ev}, ""); });
  office.must("bob", [&](const Here& here) { return countersign(here, {ev}, "good"); });
  EXPECT_EQ(open_gates(of_acme(office, "globalsign-ev")).front(), GateName::applicant_approval);
  StandingApproval standing;
  standing.organization = office.organization;
  standing.approver = office.approver;
  standing.domains = {"example.com"};
  standing.until = office.now + days(90);
  const auto given =
      office.act("vera", [&](const Here& here) { return give_standing_approval(here, standing); });
  ASSERT_TRUE(given.has_value());
  const Application automatic = of_acme(office, "globalsign-ev");
  EXPECT_EQ(automatic.state, ApplicationState::approved);
  EXPECT_EQ(state_of(automatic, GateName::second_approval), GateState::waived);
  office.act("vera", [&](const Here& here) {
    return withdraw_standing_approval(here, office.organization, *given);
  });
  EXPECT_NE(of_acme(office, "globalsign-ev").state, ApplicationState::approved);
}

// Rule APP-A-7
TEST(Adoption, FindsTheApplicationForExactlyTheseNames) {
  Office office;
  const auto any = [](const Application&) { return true; };
  const auto first = office.submitted("tencent-ov").id;
  const AdoptionKey key{office.tenant, office.organization, "tencent-ov",
                        office.get(first).wish.identifiers};
  EXPECT_EQ(adopt(office.store, key, any)->id, first);
  office.work(first);
  office.must("sue", [&](const Here& here) { return approve(here, {first}, ""); });
  ASSERT_TRUE(is_live(office.submitted("tencent-ov").state));  // newer, but not approved
  EXPECT_EQ(adopt(office.store, key, any)->id, first);
  const auto none = [](const Application&) { return false; };
  EXPECT_EQ(adopt(office.store, key, none), std::nullopt);
  auto others = key;
  others.tenant = office.other_tenant;
  EXPECT_EQ(adopt(office.store, others, any), std::nullopt);
  others = key;
  others.names.push_back(*ca::DnsName::parse("z.example.com"));
  EXPECT_EQ(adopt(office.store, others, any), std::nullopt);
}

}  // namespace
}  // namespace policy
