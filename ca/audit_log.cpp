#include "ca/audit_log.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <stdexcept>

#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

constexpr storage::TableName kAudit{"audit"};
/// Id, sequence -> nothing.
constexpr storage::TableName kAuditAbout{"audit_about"};
constexpr std::uint8_t kVersion = 1;
constexpr std::uint64_t kFirstSequence = 1;

enum BodyField : std::uint32_t {
  body_sequence = 1,
  body_time = 2,
  body_event = 3,
  body_actor = 4,
  body_subject = 5,
  body_fact_name = 6,
  body_fact_value = 7,
};
enum EntryField : std::uint32_t { entry_body = 1, entry_previous_hash = 2, entry_hash = 3 };

/// What entry 1 follows.
std::string hash_before_all() {
  return std::string(32, '\0');
}

std::string key_of(std::uint64_t sequence) {
  return storage::KeyWriter().number(sequence).take();
}

std::string encode_body(const AuditEntry& entry) {
  storage::RecordWriter writer(kVersion);
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

std::string encode_entry(const AuditEntry& entry, std::string_view body) {
  storage::RecordWriter writer(kVersion);
  writer.bytes(entry_body, body)
      .bytes(entry_previous_hash, entry.previous_hash)
      .bytes(entry_hash, entry.hash);
  return std::move(writer).take();
}

void decode_body(std::string_view body, AuditEntry& entry) {
  storage::RecordReader reader("audit entry", body, kVersion);
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

AuditEntry decode_entry(std::string_view bytes) {
  AuditEntry entry{};
  storage::RecordReader reader("audit entry", bytes, kVersion);
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
      default:
        break;
    }
  }
  return entry;
}

std::string link_hash(const AuditEntry& entry, std::string_view body) {
  return sha256(entry.previous_hash + std::string(body));
}

/// The rows of the index that point to `entry`.
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

/// What one walk over the chain remembers.
struct ChainWalk {
  std::uint64_t expected_sequence = kFirstSequence;
  std::optional<std::string> previous_hash =
      hash_before_all();  // nothing after an unreadable entry
  std::vector<std::string> faults;
  std::set<std::string> about = {};  // rows of the index that have to be there; of this stretch

  void check(std::string_view key, std::string_view value);
  void check_links(std::uint64_t sequence, const AuditEntry& entry);
};

void ChainWalk::check(std::string_view key, std::string_view value) {
  if (key.size() != sizeof(std::uint64_t)) {
    faults.push_back("audit entry under key " + hex(key) + ": the key is not a number");
    return;
  }
  const std::uint64_t sequence = storage::KeyReader(key).number();
  const std::string name = "audit entry " + std::to_string(sequence);
  if (sequence != expected_sequence) {
    faults.push_back(name + " stands where " + std::to_string(expected_sequence) +
                     " is due: entries are missing");
    previous_hash.reset();
  }
  expected_sequence = sequence + 1;
  try {
    const AuditEntry entry = decode_entry(value);
    const std::string body = encode_body(entry);
    if (encode_entry(entry, body) != value) {
      faults.push_back(name + " is not in the form it was written in");
    } else if (link_hash(entry, body) != entry.hash) {
      faults.push_back(name + " was changed: its hash does not fit its content");
    }
    check_links(sequence, entry);
    about.merge(index_rows(entry));
    previous_hash = entry.hash;
  } catch (const storage::CorruptRecord& corrupt) {
    faults.push_back(name + " cannot be read: " + corrupt.what());
    previous_hash.reset();
  }
}

void ChainWalk::check_links(std::uint64_t sequence, const AuditEntry& entry) {
  const std::string name = "audit entry " + std::to_string(sequence);
  if (entry.sequence != sequence) {
    faults.push_back(name + " says it is entry " + std::to_string(entry.sequence));
  }
  if (previous_hash && entry.previous_hash != *previous_hash) {
    faults.push_back(name + " does not follow from the entry before it");
  }
}

/// The log may have millions of entries: what is remembered of them is that of one stretch.
constexpr std::size_t kStretch = 10'000;

/// Walks on from the key `from`. Where to go on, or nothing at the end.
std::optional<std::string> walk_stretch(const storage::Snapshot& snapshot,
                                        const std::string& from,
                                        ChainWalk& walk) {
  std::optional<std::string> next;
  std::size_t seen = 0;
  snapshot.scan(kAudit, from, [&](std::string_view key, std::string_view value) {
    if (seen++ == kStretch) {
      next.emplace(key);
      return storage::Scan::stop;
    }
    walk.check(key, value);
    return storage::Scan::proceed;
  });
  return next;
}

/// Looks for what the entries of the stretch are found by. How many rows are there.
std::uint64_t check_index_rows(const storage::Snapshot& snapshot, ChainWalk& walk) {
  std::uint64_t found = 0;
  for (const std::string& row : walk.about) {
    if (snapshot.get(kAuditAbout, row)) {
      ++found;
    } else {
      walk.faults.push_back("audit index: the row " + hex(row) + " is missing");
    }
  }
  walk.about.clear();
  return found;
}

