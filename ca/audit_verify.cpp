// verify_audit_chain: the walk over all entries and over what they are found by.
#include <array>
#include <bit>
#include <optional>
#include <set>

#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/audit_record.h"
#include "ca/crypto/encoding.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

/// What one walk over the chain remembers.
struct ChainWalk {
  std::uint64_t expected_sequence = kFirstSequence;
  std::optional<std::string> previous_hash =
      hash_before_all();  // nothing after an unreadable entry
  std::vector<std::string> faults;
  std::set<std::string> about = {};  // rows of the index that have to be there; of this stretch
  /// By k: hash of the newest entry whose sequence 2^k divides. Empty: not known.
  std::array<std::string, 66> newest_multiple = {};

  void check(std::string_view key, std::string_view value);
  void check_links(std::uint64_t sequence, const StoredEntry& entry);
  void check_leap(std::uint64_t sequence, const StoredEntry& entry);
  void forget_links();
};

void ChainWalk::forget_links() {
  previous_hash.reset();
  newest_multiple = {};
}

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
    forget_links();
  }
  expected_sequence = sequence + 1;
  try {
    const StoredEntry entry = decode_entry(value);
    const std::string body = encode_body(entry);
    if (encode_entry(entry, body) != value) {
      faults.push_back(name + " is not in the form it was written in");
    } else if (link_hash(entry, body) != entry.hash) {
      faults.push_back(name + " was changed: its hash does not fit its content");
    }
    check_links(sequence, entry);
    check_leap(sequence, entry);
    about.merge(index_rows(entry));
    previous_hash = entry.hash;
  } catch (const storage::CorruptRecord& corrupt) {
    faults.push_back(name + " cannot be read: " + corrupt.what());
    forget_links();
  }
}

void ChainWalk::check_links(std::uint64_t sequence, const StoredEntry& entry) {
  const std::string name = "audit entry " + std::to_string(sequence);
  if (entry.sequence != sequence) {
    faults.push_back(name + " says it is entry " + std::to_string(entry.sequence));
  }
  if (previous_hash && entry.previous_hash != *previous_hash) {
    faults.push_back(name + " does not follow from the entry before it");
  }
}

/// An entry 2^k·odd leaps over 2^k, to a multiple of 2^(k+1): the newest there is.
void ChainWalk::check_leap(std::uint64_t sequence, const StoredEntry& entry) {
  const auto twos = static_cast<std::size_t>(std::countr_zero(sequence));
  if (entry.form == AuditForm::leaped && twos != 0) {
    const std::string expected =
        leap_of(sequence) < kFirstSequence ? hash_before_all() : newest_multiple.at(twos + 1);
    if (!expected.empty() && entry.leap_hash != expected) {
      faults.push_back("audit entry " + std::to_string(sequence) +
                       " does not follow from the entry it leaps to");
    }
  }
  for (std::size_t k = 0; k <= twos; ++k) newest_multiple.at(k) = entry.hash;
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
