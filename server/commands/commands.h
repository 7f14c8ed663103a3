// What the program can do, one function per command. Each writes plain sentences and answers an
// exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/hierarchy_wish.h"
#include "server/config/load.h"

namespace server {

enum class ExitCode : int { ok = 0, failed = 1, bad_configuration = 2 };

/// Command-line values that cannot be used: exit code 2. The sentence names the option.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A configuration with faults: exit code 2. The text is the list of all of them.
class BadConfiguration : public std::runtime_error {
 public:
  explicit BadConfiguration(const ConfigFaults& faults);
};

/// Which configuration a command uses.
struct ConfigChoice {
  std::optional<std::filesystem::path> file;    // --config
  std::optional<std::filesystem::path> folder;  // --dir: chancery.toml in there
  std::vector<std::string> overrides;           // --set
  [[nodiscard]] std::filesystem::path path() const;
};

/// The settings, or BadConfiguration with every fault.
Settings settings_or_throw(const ConfigChoice& choice);

struct InitOptions {
  std::filesystem::path folder;
  std::string algorithm = "ecdsa-p256";
  ca::HierarchyNames names = {.organization = "Chancery"};
  ca::IssuingCaTerms terms = {};
  std::optional<std::string> listen;
  std::optional<std::string> base_url;
  /// Where the passphrase is that encrypts the keys of root and issuing CA: absolute path, or
  /// credential:NAME. Without it they are not encrypted.
  std::optional<std::string> passphrase_file;
};

/// Makes a CA: keys, certificates and configuration in one new folder, or nothing at all. Says so
/// if public trust could not rest on it, for want of a CRL of its root (BR 7.1.2.6.1). Throws
/// UsageError for values that cannot be used, std::runtime_error if the folder cannot be made or is
/// in use already, or the passphrase cannot be read.
ExitCode init(const InitOptions& options, std::ostream& out);

/// Runs the server until SIGINT or SIGTERM. Throws what keeps it from starting.
ExitCode serve(const ConfigChoice& choice, std::ostream& out);

/// Runs a remote perspective (BR 3.2.2.9) until SIGINT or SIGTERM. Throws what keeps it from
/// starting.
ExitCode perspective(const ConfigChoice& choice, std::ostream& out);

/// Checks the configuration and the files it names, and prints a summary.
ExitCode check_config(const ConfigChoice& choice, std::ostream& out);

/// Lists the issuing CAs.
ExitCode list_issuers(const ConfigChoice& choice, std::ostream& out);

struct IssuerAddOptions {
  ConfigChoice config;
  std::string name;
  std::string algorithm;
  ca::HierarchyNames names = {.organization = "Chancery"};
  ca::IssuingCaTerms terms = {};
  std::string trust = "web";  // or "private": whose root it is; of SM2 it is neither
};
/// Makes a further root with an issuing CA in a folder of its own, and says so if public trust
/// could not rest on it. Throws UsageError for names that cannot be used, std::runtime_error if the
/// folder is there already.
ExitCode add_issuer(const IssuerAddOptions& options, std::ostream& out);

struct IssuerRotateOptions {
  ConfigChoice config;
  std::string name;
  std::string successor;
  ca::SuccessorChanges changes = {};
  std::string pkcs11 = {};  // make the new key in a device, under this URI
};
/// Makes a new issuing CA under the root of an old one, whose key must be readable. Its certificate
/// says what the old one's says but for the changes. A key that is in a device is only followed by
/// one in a device (BR 6.2.7): UsageError without a URI then, and for changes that no CA
/// certificate can have.
ExitCode rotate_issuer(const IssuerRotateOptions& options, std::ostream& out);

struct IssuerRetireOptions {
  ConfigChoice config;
  std::string name;
};
/// Marks an issuing CA as one that signs no more certificates.
ExitCode retire_issuer(const IssuerRetireOptions& options, std::ostream& out);

struct IssuerCrossSignOptions {
  ConfigChoice config;
  std::string name;
  std::string by;
  std::string crl_url = {};  // BR 7.1.2.2.3: must be there
};
/// Lets the root of one issuing CA sign that of another, which gives the other an alternate chain.
/// The key of the signing root must be readable. Throws UsageError for names that cannot be used,
/// std::runtime_error if that chain is there already.
ExitCode cross_sign_issuer(const IssuerCrossSignOptions& options, std::ostream& out);

struct VerifyOptions {
  ConfigChoice config;
  std::optional<std::filesystem::path> store;          // instead of storage.path
  std::vector<std::filesystem::path> issuers;          // PEM, instead of those of the configuration
  std::optional<std::filesystem::path> signer_ledger;  // as ca/verify.h reads it
  std::optional<std::string> audit_head;               // "412:9f86d0…", kept outside of the store
};

/// Proves a store: prints what was checked and every finding. ExitCode::failed if there is one.
ExitCode verify(const VerifyOptions& options, std::ostream& out);

struct EabCreateOptions {
  ConfigChoice config;
  std::optional<std::string> kid;  // else a random one
  std::string label;
  std::optional<std::string> lifetime;  // such as 90d
  std::optional<std::uint64_t> max_uses;
  std::vector<std::string> profiles;
  std::vector<std::string> domains;
  std::string default_profile;
  std::optional<std::string> organization;  // whom its accounts act for
  std::string hold = "processing";
};

/// Makes a key for external account binding (RFC 8555 §7.3.4) and prints its secret, this once.
/// These four work on the store of a stopped or a running server. Throws UsageError for values that
/// cannot be used, std::runtime_error if the identifier is taken.
ExitCode eab_create(const EabCreateOptions& options, std::ostream& out);
/// One line for each key.
ExitCode eab_list(const ConfigChoice& choice, std::ostream& out);
/// Everything about one key but its secret, with the accounts it has opened. Throws
/// std::runtime_error if there is no such key; eab_disable too.
ExitCode eab_show(const ConfigChoice& choice, const std::string& kid, std::ostream& out);
/// Ends a key for good. Accounts that it has opened stay.
ExitCode eab_disable(const ConfigChoice& choice, const std::string& kid, std::ostream& out);

struct StopOptions {
  ConfigChoice config;
  std::string kind;     // "all", "issuer", "profile", "method", "account", "name"
  std::string subject;  // which of them; empty for all, and for the configured issuer
  std::string reason;
};

/// Stops issuance (docs/stopping.md), on the store of a stopped or a running server. What is
/// stopped already stays so. Throws UsageError for values that cannot be used.
ExitCode stop(const StopOptions& options, std::ostream& out);
/// Ends a stop, or notes the first of two persons who want that. Throws std::runtime_error if
/// nothing is stopped there, or if the same person asks twice.
ExitCode resume(const StopOptions& options, std::ostream& out);
/// One line for each stop.
ExitCode list_stops(const ConfigChoice& choice, std::ostream& out);

// Tenants, people and API tokens (docs/api.md). All work on the store of a stopped or a running
// server. Each throws UsageError for values that cannot be used, std::runtime_error if what it
// names is not there.

/// Adds a tenant and prints its id.
ExitCode tenant_create(const ConfigChoice& choice, const std::string& name, std::ostream& out);
/// One line for each tenant.
ExitCode tenant_list(const ConfigChoice& choice, std::ostream& out);

struct PersonCreateOptions {
  ConfigChoice config;
  std::string name;
  std::string mail;
  std::optional<std::string> tenant;  // none: of the authority
  std::vector<std::string> roles;
};

/// Adds a person and prints the id.
ExitCode person_create(const PersonCreateOptions& options, std::ostream& out);
/// One line for each person.
ExitCode person_list(const ConfigChoice& choice, std::ostream& out);
/// Ends what a person may do. All of the person's tokens stop at once.
ExitCode person_disable(const ConfigChoice& choice, const std::string& person, std::ostream& out);

struct TokenCreateOptions {
  ConfigChoice config;
  std::string person;
  std::vector<std::string> roles;  // none: all of the person's
  std::string label;
  std::optional<std::string> lifetime;  // such as 90d
  std::vector<std::string> networks;    // none: everywhere
};

/// Makes an API token for a person and prints it, this once.
ExitCode token_create(const TokenCreateOptions& options, std::ostream& out);
/// One line for each token.
ExitCode token_list(const ConfigChoice& choice, std::ostream& out);
/// Everything about one token but its text.
ExitCode token_show(const ConfigChoice& choice, const std::string& token, std::ostream& out);
/// Ends a token for good.
ExitCode token_revoke(const ConfigChoice& choice, const std::string& token, std::ostream& out);

struct RevokeOptions {
  ConfigChoice config;
  std::optional<std::filesystem::path> serials;  // one in hex on each line
  std::vector<std::string> keys;                 // SHA-256 of the SPKI in hex, or a PEM file
  std::vector<std::string> names;
  std::vector<std::string> accounts;
  std::vector<std::string> issued_between;  // none or two: dates or times
  std::string reason;
  std::string why;
  std::optional<std::string> delay;  // such as 20h
  bool dry_run = false;
};

/// Opens an incident that revokes many certificates (docs/revocation.md), or with `dry_run` only
/// lists them. Works on the store of a stopped or a running server. Throws UsageError for values
/// that cannot be used.
ExitCode revoke(const RevokeOptions& options, std::ostream& out);
/// One line for each incident.
ExitCode incident_list(const ConfigChoice& choice, std::ostream& out);
/// Everything about one incident and how far it has come. Throws std::runtime_error if there is no
/// such incident.
ExitCode incident_show(const ConfigChoice& choice, const std::string& id, std::ostream& out);

/// Copies the store, also of a running server, into `target`, which must be empty or absent.
ExitCode backup(const ConfigChoice& choice, const std::filesystem::path& target, std::ostream& out);

struct CatalogOptions {
  ConfigChoice config;
  std::optional<std::filesystem::path> folder;  // instead of catalog.folder
  std::string left, right;                      // "name" or "name@version"; may be empty
};

/// Says how many products there are, or throws BadConfiguration with every fault.
ExitCode catalog_check(const CatalogOptions& options, std::ostream& out);
/// One line for each version of a product, or everything about `left`. Throws UsageError if there
/// is no such product; catalog_diff too.
ExitCode catalog_show(const CatalogOptions& options, std::ostream& out);
/// In what two versions differ, or what the folder changes of the shipped catalog.
ExitCode catalog_diff(const CatalogOptions& options, std::ostream& out);

}  // namespace server
