#include "ca/audit_log.h"

#include <algorithm>
#include <optional>

#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/audit_record.h"
#include "ca/crypto/hash.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

/// The hash that entry `sequence` leaps to; `previous` is that of the one before it.
std::string hash_leaped_to(const storage::Snapshot& snapshot,
                           std::uint64_t sequence,
                           const std::string& previous) {
  const std::uint64_t target = leap_of(sequence);
  if (target + 1 == sequence) return previous;
  if (target < kFirstSequence) return hash_before_all();
  const auto bytes = snapshot.get(kAudit, audit_key(target));
  if (!bytes) throw storage::CorruptRecord("an entry of the audit log is missing");
  return decode_hash(*bytes);
}

}  // namespace

void append_audit(storage::Transaction& transaction, const AuditEvent& event) {
  StoredEntry entry{};
  entry.sequence = kFirstSequence;
  entry.previous_hash = hash_before_all();
  if (const auto head = transaction.last(kAudit)) {
    entry.sequence = storage::KeyReader(head->first).number() + 1;
    entry.previous_hash = decode_hash(head->second);
  }
  entry.leap_hash = hash_leaped_to(transaction, entry.sequence, entry.previous_hash);
  entry.time = event.time;
  entry.event = event.event;
  entry.actor = event.actor;
  entry.subject = event.subject;
  entry.facts.assign(event.facts.begin(), event.facts.end());
  const std::string body = encode_body(entry);
  entry.hash = link_hash(entry, body);
  transaction.put(kAudit, audit_key(entry.sequence), encode_entry(entry, body));
  for (const std::string& row : index_rows(entry)) transaction.put(kAuditAbout, row, "");
}

void read_audit_about(const storage::Snapshot& snapshot,
                      std::string_view id,
                      std::uint64_t first,
                      const std::function<storage::Scan(const AuditEntry&)>& visit) {
  const std::string prefix = storage::KeyWriter().text(id).take();
  // One at a time: nobody promises that other tables can be looked at from inside a scan.
  std::optional<std::uint64_t> next = first;
  while (next) {
    const std::string from = prefix + audit_key(*next);
    next.reset();
    snapshot.scan(kAuditAbout, from, [&](std::string_view key, std::string_view) {
      if (key.starts_with(prefix)) next = storage::KeyReader(key.substr(prefix.size())).number();
      return storage::Scan::stop;
    });
    if (!next) return;
    const auto bytes = snapshot.get(kAudit, audit_key(*next));
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
  snapshot.scan(kAudit, audit_key(first), [&](std::string_view, std::string_view value) {
    return visit(decode_entry(value));
  });
}

std::optional<AuditEntry> last_audit_entry(const storage::Snapshot& snapshot) {
  const auto head = snapshot.last(kAudit);
  if (!head) return std::nullopt;
  return decode_entry(head->second);
}

std::vector<AuditLink> audit_path(const storage::Snapshot& snapshot,
                                  std::vector<std::uint64_t> wanted) {
  std::vector<AuditLink> path;
  std::ranges::sort(wanted);
  const auto head = snapshot.last(kAudit);
  if (!head) return path;
  for (std::uint64_t at = storage::KeyReader(head->first).number(); !wanted.empty();) {
    const auto bytes = snapshot.get(kAudit, audit_key(at));
    if (!bytes) throw storage::CorruptRecord("an entry of the audit log is missing");
    const StoredEntry entry = decode_entry(*bytes);
    const bool is_wanted = wanted.back() == at;
    const bool is_leaped = entry.form == AuditForm::leaped;
    // What such an entry says would have to be shown.
    if (!is_leaped && !is_wanted) break;
    path.push_back({.sequence = at,
                    .hash = entry.hash,
                    .previous_hash = entry.previous_hash,
                    .leap_hash = entry.leap_hash,
                    .body_sha256 = sha256(encode_body(entry))});
    while (!wanted.empty() && wanted.back() >= at) wanted.pop_back();
    if (wanted.empty()) break;
    at = is_leaped && leap_of(at) >= wanted.back() ? leap_of(at) : at - 1;
  }
  return path;
}

}  // namespace ca
