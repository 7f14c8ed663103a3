#include <algorithm>

#include "server/agency_files.h"
#include "server/application_options.h"
#include "server/ca_files.h"
#include "server/catalog_files.h"
#include "server/commands/commands.h"
#include "server/config/setting.h"
#include "server/issuer_files.h"
#include "server/key_access.h"
#include "server/outbound/unbound_context.h"
#include "server/system_clock.h"
#include "server/tls/tls_context.h"
#include "server/weak_key_lists.h"

namespace server {
namespace {

/// Runs one check of files; what it throws becomes a fault of the settings that name them.
template <class Check>
void collect(ConfigFaults& faults, const std::string& settings, Check check) {
  try {
    check();
  } catch (const std::exception& error) {
    faults.push_back({settings, error.what()});
  }
}

/// Certificates and key of the main issuer, each for itself. That it has ended is no fault here:
/// another one may sign.
void check_main_issuer(ConfigFaults& faults, const Settings& settings) {
  std::vector<std::string> chain;
  collect(faults, "ca.certificate, ca.root", [&] {
    chain = read_certificates(settings.ca_certificate);
    const std::string root = read_root(settings.ca_root);
    require_chain(chain, root, std::min({SystemClock().seconds(), end_of(chain), end_of({root})}));
  });
  collect(faults, "ca.certificate, ca.key", [&] {
    if (chain.empty()) return;
    auto signer = open_issuing_key(settings.ca_key, chain.front(), key_access(settings));
    ca::Issuer(chain, std::move(signer), {}, {}, trust_of(settings.ca_certificate));
  });
}

void check_issuers(ConfigFaults& faults, const Settings& settings) {
  check_main_issuer(faults, settings);
  const ca::KeyAccess access = key_access(settings);
  std::vector<IssuerFiles> all;
  collect(faults, "ca.issuers", [&] { all = issuer_files(settings); });
  for (const IssuerFiles& files : all) {
    if (files.name == "main") continue;
    const auto open = [&](const std::string& certificate) {
      return open_issuing_key(files.key, certificate, access);
    };
    collect(faults, "ca.issuers",
            [&] { load_issuer(settings, files, open, "", SystemClock().seconds()); });
  }
}

policy::LoadedCatalog offered(const Settings& settings) {
  return signable(catalog_or_throw(settings), settings, SystemClock().seconds());
}

ConfigFaults file_faults(const Settings& settings) {
  ConfigFaults faults;
  collect(faults, "tls.certificate, tls.key",
          [&] { TlsContext(settings.tls_certificate, settings.tls_key); });
  check_issuers(faults, settings);
  collect(faults, "dns.trust_anchor_file, dns.resolvers",
          [&] { const UnboundContext context(dns_options(settings)); });
  collect(faults, "ca.weak_key_lists", [&] { read_weak_keys(settings); });
  if (const auto agencies = read_agencies(settings); !agencies)
    faults.insert(faults.end(), agencies.error().begin(), agencies.error().end());
  if (const auto catalog = read_catalog(settings.catalog_folder); !catalog)
    faults.insert(faults.end(), catalog.error().begin(), catalog.error().end());
  // What the parts make together; with a part that is wrong this would only say so twice.
  if (faults.empty()) {
    collect(faults, "ca.certificate, ca.issuers, listen.public", [&] { offered(settings); });
  }
  return faults;
}

void print_changed(const Settings& settings,
                   const std::filesystem::path& folder,
                   std::ostream& out) {
  const Settings standard = default_settings(folder);
  for (const Setting& setting : settings_table()) {
    const std::string value = value_text(setting, settings);
    if (value == value_text(setting, standard)) continue;
    out << "  " << setting.key << " = " << value
        << (setting.audience == Audience::lab ? "  (only for a laboratory)" : "") << "\n";
  }
}

}  // namespace

ExitCode check_config(const ConfigChoice& choice, std::ostream& out) {
  const Settings settings = settings_or_throw(choice);
  const ConfigFaults faults = file_faults(settings);
  if (!faults.empty()) throw BadConfiguration(faults);
  out << choice.path().string() << ": the configuration is fine.\n"
      << "ACME on " << settings.listen_acme << ", CRLs on "
      << (settings.listen_public.empty() ? "no listener" : settings.listen_public) << ", store in "
      << settings.storage_path.string() << ".\n";
  if (settings.acme_caa_identities.empty()) {
    out << "acme.caa_identities is empty: a name whose CAA records restrict issuance is refused.\n";
  }
  const auto lists = read_weak_keys(settings);
  const auto products = catalog_or_throw(settings).products;
  require_weak_key_lists(settings, lists.get(), products, SystemClock().seconds());
  const std::string keys = keys_without_list(lists.get(), products, SystemClock().seconds());
  if (!keys.empty()) {
    out << "ca.weak_key_lists has no list for " << keys
        << ": a CA that the public trusts must refuse the keys that Debian's broken generator made "
           "(BR 6.1.1.3).\n";
  }
  for (const std::string& note :
       load_issuers(settings, key_access(settings), "", SystemClock().seconds()).notes) {
    out << "Warning: " << note << ".\n";
  }
  const std::string missing = not_offered(offered(settings).products);
  if (!missing.empty()) out << "Not offered: " << missing << ".\n";
  out << "Settings that differ from their defaults:\n";
  print_changed(settings, std::filesystem::absolute(choice.path()).parent_path(), out);
  out << std::flush;
  return ExitCode::ok;
}

}  // namespace server
