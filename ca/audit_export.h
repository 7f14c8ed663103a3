// What it takes to check entries of the audit log without the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/audit_log.h"

namespace ca {

/// The bytes of an entry that its hash covers: hash is SHA-256(previous_hash, the octet 2,
/// leap_hash, SHA-256(these)). Entries of older versions leap nowhere: SHA-256(previous_hash,
/// these).
std::string audit_body(const AuditEntry& entry);

/// The first fact of that name; empty where there is none.
std::string fact_in(const AuditEntry& entry, std::string_view name);

/// The newest entry, or nothing while there is none.
std::optional<AuditEntry> last_audit_entry(const storage::Snapshot& snapshot);

/// The entry that `sequence` leaps to: itself without its lowest one bit. Entry 12 is tied to 11
/// and to 8, entry 8 to 7 and to what was before all. So some hundred links lead from the head of
/// a log of any length to any entry.
std::uint64_t leap_of(std::uint64_t sequence);

/// What shows that one entry follows from others, without showing what it says.
struct AuditLink {
  std::uint64_t sequence;
  std::string hash;
  std::string previous_hash;
  std::string leap_hash;  // of the entry leap_of(sequence); empty: it leaps nowhere
  std::string body_sha256;
};
/// The links from the newest entry down to the oldest one wanted, newest first, each the entry
/// before its neighbour or the one its neighbour leaps to, through every entry of `wanted`. Ends
/// early at an entry that leaps nowhere and is not wanted: nobody can follow the chain through it
/// without reading it.
std::vector<AuditLink> audit_path(const storage::Snapshot& snapshot,
                                  std::vector<std::uint64_t> wanted);

}  // namespace ca
