// What the Baseline Requirements and the EV Guidelines want to be known of an applicant: each is a
// step that nobody gets past, says where it was found, and ages.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "policy/organizations/org_validation.h"
#include "policy/reviews/checklist.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using tests::Office;

constexpr auto kNeeded = ChecklistStep::Source::needed;
constexpr auto kOpen = ChecklistStep::Source::open;

struct Row {
  std::string_view rule;  // what is asked for, by the id of the rule
  std::string_view product;
  std::string_view step;
  ChecklistStep::Source source;
  ChecklistStep::Ages ages;
};

const Row kRows[] = {
    {"O-1 existence", "alibaba-ov", "legal_existence", kNeeded, ChecklistStep::Ages::yes},
    {"O-1 address", "alibaba-ov", "address", kNeeded, ChecklistStep::Ages::yes},
    {"O-2 other name", "alibaba-ov", "assumed_name", kNeeded, ChecklistStep::Ages::yes},
    {"O-3 country", "alibaba-ov", "country", kNeeded, ChecklistStep::Ages::yes},
    {"O-5 alteration", "tencent-ov", "seal_and_name", kOpen, ChecklistStep::Ages::no},
    {"O-6 communication", "alibaba-ov", "communication", kNeeded, ChecklistStep::Ages::yes},
    {"O-7 who may ask", "alibaba-ov", "requester_allowed", kOpen, ChecklistStep::Ages::no},
    {"E-2 existence", "globalsign-ev", "legal_existence", kNeeded, ChecklistStep::Ages::yes},
    {"E-4 principal", "globalsign-ev", "principal_individual", kNeeded, ChecklistStep::Ages::yes},
    {"E-5 assumed name", "globalsign-ev", "assumed_name", kNeeded, ChecklistStep::Ages::yes},
    {"E-6 place", "globalsign-ev", "physical_existence", kNeeded, ChecklistStep::Ages::yes},
    {"E-7 communication", "globalsign-ev", "communication", kNeeded, ChecklistStep::Ages::yes},
    {"E-8 operation", "globalsign-ev", "operational_existence", kNeeded, ChecklistStep::Ages::yes},
    {"E-9 look-alikes", "globalsign-ev", "look_alikes", kOpen, ChecklistStep::Ages::no},
    {"E-11 approver", "globalsign-ev", "approver_authority", kNeeded, ChecklistStep::Ages::yes},
    {"E-11 signer", "globalsign-ev", "signer_authority", kNeeded, ChecklistStep::Ages::yes},
    {"E-16 denied lists", "globalsign-ev", "denied_lists", kNeeded, ChecklistStep::Ages::no},
};

/// One case whose organization is in every way that a step is asked for under.
struct Vetting {
  explicit Vetting(std::string_view product) {
    auto record = *kOrganizations.get(office.store, office.organization.octets());
    record.fields.assumed_name = "Example Shop";
    record.fields.type = OrganizationType::business_entity;
    kOrganizations.put(office.store, office.organization.octets(), record);
    id = office.submitted(std::string(product)).id;
    while (!office.get(id).gate(GateName::org_vetting)->is_open()) close_one_before();
  }
  void close_one_before() {
    const Application application = office.get(id);
    for (const Gate& gate : application.gates) {
      if (!gate.is_open()) continue;
      if (gate.name == GateName::letter) {
        office.must("ann", [&](const Here& here) {
          return documents_complete(here, {id}, gate.name, office.fresh_document());
        });
      } else if (gate.name == GateName::dcv) {
        office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
      } else if (gate.name == GateName::platform_check) {
        office.pass_steps(id, gate.name, "fred");
      } else if (gate.name == GateName::applicant_approval) {
        office.must("vera", [&](const Here& here) { return approve_as_approver(here, {id}); });
      } else {
        continue;
      }
      return;
    }
    throw std::logic_error("nothing left to close");
  }
  auto record(std::string_view step, const std::function<void(StepEntry&)>& change) {
    StepEntry entry{.step = std::string(step), .source = "register"};
    change(entry);
    return office.act("sue", [&](const Here& here) { return record_step(here, {id}, entry); });
  }
  std::vector<std::string_view> missing() {
    const Application application = office.get(id);
    return steps_missing(office.store, application,
                         *office.catalog.version(application.product, application.product_version),
                         GateName::org_vetting);
  }

