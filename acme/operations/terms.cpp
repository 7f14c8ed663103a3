#include "acme/operations/terms.h"

#include <utility>

namespace acme {

std::unexpected<Problem> agreement_needed(const std::string& terms, std::string detail) {
  return std::unexpected(Problem(ProblemType::user_action_required, std::move(detail))
                             .with_link({terms, "terms-of-service"}));
}

bool agrees_to_terms(const DirectoryMeta& meta, const AccountRecord& account) {
  return meta.terms_of_service.empty() || account.terms_agreed == meta.terms_of_service;
}

Result<void> require_agreement(const Services& services, const AccountId& account) {
  const std::string& terms = services.meta.terms_of_service;
  if (terms.empty()) return {};
  const auto record = services.store.read(
      [&](const storage::Snapshot& snapshot) { return kAccounts.get(snapshot, account.octets()); });
  if (record && agrees_to_terms(services.meta, *record)) return {};
  const bool had_others = record && record->terms_agreed_at;
  return agreement_needed(
      terms, std::string(had_others ? "the terms of service have changed"
                                    : "the account has not agreed to the terms of service") +
                 "; read " + terms +
                 ", then send \"termsOfServiceAgreed\": true to the account URL");
}

}  // namespace acme
