#include "server/commands/crl_urls.h"

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <vector>

#include "ca/certificate.h"
#include "ca/crl_check.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "server/ca_files.h"
#include "server/commands/beside_server.h"
#include "server/config/endpoint.h"
#include "server/issuer_files.h"
#include "server/system_clock.h"

namespace server {
namespace {

std::string id_of_issuer(const Settings& settings, const std::string& name) {
  for (const IssuerFiles& files : issuer_files(settings)) {
    if (files.name != name) continue;
    return ca::hex(ca::sha256(read_certificates(files.certificate).front()));
  }
  throw UsageError("there is no issuing CA \"" + name + "\"; `chancery ca list` shows them");
}

/// The CRLs over everything that unexpired certificates name, wherever they were.
std::set<std::string> wholes_in_use(const storage::Snapshot& snapshot,
                                    const std::string& id,
                                    ca::Time now) {
  std::set<std::string> urls;
  ca::Ledger::for_each(snapshot, id, [&](const ca::LedgerEntry& entry) {
    if (entry.certificate.empty() || entry.not_after < now) return storage::Scan::proceed;
    const auto certificate = ca::view_certificate(entry.certificate);
    if (!certificate) return storage::Scan::proceed;
    for (const std::string& url : ca::crl_places_of(*certificate)) {
      if (!ca::crl_place_of(url)) urls.insert(url);
    }
    return storage::Scan::proceed;
  });
  return urls;
}

void add_parts(std::vector<std::string>& urls, const ca::CrlScheme& scheme) {
  for (const std::string& whole : scheme.full_urls) {
    for (std::uint32_t part = 0; part < scheme.parts; ++part) {
      urls.push_back(ca::crl_part_url(whole, scheme.parts, part));
    }
  }
}

}  // namespace

ExitCode list_crl_urls(const CrlUrlsOptions& options, std::ostream& out) {
  const Settings settings = settings_or_throw(options.config);
  const std::string id = id_of_issuer(settings, options.name);
  const storage::Store store = open_store(options.config, storage::OpenMode::read_only);
  std::vector<std::string> urls;
  std::set<std::string> wholes = store.read([&](const storage::Snapshot& snapshot) {
    const ca::Time now = SystemClock().seconds();
    for (const ca::CrlScheme& scheme : ca::live_crl_schemes(snapshot, id, now)) {
      add_parts(urls, scheme);
    }
    return wholes_in_use(snapshot, id, now);
  });
  const auto base = parse_base_url(settings.listen_public_url);
  if (settings.crl_shards == 1 && base) wholes.insert(whole_crl_url(base->text(), id));
  urls.insert(urls.end(), wholes.begin(), wholes.end());
  if (urls.empty()) {
    throw std::runtime_error("no certificate of \"" + options.name +
                             "\" names a CRL yet; expected listen.public_url to be set, and with "
                             "crl.shards above 1 a server that was started since");
  }
  out << nlohmann::json(urls).dump() << std::endl;
  return ExitCode::ok;
}

}  // namespace server
