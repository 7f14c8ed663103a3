// What is known of an organization says nothing of other people or other names.
#include "policy/reviews/matters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "policy/applications/advance.h"
#include "policy/applications/verify.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/standing_approval.h"
#include "policy/reviews/checklist.h"
#include "tests/support/office.h"
#include "tests/support/test_agencies.h"

namespace policy {
namespace {

using std::chrono::days;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using tests::Office;

/// EV and OV whose reviews count again for the same information, and which know of registrants.
std::vector<Product> reusing() {
  std::vector<Product> products = tests::office_products();
  for (Product& product : products) {
    if (!names_organization(product.level) || product.standard == CryptoStandard::gm) continue;
    product.review_reuse.key = {ReviewField::organization, ReviewField::admin, ReviewField::contact,
                                ReviewField::product_type};
    product.review_reuse.period = {.months = 13, .days = 0};
    product.registrant_match_suffixes = {"gov", "gov.*"};
  }
  return products;
}

class Matters : public testing::Test {
 protected:
  Office office{reusing()};

  void prove(const std::vector<std::string>& names) {
    office.claims.proven.insert(names.begin(), names.end());
  }
  ApplicationId submitted(const std::string& product,
                          const std::vector<std::string>& names,
                          const std::function<void(Wish&)>& edit = {}) {
    prove(names);
    const auto id = office.fresh_id();
    NewApplication wanted{
        product, ApplicationSource::api, office.tenant, office.wish(names, product), {}};
    if (edit) edit(wanted.wish);
    office.must("ann", [&](const Here& here) { return create_application(here, id, wanted); });
    office.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
    return id;
  }
  /// Through every hand to a certificate.
  ApplicationId issued(const ApplicationId& id, const std::string& specialist = "sue") {
    office.work(id, specialist);
    if (office.get(id).state == ApplicationState::in_review) {
      office.must(specialist, [&](const Here& here) { return approve(here, {id}, "good"); });
    }
    if (office.get(id).state == ApplicationState::second_approval) {
      office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
    }
    office.must("server", [&](const Here& here) { return begin_issuing(here, {id}); });
    office.must("server", [&](const Here& here) {
      return certificate_issued(here, {id}, {"ca/0" + std::to_string(++certificates_), "DER"});
    });
    return id;
  }
  ContactId contact_like(const ContactId& old, const std::string& name, const std::string& person) {
    const auto id = ContactId::from_octets(office.fresh_id().octets());
    Contact contact = kContacts.get(office.store, old.octets()).value();
    contact.fields.name = name;
    contact.fields.person = office.person(person);
    kContacts.put(office.store, id.octets(), contact);
    return id;
  }
  [[nodiscard]] std::vector<std::string> missing(const ApplicationId& id) const {
    const Application application = office.get(id);
    const Product& product =
        *office.catalog.version(application.product, application.product_version);
    const auto steps = steps_missing(office.store, application, product, GateName::org_vetting);
    return {steps.begin(), steps.end()};
  }
  [[nodiscard]] GateState vetting(const ApplicationId& id) const {
    return office.get(id).gate(GateName::org_vetting)->state;
  }
  /// An order's application, as its client's account brings it.
  Application of_acme(const std::string& product, const std::string& name) {
    prove({name});
    const auto id = office.fresh_id();
    NewApplication wanted{
        product, ApplicationSource::acme, office.tenant, office.wish({name}, product), {}};
    wanted.wish.csr.clear();
    wanted.wish.methods.clear();
    office.must("server", [&](const Here& here) { return create_application(here, id, wanted); });
    return office.must("server", [&](const Here& here) { return submit_application(here, {id}); });
  }

  void TearDown() override { EXPECT_THAT(verify_applications(office.store), IsEmpty()); }

