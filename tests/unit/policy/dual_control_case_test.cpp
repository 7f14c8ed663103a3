// T-J4: people without the role, and ways around the case itself.
#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/policy/dual_control_scenarios.h"

namespace policy {
namespace {

using std::chrono::days;

std::vector<Scenario> without_the_role() {
  const auto approved_by = [](const char* name) {
    return [name](Office& o) {
      const auto id = reviewed(o);
      return [&o, id, name] { return approves(o, name, id); };
    };
  };
  const auto countersigned_by = [](const char* name) {
    return [name](Office& o) {
      const auto id = approved_once(o);
      return [&o, id, name] { return countersigns(o, name, id); };
    };
  };
  return {
      {"front desk approves", Code::forbidden, approved_by("fred")},
      {"supervisor approves", Code::forbidden, approved_by("max")},
      {"auditor approves", Code::forbidden, approved_by("audrey")},
      {"second approver approves", Code::forbidden, approved_by("bob")},
      {"applicant approves", Code::forbidden, approved_by("ann")},
      {"administrator of the tenant approves", Code::forbidden, approved_by("adam")},
      {"server approves", Code::forbidden, approved_by("server")},
      {"specialist countersigns", Code::forbidden, countersigned_by("sam")},
      {"server countersigns", Code::forbidden, countersigned_by("server")},
      {"applicant with a role nobody gave", Code::forbidden,
       [](Office& o) {
         const auto id = approved_once(o);
         auto actor = o.as("ann");
         actor.roles.push_back(Role::second_approver);
         return [&o, id, actor] { return countersigns(o, actor, id); };
       }},
      {"applicant who hides the tenant", Code::forbidden,
       [](Office& o) {
         const auto id = approved_once(o);
         const Actor actor{o.person("ann"), std::nullopt, {Role::second_approver}, "token"};
         return [&o, id, actor] { return countersigns(o, actor, id); };
       }},
      {"specialist of a tenant", Code::forbidden,
       [](Office& o) {
         const auto id = reviewed(o);
         auto actor = o.as("sue");
         actor.tenant = o.tenant;
         return [&o, id, actor] { return approves(o, actor, id); };
       }},
      {"role taken away between the approvals", Code::forbidden,
       [](Office& o) {
         const auto id = approved_once(o);
         change_person(o, "bob", [](PersonRecord& r) { r.roles = {Role::support}; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"second person disabled", Code::forbidden,
       [](Office& o) {
         const auto id = approved_once(o);
         change_person(o, "bob", [&](PersonRecord& r) { r.disabled_at = o.now; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"first approver lost the role", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         change_person(o, "sue", [](PersonRecord& r) { r.roles = {Role::support}; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"first approver disabled", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         change_person(o, "sue", [&](PersonRecord& r) { r.disabled_at = o.now; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"somebody else's contact approves", Code::forbidden,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         auto sid = o.as("sid");
         sid.roles = {Role::certificate_approver};
         return [&o, id, sid] {
           return outcome(
               o.act(sid, [&](const Here& here) { return approve_as_approver(here, {id}); }));
         };
       }},
      {"another tenant's approver", Code::not_found,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         auto otto = o.as("otto");
         otto.roles = {Role::certificate_approver};
         return [&o, id, otto] {
           return outcome(
               o.act(otto, [&](const Here& here) { return approve_as_approver(here, {id}); }));
         };
       }},
      {"a person proves domain control", Code::forbidden,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         return [&o, id] {
           return outcome(
               o.act("sue", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); }));
         };
       }},
      {"a specialist issues", Code::forbidden,
       [](Office& o) {
         const auto id = approved_twice(o);
         return [&o, id] { return begins(o, "sue", id); };
       }},
      {"supervisor leaves the second person out", Code::forbidden,
       [](Office& o) {
         const auto id = reviewed(o);
         return [&o, id] {
           return outcome(o.act("max", [&](const Here& here) {
             return waive_gate(here, {id}, GateName::second_approval, "late");
           }));
         };
       }},
      {"a task goes to whom it may not", Code::validation,
       [](Office& o) {
         const auto id = approved_once(o);
         const auto page = queue_page(o.store, {TaskType::second_approval, "", ""}, {}, 1);
         const TaskId task = page->tasks.at(0).id;
         return [&o, task] {
           return outcome(o.act(
               "max", [&](const Here& here) { return assign_task(here, task, o.person("sue")); }));
         };
       }},
  };
}

std::vector<Scenario> around_the_case() {
  return {
      {"approval before everything is closed", Code::evidence_missing,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         return [&o, id] { return approves(o, "sue", id); };
       }},
      {"approval in a second tab", Code::state_conflict,
       [](Office& o) {
         const auto id = approved_once(o);
         return [&o, id] { return approves(o, "sam", id); };
       }},
      {"countersignature without an approval", Code::state_conflict,
       [](Office& o) {
         const auto id = reviewed(o);
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"countersignature of what somebody read before", Code::version_conflict,
       [](Office& o) {
         const auto id = approved_once(o);
         return [&o, id] {
           return outcome(o.act("bob", [&](const Here& here) {
             return countersign(here, {id, o.get(id).version - 1}, "good");
           }));
         };
       }},
      {"a step changed after the approval", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         auto steps = steps_of(o.store, id, 1);
         steps.front().note = "other";
         kStepResults.put(o.store, step_key(id, 1, steps.front().step), steps.front());
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"a call changed after the approval", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         CallRecord call;
         call.by = o.person("sue");
         kCalls.put(o.store, id.octets() + o.fresh_call().octets(), call);
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"the request changed after the approval", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         force(o, id, [&](Application& a) { a.wish.csr = o.wish({"evil.example.com"}).csr; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"the names changed after the approval", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         force(o, id, [&](Application& a) {
           a.wish.identifiers = o.wish({"evil.example.com"}).identifiers;
         });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"the organization changed after the approval", Code::state_conflict,
       [](Office& o) {
         const auto id = approved_once(o);
         auto record = *kOrganizations.get(o.store, o.organization.octets());
         record.fields.legal_name = "Evil Ltd";
         kOrganizations.put(o.store, o.organization.octets(), record);
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"the organization changed before issuing", Code::state_conflict,
       [](Office& o) {
         const auto id = approved_twice(o);
         auto record = *kOrganizations.get(o.store, o.organization.octets());
         record.fields.legal_name = "Evil Ltd";
         kOrganizations.put(o.store, o.organization.octets(), record);
         return [&o, id] { return begins(o, "server", id); };
       }},
      {"a step recorded after the approval", Code::state_conflict,
       [](Office& o) {
         const auto id = approved_once(o);
         return [&o, id] { return records(o, "sue", id); };
       }},
      {"a letter after the approval", Code::state_conflict,
       [](Office& o) {
         const auto id = o.submitted("tencent-ev").id;
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] {
           return outcome(o.act("ann", [&](const Here& here) {
             return documents_complete(here, {id}, GateName::letter, o.fresh_document());
           }));
         };
       }},
      {"an approval put under another application", Code::evidence_missing,
       [](Office& o) {
         const auto good = approved_once(o);
         const auto id = o.submitted("globalsign-ev", {"evil.example.com"}).id;
         for (std::uint32_t n = 1; n <= o.get(good).decisions; ++n) {
           kDecisions.put(o.store, decision_key(id, n),
                          *kDecisions.get(o.store, decision_key(good, n)));
         }
         force(o, id, [](Application& a) { a.state = ApplicationState::second_approval; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"approval of one, issuing of another", Code::state_conflict,
       [](Office& o) {
         static_cast<void>(approved_twice(o));
         const auto id = o.submitted("globalsign-ev", {"evil.example.com"}).id;
         return [&o, id] { return begins(o, "server", id); };
       }},
      {"a state that somebody forced", Code::evidence_missing,
       [](Office& o) {
         const auto id = reviewed(o);
         force(o, id, [](Application& a) { a.state = ApplicationState::approved; });
         return [&o, id] { return begins(o, "server", id); };
       }},
      {"a state that somebody forced past the second person", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o);
         force(o, id, [](Application& a) { a.state = ApplicationState::approved; });
         return [&o, id] { return begins(o, "server", id); };
       }},
      {"approval after the end", Code::state_conflict,
       [](Office& o) {
         const auto id = reviewed(o);
         o.must("sue", [&](const Here& here) { return request_info(here, {id}, {"why?", {}}); });
         o.now += days(31);
         o.must("server", [&](const Here& here) { return tick(here, id); });
         EXPECT_EQ(o.get(id).state, ApplicationState::expired);
         return [&o, id] { return approves(o, "sue", id); };
       }},
      {"an approval of last year, brought back", Code::org_validation_expired,
       [](Office& o) {
         const auto id = approved_twice(o);
         o.now += days(398);
         return [&o, id] { return begins(o, "server", id); };
       }},
      {"an organization that was suspended since", Code::org_validation_expired,
       [](Office& o) {
         const auto id = approved_twice(o);
         auto validation = validations_of(o.store, o.organization).at(0);
         validation.state = OrgValidationState::suspended;
         kOrgValidations.put(
             o.store, org_validation_key(o.organization, validation.level, validation.standard),
             validation);
         return [&o, id] { return begins(o, "server", id); };
       }},
      {"the approval of an earlier revision", Code::evidence_missing,
       [](Office& o) {
         const auto id = approved_once(o);
         o.must("ann", [&](const Here& here) { return cancel_application(here, {id}); });
         o.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
         force(o, id, [](Application& a) { a.state = ApplicationState::second_approval; });
         return [&o, id] { return countersigns(o, "bob", id); };
       }},
      {"a task that somebody else works on", Code::state_conflict,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         claim_for(o, id, TaskType::org_vetting, "sue");
         return [&o, id] { return records(o, "sam", id); };
       }},
      {"a decision that somebody else has claimed", Code::state_conflict,
       [](Office& o) {
         const auto id = reviewed(o);
         claim_for(o, id, TaskType::approval, "sue");
         return [&o, id] { return approves(o, "sam", id); };
       }},
  };
}

// E-10 E-19 V-34 EVG 5.2.4
TEST(DualControl, NobodyDecidesWithoutTheRole) {
  const auto scenarios = without_the_role();
  EXPECT_GE(scenarios.size(), 22U);
  try_all(scenarios);
}
TEST(DualControl, NothingGoesAroundTheCase) {
  const auto scenarios = around_the_case();
  EXPECT_GE(scenarios.size(), 22U);
  try_all(scenarios);
}

// Two tabs, thirty-two times.
TEST(DualControl, TakesOneOfManyCountersignatures) {
  Office office;
  const auto id = approved_once(office);
  int taken = 0;
  for (int attempt = 0; attempt < 32; ++attempt) {
    if (countersigns(office, attempt % 2 == 0 ? "bob" : "bea", id)) ++taken;
  }
  EXPECT_EQ(taken, 1);
}

// Other spellings of one mailbox are one person.
TEST(DualControl, KnowsPeopleBehindTheirAliases) {
  Office office;
  const auto make = [&](const std::string& mail) {
    return office.store.write([&](storage::Transaction& transaction) {
      return create_person(transaction, "admin", PersonId::from_octets(office.fresh_id().octets()),
                           {"Sue", mail, std::nullopt, {Role::second_approver}}, office.now);
    });
  };
  EXPECT_TRUE(make("susan@example.org"));
  EXPECT_FALSE(make("Susan@example.org"));
  EXPECT_FALSE(make("susan+2@example.org"));
}

}  // namespace
}  // namespace policy