  Office office;
  ApplicationId id = ApplicationId::from_octets({});
};

GateState state_at_end(const Vetting& vetting) {
  return vetting.office.get(vetting.id).gate(GateName::org_vetting)->state;
}

// O-1 O-2 O-3 O-5 O-6 O-7 E-2 E-4 E-5 E-6 E-7 E-8 E-9 E-11 E-16
TEST(VettingRules, AreStepsThatNobodyGetsPast) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.rule);
    Vetting vetting(row.product);
    for (const std::string_view step : vetting.missing()) {
      if (step == row.step) continue;
      ASSERT_TRUE(vetting.record(step, [](StepEntry&) {}).has_value()) << step;
    }
    ASSERT_EQ(vetting.missing(), std::vector{row.step});
    EXPECT_TRUE(vetting.office.get(vetting.id).gate(GateName::org_vetting)->is_open());
    const auto approval = vetting.office.act(
        "sue", [&](const Here& here) { return approve(here, {vetting.id}, ""); });
    EXPECT_FALSE(approval.has_value());
    // What was found to be wrong passes nothing either.
    ASSERT_TRUE(vetting.record(row.step, [](StepEntry& entry) {
      entry.outcome = StepOutcome::failed;
      entry.note = "not so";
    }));
    EXPECT_EQ(vetting.missing(), std::vector{row.step});
    ASSERT_TRUE(vetting.record(row.step, [](StepEntry&) {}));
    EXPECT_EQ(state_at_end(vetting), GateState::passed);
  }
}

// O-1 O-6 E-2 E-11: what is to come from a source names it.
TEST(VettingRules, AreSaidWithTheirSources) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.rule);
    Vetting vetting(row.product);
    const auto recorded = vetting.record(row.step, [](StepEntry& entry) { entry.source.clear(); });
    EXPECT_EQ(recorded.has_value(), row.source == kOpen);
    if (!recorded) EXPECT_EQ(recorded.error().code, FaultCode::evidence_missing);
  }
}

// O-10 E-21: 398 days, to the second, and an approval counts no longer than its oldest fact.
TEST(VettingRules, AgeByTheOldestFact) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.rule);
    Vetting vetting(row.product);
    const auto at_age = [&](std::chrono::seconds age) {
      return vetting.record(
          row.step, [&](StepEntry& entry) { entry.collected_at = vetting.office.now - age; });
    };
    EXPECT_FALSE(at_age(days(398)).has_value());
    EXPECT_FALSE(at_age(seconds(-1)).has_value()) << "collected tomorrow";
    EXPECT_TRUE(at_age(days(398) - seconds(1)).has_value());
    const auto oldest = oldest_fact(vetting.office.store, vetting.office.get(vetting.id));
    const ca::Time collected = vetting.office.now - days(398) + seconds(1);
    EXPECT_EQ(oldest == collected, row.ages == ChecklistStep::Ages::yes);
  }
}

// O-9: who is certified as a person shows an identity document, has an address, and is asked back.
TEST(VettingRules, ForAPersonAreThree) {
  for (const std::string_view step : {"person_identity", "address", "communication"}) {
    const ChecklistStep* const found = checklist_step(ValidationLevel::iv, step);
    ASSERT_NE(found, nullptr) << step;
    EXPECT_EQ(found->source, kNeeded);
    EXPECT_EQ(found->when, StepWhen::always);
    EXPECT_EQ(found->ages, ChecklistStep::Ages::yes);
  }
}

}  // namespace
}  // namespace policy
