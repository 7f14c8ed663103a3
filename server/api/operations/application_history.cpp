#include "server/api/operations/application_history.h"

#include <nlohmann/json.hpp>

#include "ca/audit_index.h"
#include "policy/people/person.h"
#include "policy/reviews/correspondence.h"
#include "server/api/caller_limits.h"
#include "server/api/page.h"
#include "storage/key_codec.h"

namespace server::api {
namespace {

using nlohmann::json;
using storage::Scan;

constexpr std::array kTimelineFields{
    whole("sequence", "Of the entry in the audit log").required(),
    time("at", "").required(),
    text("event", "What happened: \"application.submitted\"").required(),
    text("actor", "Who did it; people of the authority are \"authority\" to applicants").required(),
    text("subject", "What it happened to").required(),
};

}  // namespace

constinit const Shape kTimelineEntry{"TimelineEntry", "Something that happened to an application.",
                                     kTimelineFields};

void visit_history(const storage::Snapshot& snapshot,
                   const policy::Application& application,
                   std::uint64_t first,
                   const std::function<Scan(const ca::AuditEntry&)>& visit) {
  ca::read_audit_about(snapshot, application.id.text(), first, visit);
}

policy::Allowed<Answer> timeline_page(const storage::Snapshot& snapshot,
                                      const policy::Application& application,
                                      const Call& call) {
  const auto behind = number_behind(call);
  if (!behind) return policy::Refused(behind.error());
  // An applicant learns that somebody did something, and not who at the authority it was.
  const auto name_of = [&](const ca::AuditEntry& entry) -> std::string {
    if (!call.actor.tenant || !entry.actor.starts_with("per_")) return entry.actor;
    const auto id = policy::PersonId::parse(entry.actor);
    const auto person = id ? policy::kPeople.get(snapshot, id->octets()) : std::nullopt;
    return person && person->tenant == application.tenant ? entry.actor : "authority";
  };
  Page page(call);
  visit_history(snapshot, application, *behind + 1, [&](const ca::AuditEntry& entry) {
    // What others tried in vain is between them and the auditor, a note among the desk.
    const bool is_hidden = entry.event == kDenied || entry.event == policy::kNoteEvent;
    if (call.actor.tenant && is_hidden) return Scan::proceed;
    const json one{{"sequence", entry.sequence},
                   {"at", ca::rfc3339(entry.time)},
                   {"event", entry.event},
                   {"actor", name_of(entry)},
                   {"subject", entry.subject}};
    return page.add(one, storage::KeyWriter().number(entry.sequence).take());
  });
  return page.answer();
}

}  // namespace server::api
