// T-J4: one person who would be two, and those who ask for a certificate deciding on it.
#include <chrono>
#include <string>
#include <vector>

#include "policy/mail/application_mails.h"
#include "tests/unit/policy/dual_control_scenarios.h"

namespace policy {
namespace {

std::vector<Scenario> one_person_twice() {
  return {
      {"approves and countersigns", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o, "both");
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"countersigns in another session", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o, "both");
         auto actor = o.as("both");
         actor.through = "session 2";
         return [&o, id, actor] { return countersigns(o, actor, id); };
       }},
      {"countersigns by a token with that role only", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o, "both");
         auto actor = o.as("both");
         actor.roles = {Role::second_approver};
         return [&o, id, actor] { return countersigns(o, actor, id); };
       }},
      {"recorded one step and countersigns", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         EXPECT_TRUE(records(o, "both", id));
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"recorded a step that somebody recorded again", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         EXPECT_TRUE(records(o, "both", id));
         EXPECT_TRUE(records(o, "sue", id));
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"called and countersigns", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("globalsign-ev").id;
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         o.pass_steps(id, GateName::org_vetting, "sue");
         o.must("vera", [&](const Here& here) { return approve_as_approver(here, {id}); });
         o.must("sid", [&](const Here& here) { return sign_agreement(here, {id}, "a"); });
         auto missed = tests::good_call(o.now);
         missed.outcome = CallOutcome::no_answer;
         o.must("both",
                [&](const Here& here) { return record_call(here, {id}, o.fresh_call(), missed); });
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"received the mail and countersigns", Code::second_person_required,
       [](Office& o) {
         o.risks.names = {"shop.example.com"};
         const auto id = o.submitted("tencent-ev").id;
         o.must("ann", [&](const Here& here) {
           return documents_complete(here, {id}, GateName::letter, o.fresh_document());
         });
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         o.pass_steps(id, GateName::platform_check, "fred");
         o.pass_steps(id, GateName::org_vetting, "sue");
         o.must("vera", [&](const Here& here) { return approve_as_approver(here, {id}); });
         o.must("sid", [&](const Here& here) { return sign_agreement(here, {id}, "a"); });
         o.must("both", [&](const Here& here) {
           return record_mail_confirmation(here, {id}, tests::good_mail());
         });
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"handed a document in for the applicant", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("tencent-ev").id;
         o.must("both", [&](const Here& here) {
           return documents_complete(here, {id}, GateName::letter, o.fresh_document());
         });
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"refused a document and countersigns", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("tencent-ev").id;
         o.must("both", [&](const Here& here) {
           return document_refused(here, {id}, GateName::letter, o.fresh_document(), "blurred");
         });
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"asked for more and countersigns", Code::second_person_required,
       [](Office& o) {
         const auto id = reviewed(o);
         o.must("both", [&](const Here& here) { return request_info(here, {id}, {"why?", {}}); });
         o.must("ann", [&](const Here& here) { return answer_info(here, {id}, "because"); });
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"collected for an earlier revision", Code::second_person_required,
       [](Office& o) {
         const auto id = reviewed(o, "both");
         o.must("ann", [&](const Here& here) { return cancel_application(here, {id}); });
         o.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"sends back what they worked on", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o, "both");
         return [&o, id] {
           return outcome(
               o.act("both", [&](const Here& here) { return send_back(here, {id}, "again"); }));
         };
       }},
      {"mailed the link that confirmed it and countersigns", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("alibaba-ov").id;
         o.must("server", [&](const Here& here) { return risk_found(here, {id}, "listed"); });
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         o.pass_steps(id, GateName::org_vetting, "sue");
         const ConfirmationSecrets secrets{MessageId::from_octets(o.fresh_id().octets()),
                                           std::string(43, 's')};
         EXPECT_TRUE(o.act("both", [&](const Here& here) {
           return ask_for_confirmation(here, {id},
                                       MailTarget{"both@example.com", ContactSource::directory},
                                       secrets, "https://ca.example");
         }));
         o.work(id);
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"approved before it was sent back", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o, "both");
         o.must("bob", [&](const Here& here) { return send_back(here, {id}, "again"); });
         o.must("sue", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"high-risk OV by one person", Code::second_person_required,
       [](Office& o) {
         const auto id = o.submitted("alibaba-ov").id;
         o.must("server", [&](const Here& here) { return risk_found(here, {id}, "listed"); });
         o.work(id);
         o.must("both", [&](const Here& here) { return approve(here, {id}, ""); });
         return [&o, id] { return countersigns(o, "both", id); };
       }},
      {"the same decision stored twice", Code::second_person_required,
       [](Office& o) {
         const auto id = approved_once(o);
         return [&o, id] {
           return o.act("sue", [&](const Here& here) {
             auto application = o.get(id);
             return put_decision(here.transaction, application,
                                 {.by = o.person("sue"), .at = here.now});
           });
         };
       }},
  };
}

