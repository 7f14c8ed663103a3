#include "acme/operations/external_account.h"

#include <algorithm>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/external_binding.h"
#include "policy/name_scope.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

std::string listed(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : ", ") + in_quotes(each);
  return text;
}

std::unexpected<Problem> ended(const std::string& kid, ExternalKeyState state) {
  return refuse(ProblemType::unauthorized, "externalAccountBinding: the key " + in_quotes(kid) +
                                               " is " + std::string(text_of(state)) +
                                               " and opens no more accounts");
}

std::unexpected<Problem> not_authentic(const ExternalBinding& binding) {
  return refuse(ProblemType::unauthorized,
                "externalAccountBinding: there is no key " + in_quotes(binding.kid) +
                    " that gives this MAC with " + std::string(binding.algorithm->name));
}

/// Steps 3 and 4. A key that does not exist is tried too, with octets of no meaning, so that
/// neither the answer nor the time it takes tells which identifiers exist.
Result<ExternalKeyRecord> authentic_key(const Services& services, const ExternalBinding& binding) {
  const auto key = services.store.read(
      [&](const storage::Snapshot& snapshot) { return kExternalKeys.get(snapshot, binding.kid); });
  const std::string nobodys(kMacAlgorithms.back().least_key_octets, '\0');
  const bool is_authentic = verifies(binding, key ? key->secret : nobodys);
  if (key && is_authentic) return *key;
  return not_authentic(binding);
}

Problem outside(const ca::Identifier& identifier, const ExternalKeyRecord& key) {
  return Problem(ProblemType::rejected_identifier,
                 in_quotes(ca::value_of(identifier)) +
                     " is not within what the external account of this account may order, "
                     "expected a name at or under " +
                     listed(key.domains))
      .about(identifier);
}

}  // namespace

Result<std::optional<ExternalAccount>> judge_binding(const Services& services,
                                                     const AuthenticatedRequest& request,
                                                     const NewAccount& wanted) {
  if (!wanted.external_account_binding) {
    if (!services.meta.external_account_required) return std::nullopt;
    return refuse(ProblemType::external_account_required,
                  "new accounts need an externalAccountBinding (RFC 8555 §7.3.4); ask the operator "
                  "for a key identifier and a MAC key");
  }
  const auto binding = parse_external_binding(*wanted.external_account_binding, request.url);
  if (!binding) return std::unexpected(binding.error());
  const auto key = authentic_key(services, *binding);
  if (!key) return std::unexpected(key.error());
  if (const auto same = require_binding_of(*binding, request.key); !same) {
    return std::unexpected(same.error());
  }
  const ExternalKeyState state = state_of(*key, services.clock.seconds());
  if (state != ExternalKeyState::open) return ended(binding->kid, state);
  return ExternalAccount{binding->kid, *wanted.external_account_binding};
}

Result<void> use_external_key(storage::Transaction& transaction,
                              const ExternalAccount& external,
                              std::string_view url,
                              const AccountId& account,
                              ca::Time now) {
  const std::string& kid = external.kid;
  auto key = kExternalKeys.get(transaction, kid);
  if (!key) throw storage::CorruptRecord("external key " + in_quotes(kid) + " is gone");
  const ExternalKeyState state = state_of(*key, now);
  if (state != ExternalKeyState::open) return ended(kid, state);
  const auto binding = parse_external_binding(external.binding, url);
  if (!binding) return std::unexpected(binding.error());
  if (!verifies(*binding, key->secret)) return not_authentic(*binding);
  ++key->uses;
  kExternalKeys.put(transaction, kid, *key);
  transaction.put(kExternalKeyAccounts, external_key_account(kid, account), "");
  return {};
}

std::optional<ExternalKeyRecord> external_key_of(const Services& services,
                                                 const AccountId& account) {
  return services.store.read(
      [&](const storage::Snapshot& snapshot) -> std::optional<ExternalKeyRecord> {
        const auto record = kAccounts.get(snapshot, account.octets());
        if (!record || !record->external) return std::nullopt;
        auto key = kExternalKeys.get(snapshot, record->external->kid);
        if (key) return key;
        throw storage::CorruptRecord("account " + account.text() + " was opened with the key " +
                                     in_quotes(record->external->kid) + ", which is not stored");
      });
}

std::optional<std::string> default_profile(const policy::Catalog& catalog,
                                           const ExternalKeyRecord& key) {
  if (!key.default_profile.empty()) return key.default_profile;
  const std::string& standard = catalog.default_product().name;
  if (key.profiles.empty() || std::ranges::find(key.profiles, standard) != key.profiles.end()) {
    return std::nullopt;
  }
  return key.profiles.front();
}

Result<void> require_within(const ExternalKeyRecord& key,
                            const policy::Product& product,
                            const std::vector<ca::Identifier>& identifiers) {
  if (!key.profiles.empty() &&
      std::ranges::find(key.profiles, product.name) == key.profiles.end()) {
    return refuse(ProblemType::invalid_profile,
                  "the external account of this account may not order the profile " +
                      in_quotes(product.name) + "; expected " + listed(key.profiles));
  }
  if (key.domains.empty()) return {};
  std::vector<Problem> problems;
  for (const ca::Identifier& each : identifiers) {
    if (!policy::is_within(each, key.domains)) problems.push_back(outside(each, key));
  }
  if (problems.empty()) return {};
  // RFC 8555 §6.7.1: which name of several is at fault is said in subproblems.
  if (identifiers.size() == 1) return std::unexpected(std::move(problems.front()));
  std::string detail = std::to_string(problems.size()) +
                       " identifiers are not within what the external account of this account may "
                       "order; see the subproblems";
  return std::unexpected(Problem(ProblemType::rejected_identifier, std::move(detail))
                             .with_subproblems(std::move(problems)));
}

}  // namespace acme
