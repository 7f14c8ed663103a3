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

struct LedgerHistory {
  std::map<std::string, SerialStory> serials;  // by serial_key
  /// Issuer id and CRL number -> where the number was taken.
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> crl_numbers;
  std::map<std::string, std::uint64_t> newest_crl;  // issuer id -> number last published
  std::map<std::string, BlockedKey> blocked_keys;   // by SHA-256 of the SPKI, octets
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
