// The agreement with subscribers (TCG-02, BR 9.6.3, EVG 3.2.2.9): which version is published now,
// and which were before.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

/// A version of it.
struct Agreement {
  std::string version;  // "1": what an application names as accepted
  std::string sha256;   // of its text, in hex; empty: the operator has given none
  std::string url;      // where ACME's accounts agree to it (RFC 8555 §7.1.1); or empty
  ca::Time published_at{};

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.version);
    walk(2, self.sha256);
    walk(3, self.url);
    walk(4, self.published_at);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static Agreement decode(std::string_view bytes) {
    return decode_record<Agreement>("agreement", bytes);
  }
  bool operator==(const Agreement&) const = default;
};

/// Version -> agreement: every one that was ever published.
inline constexpr storage::Table<Agreement> kAgreements{"agreements"};
/// kPresentAgreement -> the version that is published now.
inline constexpr storage::TableName kPublishedAgreement{"published_agreement"};
inline constexpr std::string_view kPresentAgreement = "present";

/// What an application of an ACME client says where the operator publishes no terms for accounts.
inline constexpr std::string_view kNoTermsForAccounts = "no terms of service are published";

/// Makes `agreement` the present one from its published_at on, with the audit entry
/// `agreement.published`; nothing is written if it is that already. The time of a version that was
/// published before stays. Refuses, in one sentence, another text under the same version: what was
/// accepted would not be what it says.
std::expected<void, std::string> publish_agreement(storage::Transaction& transaction,
                                                   Agreement agreement);

/// The one that is published now; nothing where none ever was.
std::optional<Agreement> present_agreement(const storage::Snapshot& snapshot);

/// What is wrong with `terms`, stated as accepted in an application, or nothing. Accepted is the
/// present version; ACME's accounts agree to its URL. Where none was ever published anything is.
std::optional<std::string> fault_of_accepted(const storage::Snapshot& snapshot,
                                             std::string_view terms);

/// The facts of an acceptance for the audit entry that submits `application`, whose time is that of
/// the acceptance: what was stated, the version it stands for and the SHA-256 of its text, where
/// there are such. None for what accepts nothing.
std::vector<std::pair<std::string_view, std::string>> acceptance(const storage::Snapshot& snapshot,
                                                                 const Application& application);

}  // namespace policy
