// `chancery eab …`: keys for external account binding (RFC 8555 §7.3.4), also while a server runs.
#include <algorithm>
#include <iomanip>

#include "acme/jose/external_binding.h"
#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"
#include "acme/records/record_fields.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/random.h"
#include "ca/names/dns_name.h"
#include "policy/organizations/organization.h"
#include "policy/product.h"
#include "server/catalog_files.h"
#include "server/commands/beside_server.h"
#include "server/config/quantity.h"
#include "server/system_clock.h"

namespace server {
namespace {

using acme::ExternalKeyRecord;
using acme::kExternalKeys;

constexpr std::size_t kIdentifierOctets = 15;  // 20 characters without padding
constexpr int kNumberWidth = 12;
constexpr int kStateWidth = 10;
constexpr int kTimeWidth = 22;

/// Random octets whose base64url does not begin with a hyphen: people paste it behind an option,
/// and a client would take it for another one.
std::string pasteable_octets(ca::RandomSource& random, std::size_t count) {
  std::string octets = random.bytes(count);
  while (ca::base64url(octets).front() == '-') octets = random.bytes(count);
  return octets;
}

std::string identifier_of(const EabCreateOptions& options, ca::RandomSource& random) {
  if (!options.kid) return ca::base64url(pasteable_octets(random, kIdentifierOctets));
  const bool is_option = options.kid->starts_with('-');
  if (acme::is_key_identifier(*options.kid) && !is_option) return *options.kid;
  throw UsageError("--kid: expected 1 to " + std::to_string(acme::kMaxKeyIdentifier) +
                   " visible ASCII characters, of which the first is no hyphen");
}

std::vector<std::string> known_profiles(const ConfigChoice& config,
                                        const std::string& option,
                                        const std::vector<std::string>& profiles) {
  const policy::Catalog catalog(catalog_or_throw(settings_or_throw(config)).products);
  for (const std::string& each : profiles) {
    if (catalog.find(each) != nullptr) continue;
    std::string known;
    for (const policy::Product& product : catalog.products()) {
      known += (known.empty() ? "" : ", ") + product.name;
    }
    throw UsageError(option + ": there is no profile \"" + each + "\", expected one of " + known);
  }
  return profiles;
}

std::vector<std::string> parsed_domains(const std::vector<std::string>& domains) {
  std::vector<std::string> parsed;
  for (const std::string& each : domains) {
    const auto name = ca::DnsName::parse(each);
    if (!name || name->is_wildcard()) {
      throw UsageError("--domain: \"" + each + "\" is not a domain, expected one such as " +
                       "example.org, which stands for itself and every name under it");
    }
    parsed.push_back(name->text());
  }
  return parsed;
}

std::optional<ca::Time> end_of(const EabCreateOptions& options, ca::Time now) {
  if (!options.lifetime) return std::nullopt;
  const auto lifetime = parse_duration(*options.lifetime);
  if (lifetime && lifetime->count() > 0) return now + *lifetime;
  throw UsageError("--expires-in: \"" + *options.lifetime +
                   "\" is not a duration, expected one such as 90d or 12h");
}

/// How an order of its accounts waits, and for whom they ask; the tenant is the organization's.
struct WantedBinding {
  policy::OrganizationId organization;
  acme::HoldMode hold;
};
std::optional<WantedBinding> wanted_binding(const EabCreateOptions& options) {
  const auto hold = acme::hold_mode(options.hold);
  if (!hold) {
    throw UsageError("--hold: \"" + options.hold +
                     "\" is not a way to wait, expected processing, fail or pending");
  }
  if (!options.organization) return std::nullopt;
  const auto organization = policy::OrganizationId::parse(*options.organization);
  if (!organization) {
    throw UsageError("--organization: \"" + *options.organization +
                     "\" is not the id of an organization, expected one such as org_…");
  }
  return WantedBinding{*organization, *hold};
}

acme::OrganizationBinding binding_of(const storage::Snapshot& snapshot,
                                     const WantedBinding& wanted) {
  const auto organization = policy::kOrganizations.get(snapshot, wanted.organization.octets());
  if (organization) return {organization->tenant, wanted.organization, wanted.hold};
  throw std::runtime_error("there is no organization \"" + wanted.organization.text() +
                           "\"; organizations are made through the API (docs/api.md)");
}

std::string known_default_profile(const EabCreateOptions& options) {
  const std::string& name = options.default_profile;
  if (name.empty()) return name;
  known_profiles(options.config, "--default-profile", {name});
  const std::vector<std::string>& allowed = options.profiles;
  if (allowed.empty() || std::ranges::find(allowed, name) != allowed.end()) return name;
  throw UsageError("--default-profile: \"" + name + "\" is not among those given by --profile");
}

ExternalKeyRecord new_key(const EabCreateOptions& options, ca::RandomSource& random, ca::Time now) {
  require_plain_text("--label", options.label);
  if (options.max_uses == 0U) throw UsageError("--max-uses: expected at least 1");
  ExternalKeyRecord key;
  // Long enough for every algorithm: clients choose, and some of them HS512.
  key.secret = pasteable_octets(random, acme::kMacAlgorithms.back().least_key_octets);
  key.label = options.label;
  key.created_at = now;
  key.expires_at = end_of(options, now);
  key.max_uses = options.max_uses;
  key.profiles = known_profiles(options.config, "--profile", options.profiles);
  key.domains = parsed_domains(options.domains);
  key.default_profile = known_default_profile(options);
  return key;
}

std::string uses_text(const ExternalKeyRecord& key) {
  const std::string limit = key.max_uses ? std::to_string(*key.max_uses) : "any number";
  return std::to_string(key.uses) + " of " + limit;
}

std::string time_text(const std::optional<ca::Time>& time) {
  return time ? ca::rfc3339(*time) : "never";
}

std::string list_text(const std::vector<std::string>& items) {
  if (items.empty()) return "all";
  std::string text;
  for (const std::string& each : items) text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string binding_text(const ExternalKeyRecord& key) {
  if (!key.binding) return "none";
  return key.binding->organization.text() + " of " + key.binding->tenant.text() +
         "; until it is validated, orders " +
         (key.binding->hold == acme::HoldMode::fail
              ? "fail"
              : "wait as " + std::string(acme::text_of(key.binding->hold)));
}

std::runtime_error no_such_key(const std::string& kid) {
  return std::runtime_error("there is no external account key \"" + kid +
                            "\"; chancery eab list shows those there are");
}

void show_accounts(const storage::Snapshot& snapshot, const std::string& kid, std::ostream& out) {
  acme::for_each_account_of(snapshot, kid, [&](const acme::AccountId& id) {
    const auto account = acme::kAccounts.get(snapshot, id.octets());
    acme::require_field(account.has_value(), "external_key_accounts");
    out << "  account " << id.text() << "  " << acme::text_of(account->status) << "  opened "
        << ca::rfc3339(account->created_at);
    for (const std::string& contact : account->contacts) out << "  " << contact;
    out << "\n";
  });
}

}  // namespace

ExitCode eab_create(const EabCreateOptions& options, std::ostream& out) {
  ca::SystemRandom random;
  const SystemClock clock;
  const std::string kid = identifier_of(options, random);
  const std::optional<WantedBinding> wanted = wanted_binding(options);
  ExternalKeyRecord key = new_key(options, random, clock.seconds());
  storage::Store store = open_store(options.config, storage::OpenMode::beside_writer);
  const bool is_added = store.write_and_wait([&](storage::Transaction& transaction) {
    if (wanted) key.binding = binding_of(transaction, *wanted);
    return acme::add_external_key(transaction, kid, key, person_at_command_line());
  });
  if (!is_added) throw std::runtime_error("there is a key \"" + kid + "\" already");
  out << "Key identifier: " << kid << "\nMAC key: " << ca::base64url(key.secret)
      << "\nThe MAC key is shown this once. Hand both over by a way that others cannot read; "
         "then:\n"
      << "  certbot register --eab-kid KEY_IDENTIFIER --eab-hmac-key MAC_KEY …\n"
      << "  lego --eab --kid KEY_IDENTIFIER --hmac MAC_KEY …" << std::endl;
  return ExitCode::ok;
}

ExitCode eab_list(const ConfigChoice& choice, std::ostream& out) {
  const storage::Store store = open_store(choice, storage::OpenMode::read_only);
  const ca::Time now = SystemClock().seconds();
  store.read([&](const storage::Snapshot& snapshot) {
    kExternalKeys.scan_prefix(
        snapshot, "", [&](std::string_view kid, const ExternalKeyRecord& key) {
          out << std::left << std::setw(kNumberWidth * 2) << kid << " " << std::setw(kStateWidth)
              << acme::text_of(acme::state_of(key, now)) << " " << std::setw(kTimeWidth)
              << time_text(key.expires_at) << " " << std::setw(kNumberWidth) << uses_text(key)
              << " " << key.label << "\n";
          return storage::Scan::proceed;
        });
  });
  out << std::flush;
  return ExitCode::ok;
}

ExitCode eab_show(const ConfigChoice& choice, const std::string& kid, std::ostream& out) {
  const storage::Store store = open_store(choice, storage::OpenMode::read_only);
  const ca::Time now = SystemClock().seconds();
  store.read([&](const storage::Snapshot& snapshot) {
    const auto key = kExternalKeys.get(snapshot, kid);
    if (!key) throw no_such_key(kid);
    out << "Key identifier: " << kid << "\nLabel: " << key->label
        << "\nState: " << acme::text_of(acme::state_of(*key, now))
        << "\nCreated: " << ca::rfc3339(key->created_at)
        << "\nExpires: " << time_text(key->expires_at)
        << "\nDisabled: " << time_text(key->disabled_at)
        << "\nProfiles: " << list_text(key->profiles) << "\nDomains: " << list_text(key->domains)
        << "\nDefault profile: "
        << (key->default_profile.empty() ? "that of the catalog" : key->default_profile)
        << "\nOrganization: " << binding_text(*key) << "\nAccounts opened: " << uses_text(*key)
        << "\n";
    show_accounts(snapshot, kid, out);
  });
  out << std::flush;
  return ExitCode::ok;
}

ExitCode eab_disable(const ConfigChoice& choice, const std::string& kid, std::ostream& out) {
  storage::Store store = open_store(choice, storage::OpenMode::beside_writer);
  const ca::Time now = SystemClock().seconds();
  const bool is_known = store.write_and_wait([&](storage::Transaction& transaction) {
    return acme::disable_external_key(transaction, kid, person_at_command_line(), now);
  });
  if (!is_known) throw no_such_key(kid);
  out << "The key \"" << kid << "\" opens no more accounts; those it has opened stay as they are."
      << std::endl;
  return ExitCode::ok;
}

}  // namespace server
