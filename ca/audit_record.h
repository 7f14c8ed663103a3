// How entries of the audit log lie in the store, and what their hashes cover. For the files
// ca/audit_*.cpp; everybody else reads through ca/audit_log.h.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "ca/audit_log.h"
#include "storage/transaction.h"

namespace ca {

inline constexpr storage::TableName kAudit{"audit"};
/// Id, sequence -> nothing.
inline constexpr storage::TableName kAuditAbout{"audit_about"};
inline constexpr std::uint64_t kFirstSequence = 1;

/// How an entry is tied to those before it. The numbers are stored.
///   whole:  hash = SHA-256(previous_hash, body)
///   leaped: hash = SHA-256(previous_hash, 2, leap_hash, SHA-256(body))
/// The octet 2 keeps them apart: a body begins with 1.
enum class AuditForm : std::uint8_t { whole = 1, leaped = 2 };

struct StoredEntry : AuditEntry {
  AuditForm form = AuditForm::leaped;
  std::string leap_hash;  // hash of the entry leap_of(sequence); empty in the form `whole`
};

/// What the first entry follows, and leaps to.
std::string hash_before_all();
/// The key of an entry in kAudit.
std::string audit_key(std::uint64_t sequence);

/// The bytes that a hash covers beside the hashes before it.
std::string encode_body(const AuditEntry& entry);
std::string link_hash(const StoredEntry& entry, std::string_view body);
/// The row in kAudit.
std::string encode_entry(const StoredEntry& entry, std::string_view body);
/// Throws storage::CorruptRecord.
StoredEntry decode_entry(std::string_view bytes);
/// The hash alone, which is all that the entry behind it needs. Throws storage::CorruptRecord.
std::string decode_hash(std::string_view bytes);

/// The rows of kAuditAbout that point to `entry`.
std::set<std::string> index_rows(const AuditEntry& entry);

}  // namespace ca
