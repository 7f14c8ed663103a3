// Random histories of applications under every product, by whoever comes along, at any time: what
// must never happen does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "ca/audit_log.h"
#include "policy/applications/advance.h"
#include "policy/applications/verify.h"
#include "policy/catalog/catalog.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/review_task.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using tests::Office;

constexpr int kHistories = 300;
constexpr int kSteps = 40;

class Walk {
 public:
  Walk(std::uint64_t seed, const std::string& product)
      : office_(policy::shipped_catalog()), chance_(seed), product_(product) {
    const auto names = office_.names_for(product_);
    if (below(4) == 0) office_.risks.names = {names.front()};
    if (below(4) == 0) office_.claims.proven = {names.front()};
    id_ = office_.draft(product_, names).id;
  }

  void run();
  [[nodiscard]] const std::set<ApplicationState>& seen() const { return seen_; }

 private:
  using Result = Allowed<void>;
  std::size_t below(std::size_t bound) { return chance_() % bound; }
  std::string anybody() {
    static const std::vector<std::string> names{"ann",  "adam", "vera",   "sid",   "otto",
                                                "fred", "sue",  "sam",    "bob",   "bea",
                                                "both", "max",  "audrey", "server"};
    return names.at(below(names.size()));
  }
  /// Mostly somebody who may.
  std::string mostly(const std::vector<std::string>& names) {
    return below(10) == 0 ? anybody() : names.at(below(names.size()));
  }
  template <class Command>
  Result as(const std::string& name, Command command) {
    auto result = office_.act(name, std::move(command));
    if (!result) return Refused(result.error());
    return {};
  }
  Result desk_step();
  Result applicant_step();
  Result server_step();
  Result decision_step();
  Result task_step();
  void finish();
  void look(const Application& before, const Result& result);

  Office office_;
  std::mt19937_64 chance_;
  std::string product_;
  ApplicationId id_ = ApplicationId::from_octets({});
  std::set<ApplicationState> seen_;
};

Walk::Result Walk::desk_step() {
  const Application application = office_.get(id_);
  const auto steps = checklist(application.level);
  const std::string who = mostly({"sue", "sue", "sam", "fred", "both"});
  switch (below(8)) {
    case 0: {
      auto call = tests::good_call(office_.now);
      call.outcome = static_cast<CallOutcome>(below(4));
      call.number_source = static_cast<ContactSource>(below(4));
      return as(who, [&](const Here& here) {
        return record_call(here, {id_}, office_.fresh_call(), call);
      });
    }
    case 1:
      return as(mostly({"server", "sue"}), [&](const Here& here) {
        auto mail = tests::good_mail();
        if (below(4) == 0) mail.says = MailAnswer::Says::refused;
        return record_mail_confirmation(here, {id_}, mail);
      });
    case 2:
      return as(who, [&](const Here& here) { return pass_pre_review(here, {id_}); });
    case 3:
      return as(who, [&](const Here& here) {
        return document_refused(here, {id_}, GateName::letter, office_.fresh_document(), "blurred");
      });
    default: {
      StepEntry entry;
      entry.step = steps.at(below(steps.size()))->name;
      entry.source = "register";
      entry.outcome = below(8) == 0 ? StepOutcome::failed : StepOutcome::passed;
      return as(who, [&](const Here& here) { return record_step(here, {id_}, entry); });
    }
  }
}

Walk::Result Walk::applicant_step() {
  const std::string who = mostly({"ann", "ann", "adam"});
  switch (below(10)) {
    case 0:
      return as(who, [&](const Here& here) { return cancel_application(here, {id_}); });
    case 1:
      return as(who, [&](const Here& here) {
        auto wish = office_.wish(office_.names_for(product_), product_);
        wish.mail = "other@example.com";
        return edit_application(here, {id_}, wish);
      });
    case 2:
      return as(who, [&](const Here& here) { return escalate_application(here, {id_}, "hello?"); });
    case 3:
      return as(who, [&](const Here& here) {
        return documents_complete(here, {id_}, GateName::letter, office_.fresh_document());
      });
    case 4:
      return as(mostly({"vera"}),
                [&](const Here& here) { return approve_as_approver(here, {id_}); });
    case 5:
      return as(mostly({"sid"}),
                [&](const Here& here) { return sign_agreement(here, {id_}, "a"); });
    case 6:
    case 7:
      return as(who, [&](const Here& here) { return resubmit_application(here, {id_}, {}); });
    case 8:
      return as(who, [&](const Here& here) { return answer_info(here, {id_}, "yes"); });
    default:
      return as(who, [&](const Here& here) { return submit_application(here, {id_}); });
  }
}

