// Routes of what applicants and the desk write to each other. What was mailed about an application
// is in messages.cpp.
#include "server/api/operations/correspondence.h"

#include <array>
#include <nlohmann/json.hpp>

#include "policy/applications/applications.h"
#include "server/api/operations/application_rules.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"
#include "storage/key_codec.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ApplicationId;
using policy::CaseMessage;
using policy::CaseMessageKind;
using policy::Refused;

/// Whoever owns a case writes about it, and whoever works on it.
constexpr Access kWriters(
    {{Over::own, {policy::Role::applicant}},
     {Over::tenant, {policy::Role::org_admin}},
     {Over::all, {policy::Role::front_desk, policy::Role::specialist, policy::Role::supervisor}}});

constexpr std::array kCaseMessageFields{
    whole("number", "From 1 on, without a gap among those that the caller sees").required(),
    word("kind",
         "Who writes to whom; applicants and support see no notes",
         words_in<CaseMessageKind>)
        .required(),
    whole("revision", "Of the application, when it was written").required(),
    text("role", "In which it was written").required(),
    text("personId", "Who wrote; applicants read that of their own people alone"),
    time("at", "").required(),
    text("text", "Lines of plain text", policy::kLongestCaseMessage).required(),
};
constexpr Shape kCaseMessage{"CaseMessage", "What was written about an application.",
                             kCaseMessageFields};

constexpr std::array kNewCaseMessageFields{
    word("kind",
         "People of the desk have to say it: to_applicant, or a note among themselves",
         words_in<CaseMessageKind>),
    text("text", "Lines of plain text", policy::kLongestCaseMessage).required(),
};
constexpr Shape kNewCaseMessage{"NewCaseMessage", "What is to be written.", kNewCaseMessageFields};

Allowed<Answer> list_case_messages(const Context&,
                                   const storage::Snapshot& snapshot,
                                   const Call& call) {
  const auto id = call.id<ApplicationId>("application");
  const auto found = policy::visible_application(snapshot, call.actor, id);
  if (!found) return Refused(found.error());
  const auto after = number_behind(call);
  if (!after) return Refused(after.error());
  Page page(call);
  std::size_t place = 0;
  for (const CaseMessage& each : policy::case_messages(snapshot, id, call.actor)) {
    ++place;
    if (each.number <= *after) continue;
    const std::string key = storage::KeyWriter().number(each.number).take();
    if (page.add(json_of(each, call.actor, place), key) == storage::Scan::stop) break;
  }
  return page.answer();
}

Allowed<Answer> write_case_message(const Context& context,
                                   storage::Transaction& transaction,
                                   const Call& call) {
  const auto id = call.id<ApplicationId>("application");
  const auto written = policy::write_case_message(
      here(context, transaction, call), {id}, policy::MessageId::fresh(context.random, call.time),
      {.kind = policy::spelled<CaseMessageKind>(call.body.text("kind")),
       .text = call.body.text("text")});
  if (!written) return Refused(written.error());
  const std::size_t place = policy::case_messages(transaction, id, call.actor).size();
  Answer answer = json_answer(json_of(*written, call.actor, place));
  answer.status = 201;
  return answer;
}

using enum policy::FaultCode;
constexpr std::array kWriteFaults{state_conflict, self_approval, quota_exceeded};
constexpr std::array kListQuery{kLimit, kCursor};

constexpr std::array kRoutes{
    reading("/applications/{application}/messages",
            "listCaseMessages",
            "What applicant and desk wrote to each other, oldest first",
            kProgressReaders,
            list_case_messages)
        .with_query(kListQuery)
        .gives_pages_of(kCaseMessage),
    changing(Method::post,
             "/applications/{application}/messages",
             "writeCaseMessage",
             "Writes to the other side, or a note of the desk; it stays as it is",
             kWriters,
             write_case_message)
        .takes(kNewCaseMessage)
        .gives(kCaseMessage, 201)
        .may_refuse(kWriteFaults),
};

}  // namespace

json json_of(const CaseMessage& message, const policy::Actor& reader, std::size_t place) {
  json out{{"number", policy::number_for(reader, message, place)},
           {"kind", policy::text_of(message.kind)},
           {"revision", message.revision},
           {"role", message.role},
           {"at", ca::rfc3339(message.at)},
           {"text", message.text}};
  if (!reader.tenant || message.kind == CaseMessageKind::from_applicant) {
    out["personId"] = message.by.text();
  }
  return out;
}

Routes correspondence_routes() {
  return kRoutes;
}

}  // namespace server::api
