// What the audit log tells of the ledger: every serial's story, every CRL's number, every blocked
// key. Read once; what is proved of it is in ca/verify.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/blocked_key.h"
#include "ca/ledger.h"
#include "ca/time.h"
#include "storage/transaction.h"

namespace ca {

/// Places are numbers of audit entries: no clock can disturb their order. 0: it did not happen.
struct SerialStory {
  std::uint64_t intended = 0, precertificate = 0, issued = 0, revoked = 0;
  Time intended_at{}, issued_at{};
  std::string order, account, profile;                                // of the intent
  std::string tbs_sha256, precertificate_sha256, certificate_sha256;  // hex
  std::string reason;  // of the last word about its revocation, in decimal
};

/// What an issuer published last.
struct CrlStory {
  std::uint64_t number = 0;
  Time published_at{};
  std::uint64_t parts = 0;        // CRLs over parts, of all schemes together
  std::string all_sha256;         // hex; over the SHA-256 of all its CRLs; empty without parts
  bool is_full_left_out = false;  // so that the one over everything stayed an older one:
  std::uint64_t full_number = 0;  // 0: there never was one
  std::string full_sha256;        // hex
};

struct LedgerHistory {
  std::map<std::string, SerialStory> serials;  // by serial_key
  /// Issuer id and CRL number -> where the number was taken.
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> crl_numbers;
  std::map<std::string, std::uint64_t> last_crl_numbers;  // issuer id -> number last taken
  std::map<std::string, CrlStory> crls;                   // by issuer id
  std::map<std::string, BlockedKey> blocked_keys;         // by SHA-256 of the SPKI, octets
  /// What cannot have happened in that order, one sentence each.
  std::vector<std::string> faults;
};

LedgerHistory read_ledger_history(const storage::Snapshot& snapshot);

/// Visits every ledger entry that can be read, with its key; the others are Ledger::verify's to
/// tell.
void for_each_readable_entry(
    const storage::Snapshot& snapshot,
    const std::function<void(std::string_view key, const LedgerEntry& entry)>& visit);

}  // namespace ca