Walk::Result Walk::server_step() {
  const std::string who = mostly({"server"});
  switch (below(9)) {
    case 0:
      return as(who, [&](const Here& here) { return dcv_name_refused(here, {id_}, "no record"); });
    case 1:
    case 2:
      return as(who, [&](const Here& here) { return begin_issuing(here, {id_}); });
    case 3:
      return as(
          who, [&](const Here& here) { return certificate_issued(here, {id_}, {"ca/01", "DER"}); });
    case 4:
      return as(who, [&](const Here& here) { return issue_failed(here, {id_}, "log is down"); });
    case 5:
      return as(who, [&](const Here& here) {
        if (below(4) != 0) return risk_cleared(here, {id_}, "list of today");
        return issue_refused(here, {id_}, "caa", "CAA forbids");
      });
    case 6:
      return as(who, [&](const Here& here) { return tick(here, id_); });
    default:
      return as(who, [&](const Here& here) { return dcv_passed(here, {id_}, {"claim"}); });
  }
}

Walk::Result Walk::decision_step() {
  const std::string first = mostly({"sue", "sam", "both"});
  const std::string second = mostly({"bob", "bea", "both"});
  switch (below(10)) {
    case 0:
      return as(below(2) == 0 ? first : second, [&](const Here& here) {
        return reject(here, {id_}, {"other", "not found", {}, {}});
      });
    case 1:
      return as(first, [&](const Here& here) { return request_info(here, {id_}, {"why?", {}}); });
    case 2:
      return as(second, [&](const Here& here) { return send_back(here, {id_}, "look again"); });
    case 3:
      return as(mostly({"max"}), [&](const Here& here) {
        return waive_gate(here, {id_}, gates()[below(gates().size())], "not needed");
      });
    case 4:
    case 5:
    case 6:
      return as(second, [&](const Here& here) { return countersign(here, {id_}, "good"); });
    default:
      return as(first, [&](const Here& here) { return approve(here, {id_}, ""); });
  }
}

Walk::Result Walk::task_step() {
  const auto tasks = tasks_of(office_.store, id_);
  if (tasks.empty()) return {};
  const TaskId task = tasks.at(below(tasks.size())).id;
  if (below(2) == 0) {
    return as(anybody(), [&](const Here& here) { return claim_task(here, task); });
  }
  return as(mostly({"max"}), [&](const Here& here) { return release_task(here, task); });
}

void Walk::look(const Application& before, const Result& result) {
  const Application after = office_.get(id_);
  seen_.insert(after.state);
  if (!result) {
    ASSERT_EQ(after, before) << "refused, and changed";
    return;
  }
  ASSERT_GE(after.version, before.version);
  ASSERT_EQ(Application::decode(after.encode()), after);
  ASSERT_GE(after.clock.net(office_.now).count(), 0);
  if (after.revision == before.revision && before.state != ApplicationState::draft) {
    ASSERT_GE(after.clock.net(office_.now), before.clock.net(office_.now));
  }
  if (after.state == ApplicationState::issued) {
    ASSERT_TRUE(open_gates(after).empty());
    ASSERT_FALSE(after.certificates.empty());
  }
}

/// As far as it goes at once.
void Walk::finish() {
  static_cast<void>(as("sue", [&](const Here& here) { return approve(here, {id_}, ""); }));
  static_cast<void>(as("bea", [&](const Here& here) { return countersign(here, {id_}, "good"); }));
  static_cast<void>(as("server", [&](const Here& here) { return begin_issuing(here, {id_}); }));
  if (below(2) == 0) {
    static_cast<void>(as("server", [&](const Here& here) {
      return certificate_issued(here, {id_}, {"ca/01", "DER"});
    }));
  }
  seen_.insert(office_.get(id_).state);
}

