// Routes of the desk that record what was found, and decide.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/reviews/desk.h"
#include "policy/reviews/rejection_code.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using policy::Allowed;
using policy::Application;
using policy::DocumentId;

Allowed<Answer> shown(const Context& context,
                      const storage::Snapshot& snapshot,
                      const Allowed<Application>& outcome,
                      const Call& call) {
  if (!outcome) return policy::Refused(outcome.error());
  return json_answer(json_of(*outcome, {context, snapshot, call.now(), call.actor}),
                     outcome->version);
}

policy::Refused not_a_document(const std::string& pointer) {
  return policy::Refused(
      policy::Fault{policy::FaultCode::validation,
                    "The body is not what is taken here.",
                    {{pointer, policy::FaultCode::validation, "expected a document, doc_…"}}});
}

/// The document that `name` states, or none; refused if it is no id.
Allowed<std::optional<DocumentId>> document_in(const Body& body, const std::string& name) {
  if (!body.has(name)) return std::nullopt;
  auto id = DocumentId::parse(body.text(name));
  if (!id) return not_a_document("/" + name);
  return id;
}

Allowed<Answer> record_step(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  auto snapshot = document_in(call.body, "snapshotId");
  if (!snapshot) return policy::Refused(snapshot.error());
  policy::StepEntry entry{
      .step = call.argument("step"),
      .outcome = policy::spelled<policy::StepOutcome>(call.body.text("result")).value(),
      .source = call.body.text("source"),
      .url = call.body.text("url"),
      .snapshot = *std::move(snapshot),
      .note = call.body.text("note"),
      .collected_at = call.body.time("collectedAt")};
  return shown(
      context, transaction,
      policy::record_step(here(context, transaction, call), target_of(call), std::move(entry)),
      call);
}

/// Of those that the calendars have; none is the product's.
Allowed<void> must_be_office(const Context& context, const std::string& office) {
  const policy::Calendars* const calendars = context.calendars;
  if (office.empty() || calendars == nullptr || calendars->office(office) != nullptr) return {};
  const std::string detail = "there is no office \"" + office.substr(0, 80) + "\"";
  return policy::Refused({policy::FaultCode::validation,
                          detail,
                          {{"/office", policy::FaultCode::validation, detail}}});
}

Allowed<Answer> record_call(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  auto attachment = document_in(call.body, "attachmentId");
  if (!attachment) return policy::Refused(attachment.error());
  const std::string office = call.body.text("office");
  if (auto known = must_be_office(context, office); !known) return policy::Refused(known.error());
  policy::CallEntry entry{
      .number = call.body.text("number"),
      .number_source =
          policy::spelled<policy::ContactSource>(call.body.text("numberSource")).value(),
      .source_reference = call.body.text("sourceReference"),
      .office = office,
      .outcome = policy::spelled<policy::CallOutcome>(call.body.text("result")).value(),
      .person_reached = call.body.text("personReached"),
      .answers = call.body.texts("answers"),
      .attachment = *std::move(attachment),
      .started_at = call.body.time("startedAt").value_or(call.now())};
  return shown(
      context, transaction,
      policy::record_call(here(context, transaction, call), target_of(call),
                          policy::CallId::fresh(context.random, call.time), std::move(entry)),
      call);
}

std::vector<std::string_view> mail_answers() {
  return {"confirmed", "refused"};
}

Allowed<Answer> record_mail(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  using Says = policy::MailAnswer::Says;
  policy::MailAnswer answer{
      .to = call.body.text("to"),
      .to_source = policy::spelled<policy::ContactSource>(call.body.text("toSource")).value(),
      .reference = call.body.text("reference"),
      .says = call.body.text("answer") == "confirmed" ? Says::confirmed : Says::refused};
  return shown(context, transaction,
               policy::record_mail_confirmation(here(context, transaction, call), target_of(call),
                                                std::move(answer)),
               call);
}

template <auto command>
Allowed<Answer> act(const Context& context, storage::Transaction& transaction, const Call& call) {
  return shown(context, transaction, command(here(context, transaction, call), target_of(call)),
               call);
}
template <auto command>
Allowed<Answer> act_saying(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  return shown(context, transaction,
               command(here(context, transaction, call), target_of(call), call.body.text("text")),
               call);
}

