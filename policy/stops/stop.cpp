#include "policy/stops/stop.h"

#include <algorithm>
#include <array>
#include <variant>

#include "ca/audit_log.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace policy {

namespace {

struct KindText {
  StopKind kind;
  std::string_view text;
};
constexpr std::array kKinds{
    KindText{StopKind::all, "all"},         KindText{StopKind::issuer, "issuer"},
    KindText{StopKind::profile, "profile"}, KindText{StopKind::method, "method"},
    KindText{StopKind::account, "account"}, KindText{StopKind::name, "name"},
};

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kSince = 1,
  kPerson = 2,
  kReason = 3,
  kRule = 4,
  kResumeAskedBy = 5,
};

ResumeRule decode_rule(std::uint64_t number) {
  if (number == static_cast<std::uint64_t>(ResumeRule::one_person)) return ResumeRule::one_person;
  if (number == static_cast<std::uint64_t>(ResumeRule::two_persons)) return ResumeRule::two_persons;
  throw storage::CorruptRecord("stop: an unknown rule for resuming");
}

bool is_any(const storage::Snapshot& snapshot) {
  bool found = false;
  snapshot.scan(kStops.name(), "", [&](std::string_view, std::string_view) {
    found = true;
    return storage::Scan::stop;
  });
  return found;
}

bool is_set(const storage::Snapshot& snapshot, StopKind kind, std::string_view subject) {
  return kStops.contains(snapshot, StopTarget{kind, std::string(subject)}.key());
}

bool is_stopped_name(const storage::Snapshot& snapshot, const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr) return is_set(snapshot, StopKind::name, ca::value_of(identifier));
  std::string rest = name->without_wildcard().text();
  for (;;) {
    if (is_set(snapshot, StopKind::name, rest)) return true;
    const std::size_t dot = rest.find('.');
    if (dot == std::string::npos) return false;
    rest.erase(0, dot + 1);
  }
}

}  // namespace

std::string_view text_of(StopKind kind) {
  return std::ranges::find(kKinds, kind, &KindText::kind)->text;
}

std::optional<StopKind> stop_kind(std::string_view text) {
  const auto* const found = std::ranges::find(kKinds, text, &KindText::text);
  if (found == kKinds.end()) return std::nullopt;
  return found->kind;
}

std::string StopTarget::text() const {
  return std::string(text_of(kind)) + (subject.empty() ? "" : " " + subject);
}

std::string StopTarget::key() const {
  return static_cast<char>(kind) + subject;
}

StopTarget StopTarget::of_key(std::string_view key) {
  for (const KindText& each : kKinds) {
    if (!key.starts_with(static_cast<char>(each.kind))) continue;
    StopTarget target{each.kind, std::string(key.substr(1))};
    if (target.subject.empty() == (each.kind == StopKind::all)) return target;
  }
  throw storage::CorruptRecord("stops: a row that is over nothing");
}

std::string StopRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.time(kSince, since).bytes(kPerson, person).bytes(kReason, reason);
  writer.number(kRule, static_cast<std::uint64_t>(rule));
  if (!resume_asked_by.empty()) writer.bytes(kResumeAskedBy, resume_asked_by);
  return std::move(writer).take();
}

StopRecord StopRecord::decode(std::string_view bytes) {
  StopRecord record;
  storage::RecordReader reader("stop", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kSince:
        record.since = field->as_time();
        break;
      case kPerson:
        record.person = field->as_string();
        break;
      case kReason:
        record.reason = field->as_string();
        break;
      case kRule:
        record.rule = decode_rule(field->as_number());
        break;
      case kResumeAskedBy:
        record.resume_asked_by = field->as_string();
        break;
      default:
        break;
    }
  }
  return record;
}

bool stop(storage::Transaction& transaction, const StopTarget& target, const StopRecord& record) {
  if (kStops.contains(transaction, target.key())) return false;
  kStops.put(transaction, target.key(), record);
  ca::AuditEvent event{record.since, "issuance.stopped", record.person, target.text(), {}};
  event.facts.emplace_back("reason", record.reason);
  if (record.rule == ResumeRule::two_persons) event.facts.emplace_back("resume_by", "two persons");
  ca::append_audit(transaction, event);
  return true;
}

Resumed resume(storage::Transaction& transaction,
               const StopTarget& target,
               const std::string& person,
               const std::string& reason,
               ca::Time now) {
  auto record = kStops.get(transaction, target.key());
  if (!record) return Resumed::not_stopped;
  const bool is_first = record->rule == ResumeRule::two_persons && record->resume_asked_by.empty();
  if (!is_first && record->resume_asked_by == person) return Resumed::same_person;
  ca::AuditEvent event{
      now, is_first ? "issuance.resume_asked" : "issuance.resumed", person, target.text(), {}};
  event.facts.emplace_back("reason", reason);
  if (is_first) {
    record->resume_asked_by = person;
    kStops.put(transaction, target.key(), *record);
  } else {
    if (!record->resume_asked_by.empty())
      event.facts.emplace_back("asked_by", record->resume_asked_by);
    kStops.erase(transaction, target.key());
  }
  ca::append_audit(transaction, event);
  return is_first ? Resumed::waits_for_another : Resumed::done;
}

std::optional<StopTarget> stop_over(const storage::Snapshot& snapshot,
                                    const Undertaking& undertaking) {
  if (!is_any(snapshot)) return std::nullopt;
  const std::array looked_for{
      StopTarget{StopKind::all},
      StopTarget{StopKind::issuer, std::string(undertaking.issuer)},
      StopTarget{StopKind::profile, std::string(undertaking.profile)},
      StopTarget{StopKind::account, std::string(undertaking.account)},
  };
  for (const StopTarget& each : looked_for) {
    if (each.kind != StopKind::all && each.subject.empty()) continue;
    if (kStops.contains(snapshot, each.key())) return each;
  }
  return std::nullopt;
}

std::vector<ca::Identifier> stopped_names(const storage::Snapshot& snapshot,
                                          const std::vector<ca::Identifier>& identifiers) {
  std::vector<ca::Identifier> stopped;
  if (!is_any(snapshot)) return stopped;
  for (const ca::Identifier& each : identifiers) {
    if (is_stopped_name(snapshot, each)) stopped.push_back(each);
  }
  return stopped;
}

bool is_stopped(const storage::Snapshot& snapshot, ValidationMethod method) {
  return is_set(snapshot, StopKind::method, text_of(method));
}

bool is_stopped(const storage::Snapshot& snapshot, ControlMethod method) {
  return is_set(snapshot, StopKind::method, text_of(method));
}

}  // namespace policy