void Walk::run() {
  for (int step = 0; step < kSteps; ++step) {
    if (below(6) == 0) office_.now += std::chrono::hours(below(90));
    if (below(20) == 0) {
      office_.now += std::chrono::days(below(45));
      static_cast<void>(as("server", [&](const Here& here) { return tick(here, id_); }));
      seen_.insert(office_.get(id_).state);
    }
    const Application before = office_.get(id_);
    Result result;
    // Now and then everything that is open is done, so that the end comes into reach.
    const std::size_t kind = below(24);
    if (kind < 5) {
      result = server_step();
    } else if (kind < 10) {
      result = applicant_step();
    } else if (kind < 16) {
      result = desk_step();
    } else if (kind < 20) {
      result = decision_step();
    } else if (kind < 21) {
      result = task_step();
    } else {
      try {
        office_.work(id_);
      } catch (const std::logic_error&) {
        continue;  // somebody who works may not; the steps before stand
      }
      if (kind == 23) finish();
    }
    if (kind < 21) look(before, result);
    if (testing::Test::HasFatalFailure()) return;
  }
  for (const std::string& fault : verify_applications(office_.store)) ADD_FAILURE() << fault;
  for (const std::string& fault : ca::verify_audit_chain(office_.store)) ADD_FAILURE() << fault;
}

// E-18 E-19
// ALI-02 ALI-29 TWT-13 TGM-17, EVG 3.2.2.13: verify_applications() says what must never be.
TEST(RandomHistories, NeverBreakARule) {
  std::vector<std::string> products;
  const Office office(shipped_catalog());
  for (const Product& each : shipped_catalog()) {
    if (each.is_in_force(office.now)) products.push_back(each.name);
  }
  // More of them: CHANCERY_HISTORIES=5000.
  const char* const wanted = std::getenv("CHANCERY_HISTORIES");
  const int histories = wanted != nullptr ? std::atoi(wanted) : kHistories;
  std::set<ApplicationState> seen;
  for (int history = 0; history < histories; ++history) {
    SCOPED_TRACE("history " + std::to_string(history));
    const auto place = static_cast<std::size_t>(history);
    Walk walk(place + 1, products.at(place % products.size()));
    walk.run();
    seen.insert(walk.seen().begin(), walk.seen().end());
    if (HasFailure()) return;
  }
  for (const ApplicationState state : application_states()) {
    EXPECT_TRUE(seen.contains(state)) << "no history came to " << text_of(state);
  }
}

// A gate that closes by steps has some, or nobody could close it.
TEST(Checklist, HasStepsForEveryGateOfEveryProduct) {
  for (const Product& product : shipped_catalog()) {
    for (const Gate& gate : gates_of(product)) {
      const bool by_steps = gate.name == GateName::platform_check ||
                            gate.name == GateName::pre_review ||
                            gate.name == GateName::org_vetting || gate.name == GateName::risk_clear;
      if (!by_steps || gate.requirement == GateRequirement::not_required) continue;
      EXPECT_TRUE(std::ranges::any_of(checklist(product.level),
                                      [&](const ChecklistStep* step) {
                                        return step->gate == gate.name &&
                                               step->when == StepWhen::always;
                                      }))
          << product.name << " " << text_of(gate.name);
    }
  }
}

TEST(Transitions, LeadOutOfEveryStateThatIsNoEnd) {
  for (const ApplicationState state : application_states()) {
    std::set<EventKind> ways;
    for (const Transition& row : transitions()) {
      if (std::ranges::find(row.from, state) != row.from.end() && row.to != state) {
        ways.insert(row.event);
      }
    }
    EXPECT_EQ(ways.empty(), is_terminal(state)) << text_of(state);
  }
}

// Whatever happens in whatever state is either in the table or refused without a change.
TEST(Transitions, AreTheOnlyWays) {
  Office office;
  const Product& product = office.catalog.versions().front();
  for (const ApplicationState state : application_states()) {
    for (std::size_t place = 0; place < kWords<EventKind>.size(); ++place) {
      const auto kind = static_cast<EventKind>(place);
      Application application;
      application.state = state;
      application.gates = gates_of(product);
      const bool known = std::ranges::any_of(transitions(), [&](const Transition& row) {
        return row.event == kind && std::ranges::find(row.from, state) != row.from.end();
      });
      if (known) continue;
      const auto refused =
          advance(application, {.kind = kind}, {product, office.days, server_itself(), office.now});
      ASSERT_FALSE(refused.has_value());
      const FaultCode code = refused.error().code;
      EXPECT_TRUE(code == FaultCode::state_conflict || code == FaultCode::already_issued);
    }
  }
}

}  // namespace
}  // namespace policy