/// Whether an entry is found by `row`.
bool points_to_entry(const storage::Snapshot& snapshot, const std::string& row) {
  constexpr std::size_t kNumber = sizeof(std::uint64_t);
  if (row.size() < kNumber) return false;
  try {
    const auto bytes = snapshot.get(kAudit, row.substr(row.size() - kNumber));
    return bytes && index_rows(decode_entry(*bytes)).contains(row);
  } catch (const storage::CorruptRecord&) {
    return false;
  }
}

/// There are more rows than entries ask for. A stretch of rows at a time: nobody promises that
/// other tables can be looked at from inside a scan.
void name_odd_rows(const storage::Snapshot& snapshot, std::vector<std::string>& faults) {
  std::vector<std::string> rows;
  std::string from;
  do {
    rows.clear();
    snapshot.scan(kAuditAbout, from, [&](std::string_view key, std::string_view) {
      rows.emplace_back(key);
      return rows.size() < kStretch ? storage::Scan::proceed : storage::Scan::stop;
    });
    for (const std::string& row : rows) {
      if (!points_to_entry(snapshot, row)) {
        faults.push_back("audit index: the row " + hex(row) + " points to no such entry");
      }
    }
    if (!rows.empty()) from = rows.back() + '\0';
  } while (rows.size() == kStretch);
}

}  // namespace

void append_audit(storage::Transaction& transaction, const AuditEvent& event) {
  AuditEntry entry{};
  entry.sequence = kFirstSequence;
  entry.previous_hash = hash_before_all();
  if (const auto head = transaction.last(kAudit)) {
    entry.sequence = storage::KeyReader(head->first).number() + 1;
    entry.previous_hash = decode_entry(head->second).hash;
  }
  entry.time = event.time;
  entry.event = event.event;
  entry.actor = event.actor;
  entry.subject = event.subject;
  entry.facts.assign(event.facts.begin(), event.facts.end());
  const std::string body = encode_body(entry);
  entry.hash = link_hash(entry, body);
  transaction.put(kAudit, key_of(entry.sequence), encode_entry(entry, body));
  for (const std::string& row : index_rows(entry)) transaction.put(kAuditAbout, row, "");
}

bool is_indexed_subject(std::string_view text) {
  constexpr std::array<std::string_view, 5> kPrefixes{"app_", "org_", "con_", "doc_", "task_"};
  constexpr std::size_t kLetters = 22;  // of 16 octets
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
    return text.starts_with(prefix) && text.size() == prefix.size() + kLetters;
  });
}

void read_audit_about(const storage::Snapshot& snapshot,
                      std::string_view id,
                      std::uint64_t first,
                      const std::function<storage::Scan(const AuditEntry&)>& visit) {
  const std::string prefix = storage::KeyWriter().text(id).take();
  // One at a time: nobody promises that other tables can be looked at from inside a scan.
  std::optional<std::uint64_t> next = first;
  while (next) {
    const std::string from = prefix + key_of(*next);
    next.reset();
    snapshot.scan(kAuditAbout, from, [&](std::string_view key, std::string_view) {
      if (key.starts_with(prefix)) next = storage::KeyReader(key.substr(prefix.size())).number();
      return storage::Scan::stop;
    });
    if (!next) return;
    const auto bytes = snapshot.get(kAudit, key_of(*next));
    if (!bytes) throw storage::CorruptRecord("the index of the audit log points to nothing");
    if (visit(decode_entry(*bytes)) == storage::Scan::stop) return;
    ++*next;
  }
}

std::string audit_body(const AuditEntry& entry) {
  return encode_body(entry);
}

std::string fact_in(const AuditEntry& entry, std::string_view name) {
  for (const auto& [key, value] : entry.facts) {
    if (key == name) return value;
  }
  return {};
}

void read_audit(const storage::Snapshot& snapshot,
                std::uint64_t first,
                const std::function<storage::Scan(const AuditEntry&)>& visit) {
  snapshot.scan(kAudit, key_of(first), [&](std::string_view, std::string_view value) {
    return visit(decode_entry(value));
  });
}

std::optional<AuditEntry> last_audit_entry(const storage::Snapshot& snapshot) {
  const auto head = snapshot.last(kAudit);
  if (!head) return std::nullopt;
  return decode_entry(head->second);
}

std::vector<std::string> verify_audit_chain(const storage::Snapshot& snapshot) {
  ChainWalk walk;
  std::uint64_t sound_rows = 0;
  std::optional<std::string> from = "";
  while (from) {
    from = walk_stretch(snapshot, *from, walk);
    sound_rows += check_index_rows(snapshot, walk);
  }
  std::uint64_t rows = 0;
  snapshot.scan(kAuditAbout, "", [&](std::string_view, std::string_view) {
    ++rows;
    return storage::Scan::proceed;
  });
  if (rows != sound_rows) name_odd_rows(snapshot, walk.faults);
  return walk.faults;
}

}  // namespace ca