Allowed<Answer> fail_pre_review(const Context& context,
                                storage::Transaction& transaction,
                                const Call& call) {
  return shown(context, transaction,
               policy::fail_pre_review(here(context, transaction, call), target_of(call),
                                       call.body.text("code"), call.body.text("text")),
               call);
}

Allowed<Answer> request_info(const Context& context,
                             storage::Transaction& transaction,
                             const Call& call) {
  using Letter = policy::InfoRequest::Letter;
  policy::InfoRequest request{.text = call.body.text("text"),
                              .fields = call.body.texts("fields"),
                              .letter = call.body.boolean("letterMayBeReplaced").value_or(false)
                                            ? Letter::may_be_replaced
                                            : Letter::stays};
  return shown(
      context, transaction,
      policy::request_info(here(context, transaction, call), target_of(call), std::move(request)),
      call);
}

Allowed<Answer> waive_gate(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  return shown(
      context, transaction,
      policy::waive_gate(here(context, transaction, call), target_of(call),
                         policy::gate(call.body.text("gate")).value(), call.body.text("reason")),
      call);
}

Allowed<Answer> reject_application(const Context& context,
                                   storage::Transaction& transaction,
                                   const Call& call) {
  policy::Rejection rejection{.code = call.body.text("code"),
                              .text = call.body.text("text"),
                              .fields = call.body.texts("fields"),
                              .documents = {}};
  const auto stated = call.body.texts("documentIds");
  for (std::size_t i = 0; i < stated.size(); ++i) {
    auto id = DocumentId::parse(stated[i]);
    if (!id) return not_a_document("/documentIds/" + std::to_string(i));
    rejection.documents.push_back(*std::move(id));
  }
  return shown(
      context, transaction,
      policy::reject(here(context, transaction, call), target_of(call), std::move(rejection)),
      call);
}

constexpr std::array kNewStepFields{
    word("result", "", words_in<policy::StepOutcome>).required(),
    text("source", "Where it was found", kLongText),
    text("url", "", kLongText),
    text("snapshotId", "The document that shows it", 26),
    text("note", "", kLongText),
    time("collectedAt", "When the data is from, if older"),
};
constexpr Shape kNewStep{"NewStepResult", "What was found.", kNewStepFields};
constexpr std::array kNewCallFields{
    text("number", "E.164", 16).required(),
    word("numberSource", "Where the number was found", words_in<policy::ContactSource>).required(),
    text("sourceReference", "Where in the source", kLongText),
    text("office", "From where was called"),
    word("result", "", words_in<policy::CallOutcome>).required(),
    text("personReached", ""),
    text("answers", "To the script, in its order", kLongText).list(),
    text("attachmentId", "", 26),
    time("startedAt", "Now, if absent"),
};
constexpr Shape kNewCall{"NewCall", "A phone call that was made.", kNewCallFields};
constexpr std::array kNewMailFields{
    text("to", "Who answered", 254).required(),
    word("toSource", "Where the address was found", words_in<policy::ContactSource>).required(),
    text("reference", "Of the mail").required(),
    word("answer", "", mail_answers).required(),
};
constexpr Shape kNewMail{"NewMailAnswer", "The answer to a mail.", kNewMailFields};
constexpr std::array kCauseFields{
    word("code", "Why, for programs", policy::desk_rejection_codes).required(),
    text("text", "Why, for people", kLongText).required(),
};
constexpr Shape kCause{"Cause", "Why something is refused.", kCauseFields};
constexpr std::array kInfoFields{
    text("text", "What is asked", kLongText).required(),
    text("fields", "What it is about, as JSON pointers: /organization/phone, /identifiers/0")
        .list(),
    boolean("letterMayBeReplaced", "Also a letter that may not be replaced any more, once"),
};
constexpr Shape kInfo{"InfoRequest", "What the applicant is asked.", kInfoFields};
constexpr std::array kWaiverFields{
    word("gate", "", words_of<policy::gates>).required(),
    text("reason", "", kLongText).required(),
};
constexpr Shape kWaiver{"Waiver", "What is left out, and why.", kWaiverFields};
constexpr std::array kRejectionFields{
    word("code", "Why, for programs", policy::desk_rejection_codes).required(),
    text("text", "Why, for people", kLongText).required(),
    text("fields",
         "What is at fault, as JSON pointers: /organization/registrationNumber, /identifiers/0")
        .list(),
    text("documentIds", "Documents at fault", 26).list(),
};
constexpr Shape kRejection{"Rejection", "Why it is not issued.", kRejectionFields};
constexpr std::array kOpinionFields{text("text", "For the record", kLongText)};
constexpr Shape kOpinion{"Opinion", "What goes with a decision.", kOpinionFields};
constexpr std::array kSecondFields{text("text", "Why, for the record", kLongText).required()};
constexpr Shape kSecondOpinion{"SecondOpinion", "What the second person says.", kSecondFields};

