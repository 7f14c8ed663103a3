// Offline proofs over the whole ledger, beside the two that stand alone (Ledger::verify,
// verify_audit_chain). What each invariant means: docs/verify.md.
//
// Every function returns one sentence for each fault; empty means sound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/issuer.h"
#include "storage/transaction.h"

namespace ca {

/// I1, I2, I3, I7 between ledger and audit log: every entry, precertificate, certificate,
/// revocation and blocked key has the audit entry that was written with it and the same content, in
/// the order intent, precertificate, certificate; and what the audit log tells is there.
std::vector<std::string> verify_ledger_history(const storage::Snapshot& snapshot);

/// I1, I9 for CRLs: each one that was published last is stored and is that one, under a number that
/// is noted; each is signed by its issuer, lists
/// nothing that is not revoked, and lists every serial of its part that was revoked before its
/// number was taken and had not expired; and each over a part names, octet for octet, where the
/// certificates of that part point; and what they point at is noted, so that the next ones cover
/// it.
std::vector<std::string> verify_crls(const storage::Snapshot& snapshot,
                                     const std::vector<const Issuer*>& issuers);

/// I2 against what the signer wrote down itself, one line for each signature by an issuing key
/// (ca/custody/signer_ledger_line.h):
///
///     2026-11-22T09:30:00Z 4f1a… precertificate 9c02… 91be…
///
/// Empty lines and those that begin with # say nothing. Every signature must be of something that
/// is in the store, and every certificate and precertificate of the store must be there, but for
/// those intended before the `begin` of the first line. Where the server runs meanwhile, what is
/// behind `older_than_store` octets may be newer than the snapshot: such a line explains what is in
/// the store, and what it tells beyond that is no fault.
std::vector<std::string> verify_signer_ledger(const storage::Snapshot& snapshot,
                                              std::string_view signer_ledger,
                                              std::size_t older_than_store = std::string::npos);

/// I7 against a head of the audit log that was kept elsewhere: that entry is there with that hash
/// (hex), so that nothing was cut off or written anew before it.
std::vector<std::string> verify_audit_head(const storage::Snapshot& snapshot,
                                           std::uint64_t sequence,
                                           std::string_view hash);

}  // namespace ca
