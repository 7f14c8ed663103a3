// An organization is validated before anybody asks for a certificate (III.5 of the specification).
#include "policy/applications/validation_case.h"

#include "policy/applications/advance.h"
#include "policy/organizations/standing_approval.h"
#include "policy/reviews/checklist.h"
#include "tests/unit/policy/validation_case_fixture.h"

namespace policy {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using tests::Office;

std::vector<GateName> names_of(const std::vector<Gate>& gates) {
  std::vector<GateName> names;
  for (const Gate& each : gates) names.push_back(each.name);
  return names;
}

TEST_F(ValidationCases, AreSpelledLikeLevels) {
  for (const ValidationKind& each : kValidationKinds) {
    EXPECT_EQ(each.word, level_word(each.level, each.standard));
  }
}

// TCG-44: the same review as under the product that ACME clients get, less names, key and
// signature.
TEST_F(ValidationCases, AskWhatAnApplicationWouldAboutTheOrganization) {
  const Application application = office.get(begun("ov"));
  EXPECT_EQ(application.product, "tencent-ov") << "the first that ACME may order";
  EXPECT_EQ(application.state, ApplicationState::submitted);
  EXPECT_THAT(
      names_of(application.gates),
      ElementsAre(GateName::info, GateName::letter, GateName::platform_check, GateName::org_vetting,
                  GateName::email_confirm, GateName::phone_call, GateName::second_approval));
  EXPECT_TRUE(is_validation_case(application));
  EXPECT_FALSE(is_validation_case(office.draft("tencent-ov")));
  EXPECT_EQ(application.wish.admin_contact, office.admin);
  EXPECT_THAT(application.wish.identifiers, IsEmpty());
}

// EVG-3.2.2.14.3: the age of each fact is that of an application that found the same out.
TEST_F(ValidationCases, LeaveWhatAnApprovedApplicationLeaves) {
  const ApplicationId id = begun("ov");
  const Application done = approved(id);
  EXPECT_EQ(done.state, ApplicationState::approved);
  EXPECT_THAT(office.heard.events, AllOf(Not(Contains("dcv_opened")), Not(Contains("approved")),
                                         Contains("application.approved")))
      << "nothing is handed to issuing";
  const auto validation = known("ov");
  ASSERT_TRUE(validation);
  EXPECT_EQ(validation->application, id);
  EXPECT_EQ(validation->approved_by, office.person("sue"));
  EXPECT_THAT(validation->approved_domains, IsEmpty());
  EXPECT_TRUE(validation->counts_at(office.now));

  Office other;
  const ApplicationId usual = other.submitted("tencent-ov").id;
  other.work(usual);
  other.must("sue", [&](const Here& here) { return approve(here, {usual}, "good"); });
  const auto left = kOrgValidations.get(
      other.store,
      org_validation_key(other.organization, ValidationLevel::ov, CryptoStandard::international));
  ASSERT_TRUE(left);
  EXPECT_THAT(steps_of(*validation), Not(IsEmpty()));
  EXPECT_EQ(steps_of(*validation), steps_of(*left));
  EXPECT_EQ(validation->valid_until, left->valid_until);
  EXPECT_EQ(validation->organization_facts, left->organization_facts);
  // The settled names are the other's; the people are the same.
  for (const SettledMatter& each : validation->settled) EXPECT_THAT(left->settled, Contains(each));
}

// EVG-3.2.2.13 EVG 3.2.2.9: two people and a signed agreement; what one request needs is not asked.
TEST_F(ValidationCases, ForEvTakeTwoPeopleAndASignature) {
  const ApplicationId id = begun("ev");
  const auto gates = names_of(office.get(id).gates);
  EXPECT_THAT(gates, Not(Contains(GateName::applicant_approval)));
  EXPECT_THAT(gates, Contains(GateName::agreement_signed));
  office.work(id, "both");
  office.must("both", [&](const Here& here) { return approve(here, {id}, "good"); });
  EXPECT_EQ(office.get(id).state, ApplicationState::second_approval);
  EXPECT_FALSE(known("ev"));
  const auto alone =
      office.act("both", [&](const Here& here) { return countersign(here, {id}, "good"); });
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, FaultCode::second_person_required);
  office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
  const auto validation = known("ev");
  ASSERT_TRUE(validation);
  EXPECT_TRUE(validation->is_by_two());
  EXPECT_THAT(validation->verified_contacts,
              AllOf(Contains(office.approver), Contains(office.signer)));
}

// APP-A-7 APP-A-14 EVG-3.2.2.14.3: beside an approver's standing word nothing is left for an order.
TEST_F(ValidationCases, ForEvLeaveNothingForOrdersToWaitFor) {
  const ApplicationId id = begun("ev");
  approved(id);
  office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
  EXPECT_THAT(open_gates(of_acme("tencent-ev", "a.example.com", {})),
              Contains(GateName::applicant_approval))
      << "nobody has said so for its names";
  StandingApproval standing;
  standing.organization = office.organization;
  standing.approver = office.approver;
  standing.domains = {"example.com"};
  standing.until = office.now + std::chrono::days(90);
  ASSERT_TRUE(
      office.act("vera", [&](const Here& here) { return give_standing_approval(here, standing); }));
  office.claims.proven = {"b.example.com"};
  EXPECT_EQ(of_acme("tencent-ev", "b.example.com", {}).state, ApplicationState::approved);
}