std::vector<Scenario> who_asks_decides() {
  const auto as_staff = [](const char* name, Role role, auto attempt) {
    return [name, role, attempt](Office& o) {
      const auto id = role == Role::second_approver ? approved_once(o) : reviewed(o);
      const Actor actor = changed_sides(o, name, role);
      return [&o, id, actor, attempt]() -> Outcome { return attempt(o, actor, id); };
    };
  };
  const auto approving = [](Office& o, const Actor& a, const ApplicationId& id) {
    return approves(o, a, id);
  };
  const auto countersigning = [](Office& o, const Actor& a, const ApplicationId& id) {
    return countersigns(o, a, id);
  };
  const auto waiving = [](Office& o, const Actor& a, const ApplicationId& id) {
    return outcome(o.act(
        a, [&](const Here& here) { return waive_gate(here, {id}, GateName::phone_call, "no"); }));
  };
  const auto rejecting = [](Office& o, const Actor& a, const ApplicationId& id) {
    return outcome(
        o.act(a, [&](const Here& here) { return reject(here, {id}, {"other", "no", {}, {}}); }));
  };
  const auto recording = [](Office& o, const Actor& a, const ApplicationId& id) {
    return outcome(o.act(a, [&](const Here& here) {
      return record_step(here, {id}, {.step = "country", .source = "r"});
    }));
  };
  return {
      {"creator approves", Code::self_approval, as_staff("ann", Role::specialist, approving)},
      {"creator countersigns", Code::self_approval,
       as_staff("ann", Role::second_approver, countersigning)},
      {"creator records", Code::self_approval, as_staff("ann", Role::specialist, recording)},
      {"creator rejects", Code::self_approval, as_staff("ann", Role::specialist, rejecting)},
      {"creator leaves a gate out", Code::self_approval,
       as_staff("ann", Role::supervisor, waiving)},
      {"the applicant's approver approves", Code::self_approval,
       as_staff("vera", Role::specialist, approving)},
      {"the applicant's approver countersigns", Code::self_approval,
       as_staff("vera", Role::second_approver, countersigning)},
      {"the applicant's signer countersigns", Code::self_approval,
       as_staff("sid", Role::second_approver, countersigning)},
      {"submitter approves", Code::self_approval,
       [](Office& o) {
         const auto id = o.draft("globalsign-ev").id;
         o.must("adam", [&](const Here& here) { return submit_application(here, {id}); });
         o.work(id);
         const Actor actor = changed_sides(o, "adam", Role::specialist);
         return [&o, id, actor] { return approves(o, actor, id); };
       }},
      {"editor approves", Code::self_approval,
       [](Office& o) {
         const auto id = o.draft("globalsign-ev").id;
         const Wish wish = o.wish({"other.example.com"});
         o.must("adam", [&](const Here& here) { return edit_application(here, {id}, wish); });
         o.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
         o.work(id);
         const Actor actor = changed_sides(o, "adam", Role::specialist);
         return [&o, id, actor] { return approves(o, actor, id); };
       }},
      {"requester approves for the applicant", Code::self_approval,
       [](Office& o) {
         const auto id = o.draft("globalsign-ev").id;
         auto vera = o.as("vera");
         vera.roles.push_back(Role::applicant);
         EXPECT_TRUE(o.act(vera, [&](const Here& here) { return submit_application(here, {id}); }));
         o.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"c"}); });
         return [&o, id, vera] {
           return outcome(
               o.act(vera, [&](const Here& here) { return approve_as_approver(here, {id}); }));
         };
       }},
  };
}

// E-18 E-19 EVG 3.2.2.13, EVG 5.2.4
TEST(DualControl, OnePersonIsNotTwo) {
  const auto scenarios = one_person_twice();
  EXPECT_GE(scenarios.size(), 14U);
  try_all(scenarios);
}
TEST(DualControl, WhoAsksDoesNotDecide) {
  const auto scenarios = who_asks_decides();
  EXPECT_GE(scenarios.size(), 11U);
  try_all(scenarios);
}

}  // namespace
}  // namespace policy
