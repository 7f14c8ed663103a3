#include "policy/applications/agreement.h"

#include <utility>

#include "ca/audit_log.h"

namespace policy {

std::optional<Agreement> present_agreement(const storage::Snapshot& snapshot) {
  const auto version = snapshot.get(kPublishedAgreement, kPresentAgreement);
  if (!version) return std::nullopt;
  return kAgreements.get(snapshot, *version);
}

std::expected<void, std::string> publish_agreement(storage::Transaction& transaction,
                                                   Agreement agreement) {
  const ca::Time now = agreement.published_at;
  if (const auto before = kAgreements.get(transaction, agreement.version)) {
    if (agreement.sha256.empty()) agreement.sha256 = before->sha256;
    if (!before->sha256.empty() && before->sha256 != agreement.sha256) {
      return std::unexpected("version " + agreement.version +
                             " of the agreement was published with another text; a changed text "
                             "takes another version");
    }
    agreement.published_at = before->published_at;
  }
  if (present_agreement(transaction) == agreement) return {};
  kAgreements.put(transaction, agreement.version, agreement);
  transaction.put(kPublishedAgreement, kPresentAgreement, agreement.version);
  ca::append_audit(transaction, {now,
                                 "agreement.published",
                                 "server",
                                 agreement.version,
                                 {{"sha256", agreement.sha256}, {"url", agreement.url}}});
  return {};
}

std::optional<std::string> fault_of_accepted(const storage::Snapshot& snapshot,
                                             std::string_view terms) {
  const auto present = present_agreement(snapshot);
  if (!present || terms == present->version) return std::nullopt;
  if (!present->url.empty() && terms == present->url) return std::nullopt;
  return "the agreement that is published now is version \"" + present->version +
         "\"; read it and state it as accepted";
}

std::vector<std::pair<std::string_view, std::string>> acceptance(const storage::Snapshot& snapshot,
                                                                 const Application& application) {
  std::vector<std::pair<std::string_view, std::string>> facts;
  const std::string& terms = application.wish.terms;
  if (terms.empty()) return facts;
  facts.emplace_back("terms", terms);
  const auto present = present_agreement(snapshot);
  if (!present || fault_of_accepted(snapshot, terms)) return facts;
  facts.emplace_back("terms_version", present->version);
  if (!present->sha256.empty()) facts.emplace_back("terms_sha256", present->sha256);
  return facts;
}

}  // namespace policy
