// The DNS record that stays (draft-ietf-acme-dns-persist-01 and -02, BR 3.2.2.4.22): it names us
// and the account, and nothing of one attempt.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "acme/resource_urls.h"
#include "acme/validation/outcome.h"
#include "acme/validation/ports.h"
#include "ca/names/dns_name.h"
#include "ca/time.h"
#include "policy/domain_control/claims.h"

namespace acme {

/// What a record has to say.
struct PersistentClaim {
  ca::DnsName name;  // at which it stands; not a wildcard
  policy::PersistentReach reach = policy::PersistentReach::domain_itself;
  std::vector<std::string> issuers;   // our names, in lower case; any of them
  std::vector<std::string> accounts;  // the values of `accounturi` that mean the account; any
  ca::Time now{};
};

/// Looks for a TXT record at `_validation-persist.` before the name that permits the claim. Refuses
/// with what the DNS client says, with malformed if there is nothing but records of ours that break
/// the format, or else with unauthorized.
boost::asio::awaitable<ValidationOutcome> validate_dns_persist_01(DnsClient& dns,
                                                                  PersistentClaim claim);

/// Judges one TXT record: the value of `accounturi` that permits the claim, or why not. A record
/// that is for another CA, or for none, is refused with unauthorized like every other that does
/// not fit; one of ours that breaks the format with malformed.
std::expected<std::string, Problem> judge_persistent_record(std::string_view record,
                                                            const PersistentClaim& claim);

/// `accounturi` as -02 writes it, which tells nobody the account: `prefix`, "sha-256/" and the
/// digest of the name without its `*.`, the thumbprint and the URL.
std::string hashed_account_uri(std::string_view prefix,
                               const ca::DnsName& name,
                               std::string_view thumbprint,
                               std::string_view account_url);

/// The names by which records may mean us: the CAA identities in lower case, at most ten.
std::vector<std::string> persistent_issuers(const std::vector<std::string>& caa_identities);

}  // namespace acme
