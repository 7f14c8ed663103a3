// What is tried against dual control (T-J4): one scenario is one way around it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "policy/applications/revision.h"
#include "policy/organizations/org_validation.h"
#include "policy/reviews/dual_control.h"
#include "policy/reviews/review_task.h"
#include "tests/support/office.h"

namespace policy {

using tests::Office;

using Outcome = Allowed<void>;

template <class T>
inline Outcome outcome(const Allowed<T>& result) {
  if (result) return {};
  return Refused(result.error());
}

/// EV with every gate closed; sue collected, unless told otherwise.
inline ApplicationId reviewed(Office& office, const std::string& specialist = "sue") {
  const auto id = office.submitted("globalsign-ev").id;
  office.work(id, specialist);
  return id;
}

inline ApplicationId approved_once(Office& office, const std::string& by = "sue") {
  const auto id = reviewed(office, "sue");
  office.must(by, [&](const Here& here) { return approve(here, {id}, ""); });
  return id;
}

inline ApplicationId approved_twice(Office& office) {
  const auto id = approved_once(office);
  office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
  return id;
}

inline Outcome approves(Office& office, const Actor& actor, const ApplicationId& id) {
  return outcome(office.act(actor, [&](const Here& here) { return approve(here, {id}, ""); }));
}
inline Outcome countersigns(Office& office, const Actor& actor, const ApplicationId& id) {
  return outcome(
      office.act(actor, [&](const Here& here) { return countersign(here, {id}, "good"); }));
}
inline Outcome approves(Office& office, const std::string& name, const ApplicationId& id) {
  return approves(office, office.as(name), id);
}
inline Outcome countersigns(Office& office, const std::string& name, const ApplicationId& id) {
  return countersigns(office, office.as(name), id);
}
inline Outcome records(Office& office, const std::string& name, const ApplicationId& id) {
  StepEntry entry;
  entry.step = "country";
  entry.source = "register";
  return outcome(
      office.act(name, [&](const Here& here) { return record_step(here, {id}, entry); }));
}
inline Outcome begins(Office& office, const std::string& name, const ApplicationId& id) {
  return outcome(office.act(name, [&](const Here& here) { return begin_issuing(here, {id}); }));
}

/// A person of the tenant who works for the authority now.
inline Actor changed_sides(Office& office, const std::string& name, Role role) {
  auto record = *kPeople.get(office.store, office.person(name).octets());
  record.tenant.reset();
  record.roles = {role};
  kPeople.put(office.store, office.person(name).octets(), record);
  return Actor{office.person(name), std::nullopt, {role}, "token"};
}

inline void change_person(Office& office,
                          const std::string& name,
                          const std::function<void(PersonRecord&)>& change) {
  auto record = *kPeople.get(office.store, office.person(name).octets());
  change(record);
  kPeople.put(office.store, office.person(name).octets(), record);
}

inline void force(Office& office,
                  const ApplicationId& id,
                  const std::function<void(Application&)>& change) {
  auto application = office.get(id);
  change(application);
  kApplications.put(office.store, id.octets(), application);
}

inline void claim_for(Office& office,
                      const ApplicationId& id,
                      TaskType type,
                      const std::string& name) {
  for (const ReviewTask& task : tasks_of(office.store, id)) {
    if (task.type != type || task.closed_at) continue;
    const auto done = office.act(name, [&](const Here& here) { return claim_task(here, task.id); });
    ASSERT_TRUE(done.has_value());
  }
}

struct Scenario {
  const char* name;
  FaultCode expected;
  /// Prepares what is tried, and tries it when called.
  std::function<std::function<Outcome()>(Office&)> prepare;
};

using Code = FaultCode;

inline void try_all(const std::vector<Scenario>& scenarios) {
  for (const Scenario& scenario : scenarios) {
    SCOPED_TRACE(scenario.name);
    Office office;
    const auto attempt = scenario.prepare(office);
    const auto before = office.store.tables();
    const Outcome result = attempt();
    EXPECT_FALSE(result.has_value());
    if (!result)
      EXPECT_EQ(facts_of(result.error().code).text, facts_of(scenario.expected).text)
          << result.error().detail;
    EXPECT_TRUE(before == office.store.tables()) << "refused, and changed";
  }
}

}  // namespace policy
