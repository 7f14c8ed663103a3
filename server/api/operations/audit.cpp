// Routes of auditors.
#include <array>
#include <nlohmann/json.hpp>

#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/audit_sample.h"
#include "ca/crypto/encoding.h"
#include "policy/products/vocabulary.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"
#include "server/config/quantity.h"
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

constexpr std::array kChosenFields{
    whole("sequence", "Of the entry of its issuance").required(),
    time("issuedAt", "").required(),
    text("issuer", "").required(),
    text("serial", "In hex").required(),
    text("order", "The order or application it was issued for").required(),
};
constexpr Shape kChosen{"SampledCertificate", "A certificate that is to be looked at again.",
                        kChosenFields};
constexpr std::array kSampleFields{
    time("from", "").required(),
    time("to", "").required(),
    whole("percent", "").required(),
    word("level", "Of which it was drawn, if not of all", words_in<policy::ValidationLevel>),
    whole("population", "How many certificates were issued in the period, of that level")
        .required(),
    whole("seedSequence", "The newest entry of the audit log before the end of the period")
        .required(),
    text("seed",
         "Its hash, in hex. Chosen are the entries certificate.issued of the period with the "
         "smallest SHA-256 over the octets of the seed and of their own hash")
        .required(),
    object("certificates", "In the order of their issuance", kChosen).list().required(),
};
constexpr Shape kSample{"AuditSample", "What a self-audit looks at (BR 8.7, EVG 8.1.1).",
                        kSampleFields};

constexpr QueryParameter kFrom{"from", "The beginning of the period: 2026-07-01T00:00:00Z"};
constexpr QueryParameter kTo{"to", "Its end, which is past and not part of it"};
constexpr QueryParameter kPercent{"percent", "How many of a hundred: 3 to 100, 3 if absent"};
constexpr QueryParameter kLevel{"level",
                                "Of those of this level alone that the web is to trust; of all "
                                "certificates if absent",
                                words_in<policy::ValidationLevel>};
constexpr std::array kSampleQuery{kFrom, kTo, kPercent, kLevel};

policy::Refused bad_parameter(const QueryParameter& parameter, const std::string& detail) {
  return policy::Refused(
      policy::Fault{policy::FaultCode::validation,
                    detail,
                    {{query_pointer(parameter.name), policy::FaultCode::validation, detail}}});
}

Allowed<ca::Time> time_in(const Call& call, const QueryParameter& parameter) {
  const auto seconds = seconds_of_time(call.query.text(parameter.name));
  if (!seconds) return bad_parameter(parameter, "A time such as 2026-07-01T00:00:00Z is needed.");
  return ca::Time(std::chrono::seconds(*seconds));
}

/// What a certificate of that level says about its owner.
std::optional<ca::SubjectKind> subject_of(std::optional<policy::ValidationLevel> level) {
  using enum ca::SubjectKind;
  constexpr std::array kSubjects{domain, individual, organization, extended};
  static_assert(kSubjects.size() == policy::kWords<policy::ValidationLevel>.size());
  if (!level) return std::nullopt;
  return kSubjects.at(static_cast<std::size_t>(*level));
}

Allowed<Answer> draw_sample(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  constexpr std::uint64_t kLeast = 3;  // BR 8.7
  constexpr std::uint64_t kHundred = 100;
  constexpr std::size_t kMostChosen = 10'000;
  const auto from = time_in(call, kFrom);
  if (!from) return policy::Refused(from.error());
  const auto to = time_in(call, kTo);
  if (!to) return policy::Refused(to.error());
  if (*to > call.now()) return bad_parameter(kTo, "The period is not over yet.");
  if (*from >= *to) return bad_parameter(kFrom, "The period begins before it ends.");
  const auto percent = parse_number(call.query.find(kPercent.name).value_or("3"));
  if (!percent || *percent < kLeast || *percent > kHundred) {
    return bad_parameter(kPercent, "A whole number from 3 to 100 is needed.");
  }
  const auto level = policy::spelled<policy::ValidationLevel>(call.query.text(kLevel.name));
  const ca::AuditSample sample =
      ca::draw_audit_sample(snapshot, *from, *to, *percent, subject_of(level));
  if (sample.chosen.size() > kMostChosen) {
    return bad_parameter(kFrom, "These are more than 10000 certificates; take a shorter period.");
  }
  nlohmann::json certificates = nlohmann::json::array();
  for (const std::uint64_t sequence : sample.chosen) {
    ca::read_audit(snapshot, sequence, [&](const ca::AuditEntry& entry) {
      certificates.push_back({{"sequence", entry.sequence},
                              {"issuedAt", ca::rfc3339(entry.time)},
                              {"issuer", ca::fact_in(entry, "issuer")},
                              {"serial", entry.subject},
                              {"order", ca::fact_in(entry, "order")}});
      return Scan::stop;
    });
  }
  nlohmann::json out{{"from", ca::rfc3339(*from)},
                     {"to", ca::rfc3339(*to)},
                     {"percent", *percent},
                     {"population", sample.population},
                     {"seedSequence", sample.seed_sequence},
                     {"seed", ca::hex(sample.seed)},
                     {"certificates", std::move(certificates)}};
  if (level) out["level"] = policy::text_of(*level);
  return json_answer(out);
}

constexpr std::array kRoutes{
    reading(
        "/audit/events", "listAuditEvents", "The audit log, oldest first", kAuditor, list_events)
        .with_query(kEventQuery)
        .gives_pages_of(kEvent),
    reading("/audit/verify", "verifyAudit", "Looks at the whole hash chain", kAuditor, verify_chain)
        .gives(kVerdict),
    reading("/audit/sample",
            "sampleAudit",
            "Certificates of a period, or of one level, chosen at random and by the log alone",
            kAuditor,
            draw_sample)
        .with_query(kSampleQuery)
        .gives(kSample),
};

}  // namespace

Routes audit_routes() {
  return kRoutes;
}

}  // namespace server::api
