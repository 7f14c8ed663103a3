// For whose trust an issuing CA signed, as noted when it did. Where its files are read later, they
// may be copies without the mark of their folder, or it may have another mark by then.
#pragma once

#include <optional>
#include <string_view>

#include "ca/certificate_profile.h"
#include "ca/time.h"
#include "storage/transaction.h"

namespace ca {

/// Notes, with an intent of that time, the trust of the issuer unless it is the one noted last.
void note_issuer_trust(storage::Transaction& transaction,
                       std::string_view issuer_id,
                       Trust trust,
                       Time intended_at);

/// The trust of the issuer when it signed what was intended then; nothing for what is older than
/// the first note. Throws storage::CorruptRecord if the note cannot be read.
std::optional<Trust> trust_when_intended(const storage::Snapshot& snapshot,
                                         std::string_view issuer_id,
                                         Time intended_at);

}  // namespace ca
