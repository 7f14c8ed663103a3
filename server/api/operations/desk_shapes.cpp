// What the desk works with, as the API shows it.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/stated.h"

namespace server::api {
namespace {

using nlohmann::json;

constexpr std::array kTaskFields{
    text("id", "task_…").required(),
    word("type", "Also its queue", words_in<policy::TaskType>).required(),
    text("applicationId", ""),
    word("purpose",
         "Of the application, if the task is about one",
         words_in<policy::ApplicationPurpose>),
    text("organizationId", ""),
    text("tenantId", "").required(),
    text("office", ""),
    text("language", ""),
    whole("urgency", "Greater ones come first").required(),
    time("dueAt", "").required(),
    time("openedAt", "").required(),
    text("claimedBy", "Whose it is"),
    time("claimedAt", ""),
    time("closedAt", ""),
    text("reason", "", kLongText),
    time("deferredUntil", "Its queue leaves it out until then; its date stays"),
    text("deferralReason", "", kLongText),
};

constexpr std::array kStepFields{
    text("step", "").required(),
    whole("revision", "").required(),
    word("result", "", words_in<policy::StepOutcome>).required(),
    text("source", "Where it was found", kLongText),
    text("url", "", kLongText),
    text("snapshotId", "The document that shows it"),
    text("note", "", kLongText),
    time("collectedAt", "When the data is from, if older"),
    text("by", "").required(),
    time("at", "").required(),
};

constexpr std::array kChangedFields{
    text("pointer", "What is different").required(),
    text("before", "", kPemText),
    text("after", "", kPemText),
};
constexpr std::array kCallFields{
    whole("revision", "").required(),
    text("number", "E.164").required(),
    word("numberSource", "", words_in<policy::ContactSource>).required(),
    text("sourceReference", "Where in the source", kLongText),
    text("office", "From where was called"),
    word("result", "", words_in<policy::CallOutcome>).required(),
    text("personReached", ""),
    text("answers", "To the script, in its order", kLongText).list().required(),
    text("attachmentId", ""),
    text("by", "").required(),
    time("startedAt", "").required(),
    time("at", "").required(),
};

constexpr std::array kRequestedDocumentFields{
    word("kind", "", words_in<policy::DocumentKind>).required(),
    text("reason", "", policy::kLongestRequestReason).required(),
    whole("revision", "").required(),
    text("by", "").required(),
    time("askedAt", "").required(),
    text("documentId", "That settled it"),
    time("settledAt", ""),
};

}  // namespace

constinit const Shape kTask{"Task", "A piece of work of the desk.", kTaskFields};
constinit const Shape kStepShape{"StepResult", "What was found for one step of the checklist.",
                                 kStepFields};
constinit const Shape kChangedShape{"Difference", "What a new revision changed.", kChangedFields};
constinit const Shape kCallShape{"Call", "The record of a phone call.", kCallFields};
constinit const Shape kRequestedDocumentShape{
    "RequestedDocument", "A document that the applicant was asked for.", kRequestedDocumentFields};

json json_of(const policy::ReviewTask& task, const storage::Snapshot& snapshot) {
  json out{{"id", task.id.text()},
           {"type", policy::text_of(task.type)},
           {"tenantId", task.tenant.text()},
           {"urgency", task.urgency},
           {"dueAt", ca::rfc3339(task.due_at)},
           {"openedAt", ca::rfc3339(task.opened_at)}};
  put_id(out, "applicationId", task.application);
  const auto application = task.application
                               ? policy::kApplications.get(snapshot, task.application->octets())
                               : std::nullopt;
  if (application) out["purpose"] = policy::text_of(policy::purpose_of(*application));
  put_id(out, "organizationId", task.organization);
  put_stated(out, "office", task.office);
  put_stated(out, "language", task.language);
  put_id(out, "claimedBy", task.claimed_by);
  put_time(out, "claimedAt", task.claimed_at);
  put_time(out, "closedAt", task.closed_at);
  put_stated(out, "reason", task.reason);
  put_time(out, "deferredUntil", task.deferred_until);
  put_stated(out, "deferralReason", task.deferral_reason);
  return out;
}

json json_of(const policy::RequestedDocument& request) {
  json out{{"kind", policy::text_of(request.kind)},
           {"reason", request.reason},
           {"revision", request.revision},
           {"by", request.by.text()},
           {"askedAt", ca::rfc3339(request.asked_at)}};
  put_id(out, "documentId", request.document);
  put_time(out, "settledAt", request.settled_at);
  return out;
}

json json_of(const policy::Change& change) {
  json out{{"pointer", change.pointer}};
  if (change.before) out["before"] = *change.before;
  if (change.after) out["after"] = *change.after;
  return out;
}

json json_of(const policy::StepResult& step) {
  json out{{"step", step.step},
           {"revision", step.revision},
           {"result", policy::text_of(step.outcome)},
           {"by", step.by.text()},
           {"at", ca::rfc3339(step.at)}};
  put_stated(out, "source", step.source);
  put_stated(out, "url", step.url);
  put_id(out, "snapshotId", step.snapshot);
  put_stated(out, "note", step.note);
  put_time(out, "collectedAt", step.collected_at);
  return out;
}

json json_of(const policy::CallRecord& call) {
  json out{{"revision", call.revision},
           {"number", call.number},
           {"numberSource", policy::text_of(call.number_source)},
           {"result", policy::text_of(call.outcome)},
           {"answers", call.answers},
           {"by", call.by.text()},
           {"startedAt", ca::rfc3339(call.started_at)},
           {"at", ca::rfc3339(call.at)}};
  put_stated(out, "sourceReference", call.source_reference);
  put_stated(out, "office", call.office);
  put_stated(out, "personReached", call.person_reached);
  put_id(out, "attachmentId", call.attachment);
  return out;
}

}  // namespace server::api