 private:
  int certificates_ = 0;
};

// EVG-3.2.2.8: whoever nobody has looked at is looked at; the organization is not looked at again.
TEST_F(Matters, OtherPeopleAreLookedAtForEv) {
  const ApplicationId first = issued(submitted("globalsign-ev", {"a.example.com"}));
  office.now += days(1);
  const ApplicationId same = submitted("globalsign-ev", {"b.example.com"});
  EXPECT_EQ(vetting(same), GateState::waived);
  const ApplicationId other = submitted("globalsign-ev", {"c.example.com"}, [&](Wish& wish) {
    wish.approver = contact_like(office.approver, "Mallory", "vera");
    wish.signer = contact_like(office.signer, "Mike", "sid");
  });
  EXPECT_EQ(vetting(other), GateState::waiting_ca);
  EXPECT_THAT(missing(other),
              ElementsAre("approver_authority", "signer_authority", "denied_lists"));
  const StepResult found =
      kStepResults.get(office.store, step_key(other, 1, "legal_existence")).value();
  EXPECT_EQ(found.note, "taken over from " + first.text());
  EXPECT_EQ(found.by, office.person("sue"));
  // Once they were looked at, they are known too.
  issued(other);
  const ApplicationId again = submitted("globalsign-ev", {"d.example.com"}, [&](Wish& wish) {
    wish.approver = office.get(other).wish.approver;
    wish.signer = office.get(other).wish.signer;
  });
  EXPECT_EQ(vetting(again), GateState::waived);
}

// E-3 EVG-3.2.2.1.3: what was found at an agency that is not disclosed any more is found again,
// where somebody looks at the case at all; nobody could approve what was taken over.
TEST_F(Matters, AFindingOfAnAgencyThatIsNotDisclosedIsNotTakenOver) {
  issued(submitted("globalsign-ev", {"a.example.com"}));
  office.now += days(1);
  AgencyList list = tests::test_agencies();
  list.version = 2;
  list.agencies[0].id = list.agencies[0].name = "another";
  tests::put_agencies(office.store, list, office.now);
  const ApplicationId other = submitted("globalsign-ev", {"c.example.com"}, [&](Wish& wish) {
    wish.approver = contact_like(office.approver, "Mallory", "vera");
  });
  EXPECT_THAT(missing(other), Contains("legal_existence"));
  EXPECT_THAT(missing(other), Not(Contains("operational_existence")));
}

// Nor is a contact who they were, once somebody else signs in as it.
TEST_F(Matters, TheSameWordsForAnotherPersonAreAnotherPerson) {
  issued(submitted("globalsign-ev", {"a.example.com"}));
  auto contact = kContacts.get(office.store, office.approver.octets()).value();
  contact.fields.person = office.person("adam");
  kContacts.put(office.store, office.approver.octets(), contact);
  EXPECT_THAT(missing(submitted("globalsign-ev", {"b.example.com"})),
              ElementsAre("approver_authority", "denied_lists"));
}

// ALI-08: what the registry says of one domain says nothing of another.
TEST_F(Matters, ADomainWhoseRegistrantHasToMatchIsLookedAt) {
  issued(submitted("alibaba-ov", {"first.example.com"}));
  const ApplicationId ministry = submitted("alibaba-ov", {"www.ministry.gov"});
  EXPECT_EQ(vetting(ministry), GateState::waiting_ca);
  EXPECT_THAT(missing(ministry), ElementsAre("registrant_match"));
  issued(ministry);
  EXPECT_EQ(vetting(submitted("alibaba-ov", {"mail.ministry.gov"})), GateState::waived);
  EXPECT_THAT(missing(submitted("alibaba-ov", {"www.other.gov"})), Contains("registrant_match"));
}

// EVG-3.2.2.7, BR-4.2.1: people look at spellings; what they saw once they need not see again.
TEST_F(Matters, NamesInOtherCharactersAreLookedAtOnce) {
  issued(submitted("globalsign-ev", {"a.example.com"}));
  const ApplicationId spelled = submitted("globalsign-ev", {"xn--ggle-55da.com"});
  EXPECT_THAT(missing(spelled), ElementsAre("look_alikes", "denied_lists"));
  issued(spelled);
  EXPECT_EQ(vetting(submitted("globalsign-ev", {"xn--ggle-55da.com"})), GateState::waived);
  EXPECT_THAT(missing(submitted("globalsign-ev", {"www.xn--ggle-55da.com"})),
              Contains("look_alikes"));
  issued(submitted("alibaba-ov", {"b.example.com"}));
  EXPECT_THAT(missing(submitted("alibaba-ov", {"xn--ggle-55da.com"})), ElementsAre("denied_lists"));
}

// BR-4.2.1: both the organization and whoever speaks for it were found out some day.
TEST_F(Matters, CountAsLongAsWhatIsFoundOut) {
  issued(submitted("alibaba-ov", {"www.ministry.gov"}));
  OrgValidation validation =
      kOrgValidations
          .get(office.store, org_validation_key(office.organization, ValidationLevel::ov,
                                                CryptoStandard::international))
          .value();
  const Matter matter{"registrant_match", "name ministry.gov"};
  EXPECT_TRUE(is_settled(validation.settled, matter, office.now + days(397)));
  EXPECT_FALSE(is_settled(validation.settled, matter, office.now + days(398)));
  // A later approval of the same organization keeps it, and does not make it younger.
  office.now += days(100);
  const ApplicationId later = submitted("alibaba-ov", {"xn--ggle-55da.com"});
  issued(later);
  validation = kOrgValidations
                   .get(office.store, org_validation_key(office.organization, ValidationLevel::ov,
                                                         CryptoStandard::international))
                   .value();
  EXPECT_EQ(validation.application, later);
  EXPECT_TRUE(is_settled(validation.settled, matter, office.now));
  EXPECT_FALSE(is_settled(validation.settled, matter, office.now + days(298)));
  EXPECT_EQ(validation.valid_until, office.now + days(298));
}

// What was taken over does not begin the time of TGM-19 anew.
TEST_F(Matters, FindingsThatWereTakenOverKeepTheirAge) {
  issued(submitted("alibaba-ov", {"a.example.com"}));
  office.now += days(300);
  issued(submitted("alibaba-ov", {"www.ministry.gov"}));
  EXPECT_EQ(vetting(submitted("alibaba-ov", {"b.example.com"})), GateState::waived);
  office.now += days(98);
  EXPECT_EQ(vetting(submitted("alibaba-ov", {"b.example.com"})), GateState::waiting_ca);
  EXPECT_GT(missing(submitted("alibaba-ov", {"b.example.com"})).size(), 3U);
}

// EVG-3.2.2.13: whose findings a case rests on, collected evidence in it.
TEST_F(Matters, WhoeverFoundItOutDoesNotCountersign) {
  issued(submitted("globalsign-ev", {"a.example.com"}), "both");
  const ApplicationId id = submitted("globalsign-ev", {"xn--ggle-55da.com"});
  office.work(id, "sam");
  office.must("sam", [&](const Here& here) { return approve(here, {id}, "good"); });
  const auto refused =
      office.act("both", [&](const Here& here) { return countersign(here, {id}, "good"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::second_person_required);
  office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
}

// APP-A-7, ALI-08: over ACME too. The other gates stay closed, as far as they are about the same.
TEST_F(Matters, OrdersForNamesToBeLookedAtGoToPeople) {
  issued(submitted("alibaba-ov", {"a.example.com"}));
  EXPECT_EQ(of_acme("alibaba-ov", "b.example.com").state, ApplicationState::approved);
  const Application held = of_acme("alibaba-ov", "www.ministry.gov");
  EXPECT_EQ(held.state, ApplicationState::in_review);
  EXPECT_THAT(missing(held.id), ElementsAre("registrant_match"));
  office.pass_steps(held.id, GateName::org_vetting, "sue");
  EXPECT_EQ(office.get(held.id).gate(GateName::email_confirm)->state, GateState::waived);
  EXPECT_THAT(open_gates(office.get(held.id)), IsEmpty());
  EXPECT_EQ(office.get(held.id).state, ApplicationState::in_review) << "a person approves it";
}

// EVG-3.2.2.13 I5: what two people have seen elsewhere meanwhile, one of them looks at here alone.
TEST_F(Matters, WhatIsLookedAtHereTakesASecondPersonWhateverIsSettledMeanwhile) {
  issued(submitted("globalsign-ev", {"a.example.com"}));
  const auto first = submitted("globalsign-ev", {"xn--ggle-55da.example.com"});
  const auto second = submitted("globalsign-ev", {"xn--ggle-55da.example.com", "b.example.com"});
  EXPECT_NE(vetting(second), GateState::waived);
  issued(first);
  office.work(second, "sue");
  EXPECT_EQ(vetting(second), GateState::passed);
  EXPECT_NE(office.get(second).gate(GateName::second_approval)->state, GateState::waived);
  issued(second);
  EXPECT_EQ(office.get(second).state, ApplicationState::issued);
}

// APP-A-14, EVG-3.2.2.8: a standing word is that of somebody who was looked at.
TEST_F(Matters, AStandingApprovalIsThatOfAnApproverWhoWasLookedAt) {
  issued(submitted("globalsign-ev", {"a.example.com"}));
  const auto give = [&](const ContactId& approver) {
    StandingApproval standing;
    standing.organization = office.organization;
    standing.approver = approver;
    standing.domains = {"example.com"};
    standing.until = office.now + days(90);
    return office.act("vera",
                      [&](const Here& here) { return give_standing_approval(here, standing); });
  };
  ASSERT_TRUE(give(contact_like(office.approver, "Mallory", "vera")));
  EXPECT_NE(of_acme("globalsign-ev", "b.example.com").state, ApplicationState::approved);
  ASSERT_TRUE(give(office.approver));
  EXPECT_EQ(of_acme("globalsign-ev", "c.example.com").state, ApplicationState::approved);
  // A look that is new takes a second person.
  const Application spelled = of_acme("globalsign-ev", "xn--ggle-55da.example.com");
  EXPECT_EQ(spelled.gate(GateName::second_approval)->state, GateState::blocked);
  EXPECT_THAT(open_gates(spelled), Not(Contains(GateName::applicant_approval)));
}

// Every matter is one that a step of the same checklist asks about.
TEST_F(Matters, BelongToStepsOfTheChecklist) {
  const Facts facts{{"/adminContact/name", "a"},
                    {"/approver/name", "b"},
                    {"/contact/name", "c"},
                    {"/signer/name", "d"}};
  const std::vector<ca::Identifier> names{*ca::DnsName::parse("www.ministry.gov"),
                                          *ca::DnsName::parse("*.xn--ggle-55da.com")};
  for (const char* name : {"dv", "alibaba-ov", "globalsign-ev"}) {
    const Product& product = *office.catalog.in_force(name, office.now);
    const auto matters = matters_of(product, names, facts);
    for (const Matter& each : matters) {
      EXPECT_NE(checklist_step(product.level, each.step), nullptr) << each.step;
    }
    for (const ChecklistStep* const step : checklist(product.level)) {
      const bool asked = std::ranges::find(matters, step->name, &Matter::step) != matters.end();
      EXPECT_EQ(asked, step->about != ChecklistStep::About::organization) << step->name;
    }
  }
}

}  // namespace
}  // namespace policy