using enum policy::FaultCode;
constexpr std::array kEvidenceFaults{state_conflict, self_approval, evidence_missing};
constexpr std::array kCallFaults{state_conflict, self_approval, number_source_not_allowed,
                                 evidence_missing, rate_limited};
constexpr std::array kDecisionFaults{state_conflict,   already_issued,
                                     self_approval,    second_person_required,
                                     evidence_missing, org_validation_expired};

constexpr std::array kRoutes{
    changing(Method::put,
             "/desk/applications/{application}/steps/{step}",
             "recordStep",
             "Records the result of a step of the checklist",
             kCollectors,
             record_step)
        .takes(kNewStep)
        .may_match()
        .gives(kApplication)
        .may_refuse(kEvidenceFaults),
    changing(Method::post,
             "/desk/applications/{application}/calls",
             "recordCall",
             "Records a phone call",
             kSpecialists,
             record_call)
        .takes(kNewCall)
        .may_match()
        .gives(kApplication)
        .may_refuse(kCallFaults),
    changing(Method::post,
             "/desk/applications/{application}/emails",
             "recordMailAnswer",
             "Records the answer to a mail",
             kSpecialists,
             record_mail)
        .takes(kNewMail)
        .may_match()
        .gives(kApplication)
        .may_refuse(kCallFaults),
    changing(Method::post,
             "/desk/applications/{application}:pass-pre-review",
             "passPreReview",
             "The first look found nothing",
             kCollectors,
             act<policy::pass_pre_review>)
        .may_match()
        .gives(kApplication)
        .may_refuse(kEvidenceFaults),
    changing(Method::post,
             "/desk/applications/{application}:fail-pre-review",
             "failPreReview",
             "The first look found a fault",
             kCollectors,
             fail_pre_review)
        .takes(kCause)
        .may_match()
        .gives(kApplication)
        .may_refuse(kEvidenceFaults),
    changing(Method::post,
             "/desk/applications/{application}:request-info",
             "requestInfo",
             "Asks the applicant; the clock stands",
             kSpecialists,
             request_info)
        .takes(kInfo)
        .may_match()
        .gives(kApplication)
        .may_refuse(kEvidenceFaults),
    changing(Method::post,
             "/desk/applications/{application}:waive-gate",
             "waiveGate",
             "Leaves out what is optional",
             kSupervisors,
             waive_gate)
        .takes(kWaiver)
        .if_match()
        .gives(kApplication)
        .may_refuse(kDecisionFaults),
    changing(Method::post,
             "/desk/applications/{application}:approve",
             "approveApplication",
             "Everything is found; for EV and high risk a second person looks",
             kSpecialists,
             act_saying<policy::approve>)
        .takes(kOpinion)
        .if_match()
        .gives(kApplication)
        .may_refuse(kDecisionFaults),
    changing(Method::post,
             "/desk/applications/{application}:reject",
             "rejectApplication",
             "Ends it, with the cause",
             kDeciders,
             reject_application)
        .takes(kRejection)
        .if_match()
        .gives(kApplication)
        .may_refuse(kDecisionFaults),
    changing(Method::post,
             "/desk/applications/{application}:countersign",
             "countersign",
             "The second person agrees (EVG 3.2.2.13)",
             kSecondApprovers,
             act_saying<policy::countersign>)
        .takes(kSecondOpinion)
        .if_match()
        .gives(kApplication)
        .may_refuse(kDecisionFaults),
    changing(Method::post,
             "/desk/applications/{application}:send-back",
             "sendBack",
             "The second person wants more",
             kSecondApprovers,
             act_saying<policy::send_back>)
        .takes(kSecondOpinion)
        .if_match()
        .gives(kApplication)
        .may_refuse(kDecisionFaults),
};

}  // namespace

Routes desk_work_routes() {
  return kRoutes;
}

}  // namespace server::api
