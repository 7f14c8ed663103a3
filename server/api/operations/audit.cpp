// Routes of auditors.
#include <array>
#include <nlohmann/json.hpp>

#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/crypto/encoding.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"
#include "storage/key_codec.h"

namespace server::api {
namespace {

using policy::Allowed;
using policy::Role;
using storage::Scan;

constexpr Access kAuditor({{Over::all, {Role::auditor}}});

constexpr std::array kFactFields{
    text("name", "Of the fact").required(),
    text("value", "", kLongText).required(),
};
constexpr Shape kFact{"AuditFact", "A detail of an audit entry.", kFactFields};

constexpr std::array kEventFields{
    whole("sequence", "Counted from 1, without a gap").required(),
    time("at", "When it happened").required(),
    text("event", "What happened: \"organization.created\"").required(),
    text("actor", "Who did it: a person, an account, \"server\", or somebody at the command line")
        .required(),
    text("subject", "What it happened to").required(),
    object("facts", "Details, in the order in which they are hashed", kFact).list().required(),
    text("previousHash", "Of the entry before, in hex").required(),
    text("hash", "SHA-256 over the previous hash and this entry, in hex").required(),
};
constexpr Shape kEvent{"AuditEvent", "An entry of the hash-chained audit log.", kEventFields};

constexpr std::array kVerdictFields{
    boolean("intact", "Whether every entry follows from the one before").required(),
    whole("entries", "How many there are").required(),
    text("head", "The hash of the last one, in hex; empty if there is none").required(),
    text("faults", "What was found, a sentence each", kLongText).list().required(),
};
constexpr Shape kVerdict{"AuditVerdict", "The outcome of looking at the whole chain.",
                         kVerdictFields};

nlohmann::json json_of(const ca::AuditEntry& entry) {
  nlohmann::json facts = nlohmann::json::array();
  for (const auto& [name, value] : entry.facts) facts.push_back({{"name", name}, {"value", value}});
  return {{"sequence", entry.sequence},
          {"at", ca::rfc3339(entry.time)},
          {"event", entry.event},
          {"actor", entry.actor},
          {"subject", entry.subject},
          {"facts", std::move(facts)},
          {"previousHash", ca::hex(entry.previous_hash)},
          {"hash", ca::hex(entry.hash)}};
}

constexpr QueryParameter kSubject{"filter[subject]", "Entries about this object only"};
constexpr QueryParameter kEventName{"filter[event]", "Entries of this kind only"};
constexpr QueryParameter kActor{"filter[actor]", "What this person or account did only"};
constexpr std::array kEventQuery{kLimit, kCursor, kSubject, kEventName, kActor};

Allowed<Answer> list_events(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  constexpr std::uint64_t kMostLookedAt = 20'000;
  const auto behind = number_behind(call);
  if (!behind) return policy::Refused(behind.error());
  const std::uint64_t first = *behind + 1;
  const auto fits = [&](const QueryParameter& filter, const std::string& value) {
    const auto wanted = call.query.find(filter.name);
    return !wanted || *wanted == value;
  };
  Page page(call);
  std::uint64_t looked_at = 0;
  const std::string subject = call.query.text(kSubject.name);
  const auto look = [&](const ca::AuditEntry& entry) {
    const std::string place = storage::KeyWriter().number(entry.sequence).take();
    if (fits(kSubject, entry.subject) && fits(kEventName, entry.event) &&
        fits(kActor, entry.actor)) {
      if (page.add(json_of(entry), place) == Scan::stop) return Scan::stop;
    }
    if (++looked_at < kMostLookedAt) return Scan::proceed;
    page.stop_at(place);
    return Scan::stop;
  };
  if (ca::is_indexed_subject(subject)) {
    ca::read_audit_about(snapshot, subject, first, look);
  } else {
    ca::read_audit(snapshot, first, look);
  }
  return page.answer();
}

Allowed<Answer> verify_chain(const Context&, const storage::Snapshot& snapshot, const Call&) {
  const std::vector<std::string> faults = ca::verify_audit_chain(snapshot);
  const auto last = ca::last_audit_entry(snapshot);
  return json_answer({{"intact", faults.empty()},
                      {"entries", last ? last->sequence : 0},
                      {"head", last ? ca::hex(last->hash) : ""},
                      {"faults", faults}});
}

constexpr std::array kRoutes{
    reading(
        "/audit/events", "listAuditEvents", "The audit log, oldest first", kAuditor, list_events)
        .with_query(kEventQuery)
        .gives_pages_of(kEvent),
    reading("/audit/verify", "verifyAudit", "Looks at the whole hash chain", kAuditor, verify_chain)
        .gives(kVerdict),
};

}  // namespace

Routes audit_routes() {
  return kRoutes;
}

}  // namespace server::api
