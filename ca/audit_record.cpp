#include "ca/audit_record.h"

#include <algorithm>
#include <array>

#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/crypto/hash.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

constexpr std::uint8_t kBodyVersion = 1;

enum BodyField : std::uint32_t {
  body_sequence = 1,
  body_time = 2,
  body_event = 3,
  body_actor = 4,
  body_subject = 5,
  body_fact_name = 6,
  body_fact_value = 7,
};
enum EntryField : std::uint32_t {
  entry_body = 1,
  entry_previous_hash = 2,
  entry_hash = 3,
  entry_leap_hash = 4,  // where the entry it leaps to is not the one before
};

/// Whether the entry leaps to the one before it.
bool leaps_one(std::uint64_t sequence) {
  return leap_of(sequence) + 1 == sequence;
}

void decode_body(std::string_view body, AuditEntry& entry) {
  storage::RecordReader reader("audit entry", body, kBodyVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case body_sequence:
        entry.sequence = field->as_number();
        break;
      case body_time:
        entry.time = field->as_time();
        break;
      case body_event:
        entry.event = field->as_string();
        break;
      case body_actor:
        entry.actor = field->as_string();
        break;
      case body_subject:
        entry.subject = field->as_string();
        break;
      case body_fact_name:
        entry.facts.emplace_back(field->as_string(), "");
        break;
      case body_fact_value:
        if (entry.facts.empty()) throw storage::CorruptRecord("audit entry: a fact has no name");
        entry.facts.back().second = field->as_string();
        break;
      default:
        break;
    }
  }
}

}  // namespace

std::string hash_before_all() {
  return std::string(32, '\0');
}

std::string audit_key(std::uint64_t sequence) {
  return storage::KeyWriter().number(sequence).take();
}

std::uint64_t leap_of(std::uint64_t sequence) {
  return sequence & (sequence - 1);
}

std::string encode_body(const AuditEntry& entry) {
  storage::RecordWriter writer(kBodyVersion);
  writer.number(body_sequence, entry.sequence)
      .time(body_time, entry.time)
      .bytes(body_event, entry.event)
      .bytes(body_actor, entry.actor)
      .bytes(body_subject, entry.subject);
  for (const auto& [name, value] : entry.facts) {
    writer.bytes(body_fact_name, name).bytes(body_fact_value, value);
  }
  return std::move(writer).take();
}

std::string link_hash(const StoredEntry& entry, std::string_view body) {
  if (entry.form == AuditForm::whole) return sha256(entry.previous_hash + std::string(body));
  return sha256(entry.previous_hash + static_cast<char>(AuditForm::leaped) + entry.leap_hash +
                sha256(body));
}

std::string encode_entry(const StoredEntry& entry, std::string_view body) {
  storage::RecordWriter writer(static_cast<std::uint8_t>(entry.form));
  writer.bytes(entry_body, body)
      .bytes(entry_previous_hash, entry.previous_hash)
      .bytes(entry_hash, entry.hash);
  if (entry.form == AuditForm::leaped && !leaps_one(entry.sequence)) {
    writer.bytes(entry_leap_hash, entry.leap_hash);
  }
  return std::move(writer).take();
}

StoredEntry decode_entry(std::string_view bytes) {
  StoredEntry entry{};
  storage::RecordReader reader("audit entry", bytes, static_cast<std::uint8_t>(AuditForm::leaped));
  entry.form = reader.version() == static_cast<std::uint8_t>(AuditForm::leaped) ? AuditForm::leaped
                                                                                : AuditForm::whole;
  while (const auto field = reader.next()) {
    switch (field->field) {
      case entry_body:
        decode_body(field->as_bytes(), entry);
        break;
      case entry_previous_hash:
        entry.previous_hash = field->as_string();
        break;
      case entry_hash:
        entry.hash = field->as_string();
        break;
      case entry_leap_hash:
        entry.leap_hash = field->as_string();
        break;
      default:
        break;
    }
  }
  if (entry.form == AuditForm::leaped && entry.leap_hash.empty() && leaps_one(entry.sequence)) {
    entry.leap_hash = entry.previous_hash;
  }
  return entry;
}

std::string decode_hash(std::string_view bytes) {
  storage::RecordReader reader("audit entry", bytes, static_cast<std::uint8_t>(AuditForm::leaped));
  while (const auto field = reader.next()) {
    if (field->field == entry_hash) return field->as_string();
  }
  throw storage::CorruptRecord("audit entry: it has no hash");
}

std::set<std::string> index_rows(const AuditEntry& entry) {
  std::set<std::string> rows;
  const auto add = [&](std::string_view id) {
    if (!is_indexed_subject(id)) return;
    rows.insert(storage::KeyWriter().text(id).number(entry.sequence).take());
  };
  add(entry.subject);
  for (const auto& [name, value] : entry.facts) add(value);
  return rows;
}

bool is_indexed_subject(std::string_view text) {
  constexpr std::array<std::string_view, 5> kPrefixes{"app_", "org_", "con_", "doc_", "task_"};
  constexpr std::size_t kLetters = 22;  // of 16 octets
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
    return text.starts_with(prefix) && text.size() == prefix.size() + kLetters;
  });
}

}  // namespace ca
