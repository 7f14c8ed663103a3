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

ConfigFaults file_faults(const Settings& settings) {
  ConfigFaults faults;
  collect(faults, "tls.certificate, tls.key",
          [&] { TlsContext(settings.tls_certificate, settings.tls_key); });
  std::vector<std::string> chain;
  collect(faults, "ca.certificate, ca.root", [&] {
    chain = read_certificates(settings.ca_certificate);
    require_chain(chain, read_root(settings.ca_root), SystemClock().seconds());
  });
  collect(faults, "ca.certificate, ca.key", [&] {
    if (chain.empty()) return;
    auto signer = open_issuing_key(settings.ca_key, chain.front(), key_access(settings));
    ca::Issuer(chain, std::move(signer), {});
  });
  collect(faults, "dns.trust_anchor_file, dns.resolvers",
          [&] { const UnboundContext context(dns_options(settings)); });
  collect(faults, "ca.weak_key_lists", [&] { read_weak_keys(settings); });
  if (const auto agencies = read_agencies(settings); !agencies)
    faults.insert(faults.end(), agencies.error().begin(), agencies.error().end());
  if (const auto catalog = read_catalog(settings.catalog_folder); !catalog)
    faults.insert(faults.end(), catalog.error().begin(), catalog.error().end());
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
  out << "Settings that differ from their defaults:\n";
  print_changed(settings, std::filesystem::absolute(choice.path()).parent_path(), out);
  out << std::flush;
  return ExitCode::ok;
}

}  // namespace server