// O-7: of a person who is new only that is asked; the rest is taken over from the validation.
TEST_F(ValidationCases, AreWhatLaterReviewsRestOn) {
  const ApplicationId id = begun("ov");
  approved(id);
  Wish people;
  people.admin_contact = office.signer;
  office.claims.proven = {"a.example.com"};
  const Application waiting = of_acme("tencent-ov", "a.example.com", people);
  ASSERT_EQ(waiting.state, ApplicationState::in_review);
  EXPECT_THAT(steps_missing(office.store, waiting,
                            *office.catalog.version(waiting.product, waiting.product_version),
                            GateName::org_vetting),
              AllOf(Contains("requester_allowed"), Not(Contains("legal_existence"))));
  EXPECT_TRUE(waiting.is_involved(office.person("sue"), Part::collected));
}

// TGM-19 TCO-05: as on that of a certificate that was issued.
TEST_F(ValidationCases, AreWhatApplicationsWithoutAnOrderRestOn) {
  approved(begun("gm-ov"));
  const auto vetting = [&](const std::string& name) {
    const ApplicationId id = office.submitted("gm-ov", {name}).id;
    office.must("ann", [&](const Here& here) {
      return documents_complete(here, {id}, GateName::letter, office.fresh_document());
    });
    office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
    return *office.get(id).gate(GateName::org_vetting);
  };
  const Gate same = vetting("b.example.com");
  EXPECT_EQ(same.state, GateState::waived);
  EXPECT_EQ(same.reason, "same_information");
  const ca::Time then = office.now;
  office.now = then + std::chrono::days(394);  // less than 13 months
  EXPECT_EQ(vetting("c.example.com").state, GateState::waived);
  office.now = then + std::chrono::days(400);
  EXPECT_EQ(vetting("d.example.com").state, GateState::waiting_ca);
  office.now = then;
  auto contact = *kContacts.get(office.store, office.admin.octets());
  contact.fields.name = "Adam Adams";
  kContacts.put(office.store, office.admin.octets(), contact);
  EXPECT_EQ(vetting("e.example.com").state, GateState::waiting_ca);
}

TEST_F(ValidationCases, AreReviewedProfilesAndNothingWhileSuspended) {
  approved(begun("ov"));
  EXPECT_EQ(office.submitted("tencent-ov").gate(GateName::letter)->reason, "reviewed_profile");
  EXPECT_EQ(office.submitted("tencent-ev").gate(GateName::letter)->state,
            GateState::waiting_applicant)
      << "another level";
  approved(begun("gm-ov"));
  const ApplicationId id = office.draft("gm-ov").id;
  suspend();
  const auto refused =
      office.act("ann", [&](const Here& here) { return submit_application(here, {id}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::org_validation_expired);
}

// What is known already waives nothing: it is there to be found out anew.
TEST_F(ValidationCases, LookAnewEachTime) {
  const Application issued = approved(office.submitted("gm-ov").id);
  office.must("server", [&](const Here& here) { return begin_issuing(here, {issued.id}); });
  office.must("server", [&](const Here& here) {
    return certificate_issued(here, {issued.id}, {"00/01", "DER"});
  });
  office.now += std::chrono::days(300);
  const ApplicationId again = begun("gm-ov");
  office.must("ann", [&](const Here& here) {
    return documents_complete(here, {again}, GateName::letter, office.fresh_document());
  });
  EXPECT_EQ(office.get(again).gate(GateName::org_vetting)->state, GateState::waiting_ca);
  EXPECT_THAT(policy::steps_of(office.store, again, 1), IsEmpty()) << "nothing is taken over";
  const ca::Time before = known("gm-ov")->valid_until;
  office.pass_steps(again, GateName::org_vetting, "sue");
  office.must("sue", [&](const Here& here) { return approve(here, {again}, "good"); });
  EXPECT_EQ(known("gm-ov")->valid_until, before + std::chrono::days(300));
}

TEST_F(ValidationCases, AreRefusedWithTheReason) {
  EXPECT_EQ(begin("ov", "otto").error().code, FaultCode::not_found);
  EXPECT_EQ(begin("ov", "ann").error().code, FaultCode::forbidden);
  EXPECT_EQ(begin("ov", "sue").error().code, FaultCode::forbidden);
  const auto unknown = begin("gm-ev");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, FaultCode::entitlement_required);
  EXPECT_THAT(unknown.error().errors, ElementsAre(Field(&FaultAt::pointer, "/level")));
  Wish people;
  people.signer = office.approver;  // stated as an approver alone
  const auto wrong = begin("ev", "adam", people);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().errors, ElementsAre(Field(&FaultAt::pointer, "/signerId")));
  ApplicationFilter all;
  EXPECT_THAT(application_page(office.store, all, std::nullopt, 10)->applications, IsEmpty());
}

TEST_F(ValidationCases, AreForNoNamesNoKeyAndNoOtherOrganization) {
  const ApplicationId id = begun("ov");
  office.must("adam", [&](const Here& here) { return cancel_application(here, {id}); });
  const auto pointers = [&](const Wish& wish) {
    const auto edited =
        office.act("adam", [&](const Here& here) { return edit_application(here, {id}, wish); });
    std::vector<std::string> found;
    if (edited) return found;
    for (const FaultAt& each : edited.error().errors) found.push_back(each.pointer);
    return found;
  };
  Wish wish = office.wish({"shop.example.com"});
  const auto named =
      office.act("adam", [&](const Here& here) { return edit_application(here, {id}, wish); });
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code, FaultCode::names_locked);
  wish.identifiers.clear();
  EXPECT_THAT(pointers(wish), ElementsAre("/csr", "/methods"));
  wish.csr.clear();
  wish.methods.clear();
  EXPECT_THAT(pointers(wish), IsEmpty());
  wish.organization.reset();
  EXPECT_THAT(pointers(wish), ElementsAre("/organizationId"));
}

}  // namespace
}  // namespace policy
