#include "server/api/operations/application_history.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

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

/// When entry `sequence` was written, or nothing behind the end.
std::optional<ca::Time> time_of(const storage::Snapshot& snapshot, std::uint64_t sequence) {
  std::optional<ca::Time> time;
  ca::read_audit(snapshot, sequence, [&](const ca::AuditEntry& entry) {
    time = entry.time;
    return Scan::stop;
  });
  return time;
}

/// The first entry that is not older than `from`: entries are in order of time.
std::uint64_t first_since(const storage::Snapshot& snapshot, ca::Time from) {
  std::uint64_t step = 1;
  while (true) {
    const auto time = time_of(snapshot, step);
    if (!time || *time >= from) break;
    step *= 2;
  }
  std::uint64_t low = step / 2;  // older, or before the first one
  std::uint64_t high = step;     // not older
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto time = time_of(snapshot, middle);
    (time && *time < from ? low : high) = middle;
  }
  return std::max<std::uint64_t>(high, 1);
}

}  // namespace

constinit const Shape kTimelineEntry{"TimelineEntry", "Something that happened to an application.",
                                     kTimelineFields};

void visit_history(const storage::Snapshot& snapshot,
                   const policy::Application& application,
                   std::uint64_t first,
                   const std::function<Scan(const ca::AuditEntry&)>& visit) {
  const std::string id = application.id.text();
  const std::uint64_t begin = std::max(first, first_since(snapshot, application.created_at));
  ca::read_audit(snapshot, begin, [&](const ca::AuditEntry& entry) {
    const bool is_about =
        entry.subject == id ||
        std::ranges::any_of(entry.facts, [&](const auto& fact) { return fact.second == id; });
    return is_about ? visit(entry) : Scan::proceed;
  });
}

policy::Allowed<Answer> timeline_page(const storage::Snapshot& snapshot,
                                      const policy::Application& application,
                                      const Call& call) {
  std::uint64_t first = 1;
  if (call.query.cursor()) {
    if (call.query.cursor()->size() != sizeof(std::uint64_t)) {
      return policy::Refused(policy::Fault{policy::FaultCode::validation,
                                           "The cursor is not one that a page gave out."});
    }
    first = storage::KeyReader(*call.query.cursor()).number() + 1;
  }
  // An applicant learns that somebody did something, and not who at the authority it was.
  const auto name_of = [&](const ca::AuditEntry& entry) -> std::string {
    if (!call.actor.tenant || !entry.actor.starts_with("per_")) return entry.actor;
    const bool own = std::ranges::any_of(application.involved, [&](const auto& each) {
      return each.person.text() == entry.actor &&
             (each.part == policy::Part::created || each.part == policy::Part::edited ||
              each.part == policy::Part::submitted ||
              each.part == policy::Part::approved_for_applicant ||
              each.part == policy::Part::signed_for_applicant);
    });
    return own || entry.actor == call.actor.person.text() ? entry.actor : "authority";
  };
  Page page(call);
  visit_history(snapshot, application, first, [&](const ca::AuditEntry& entry) {
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
