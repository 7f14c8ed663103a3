#include "server/issuer_files.h"

#include <algorithm>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/custody/signer_ledger.h"
#include "server/ca_files.h"

namespace server {
namespace {

namespace fs = std::filesystem;

bool is_issuer_folder(const fs::directory_entry& entry) {
  // A folder that is being made has a name with a dot in front.
  return entry.is_directory() && !entry.path().filename().string().starts_with(".") &&
         fs::exists(entry.path() / "issuing.pem");
}

IssuerFiles files_in(const fs::path& folder) {
  return {
      .name = folder.filename().string(),
      .certificate = folder / "issuing.pem",
      .key = folder / "issuing.key",
      .root = folder / "root.pem",
      .root_key = folder / "root.key",
      .duty = fs::exists(folder / kRetiredMark) ? ca::IssuerDuty::retired : ca::IssuerDuty::signs};
}

ca::Issuer::Urls urls_of(const Settings& settings,
                         const std::string& base,
                         const std::string& certificate) {
  ca::Issuer::Urls urls;
  if (base.empty()) return urls;
  const std::string id = ca::hex(ca::sha256(certificate));
  urls.ca_issuers = base + "/ca/" + id + ".cer";
  urls.crl = whole_crl_url(base, id);
  urls.crl_parts = static_cast<std::uint32_t>(settings.crl_shards);
  if (settings.ocsp_urls_in_certificates != "none") urls.ocsp = base + "/ocsp";
  if (settings.ocsp_urls_in_certificates == "long_lived") {
    urls.ocsp_in = ca::Issuer::Urls::OcspIn::long_lived;
  }
  return urls;
}

constexpr std::string_view kChainSuffix = ".chain.pem";

/// By name, so that the numbers in URLs last over starts.
std::vector<ca::Issuer::Chain> alternates(const IssuerFiles& issuer, ca::Time now) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(issuer.certificate.parent_path())) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kChainSuffix)) continue;
    names.push_back(file.substr(0, file.size() - kChainSuffix.size()));
  }
  std::ranges::sort(names);
  std::vector<ca::Issuer::Chain> chains;
  for (const std::string& name : names) {
    const AlternateFiles files = alternate_files(issuer, name);
    ca::Issuer::Chain chain = read_certificates(files.chain);
    require_chain(chain, read_root(files.root), now);
    chains.push_back(std::move(chain));
  }
  return chains;
}

}  // namespace

std::string whole_crl_url(const std::string& base, const std::string& issuer_id) {
  return base + "/crl/" + issuer_id + ".crl";
}

AlternateFiles alternate_files(const IssuerFiles& issuer, const std::string& name) {
  const fs::path folder = issuer.certificate.parent_path();
  return {.chain = folder / (name + std::string(kChainSuffix)),
          .root = folder / (name + ".root.pem")};
}

ca::IssuerSet LoadedIssuers::set() const {
  std::vector<ca::IssuerSet::Member> members;
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    members.push_back({.issuer = issuers[i].get(), .duty = duties[i]});
  }
  return ca::IssuerSet(std::move(members));
}

std::unique_ptr<ca::Signer> open_issuing_key(const fs::path& file,
                                             const std::string& certificate,
                                             const ca::KeyAccess& access) {
  return ca::open_key_file(file, VerifyingSigner(certificate).public_key(), access);
}

LoadedIssuers load_issuers(const Settings& settings,
                           const ca::KeyAccess& access,
                           const std::string& public_url,
                           ca::Time now) {
  LoadedIssuers loaded;
  for (const IssuerFiles& files : issuer_files(settings)) {
    std::vector<std::string> chain = read_certificates(files.certificate);
    require_chain(chain, read_root(files.root), now);
    ca::Issuer::Urls urls = urls_of(settings, public_url, chain.front());
    std::unique_ptr<ca::Signer> signer = open_issuing_key(files.key, chain.front(), access);
    if (access.ledger) {
      signer =
          ca::recorded_signer(std::move(signer), access.ledger, ca::hex(ca::sha256(chain.front())));
    }
    loaded.issuers.push_back(std::make_unique<ca::Issuer>(std::move(chain), std::move(signer),
                                                          std::move(urls), alternates(files, now)));
    loaded.duties.push_back(files.duty);
  }
  return loaded;
}

policy::LoadedCatalog signable(policy::LoadedCatalog catalog,
                               const Settings& settings,
                               ca::Time now) {
  LoadedIssuers issuers;
  for (const IssuerFiles& files : issuer_files(settings)) {
    issuers.issuers.push_back(verifying_issuer(files.certificate));
    issuers.duties.push_back(files.duty);
  }
  const ca::IssuerSet set = issuers.set();
  for (policy::Product& product : catalog.products) {
    if (set.choose(*product.profile, "", now) != nullptr) continue;
    product.acme = false;
    product.until = product.from;  // in force at no time
  }
  if (std::ranges::none_of(catalog.products, &policy::Product::acme)) {
    throw std::runtime_error(
        "no issuing CA can sign any product that ACME may order; `chancery ca list` shows the "
        "issuers, `chancery catalog show` the products");
  }
  return catalog;
}

std::vector<IssuerFiles> issuer_files(const Settings& settings) {
  fs::path root_key = settings.ca_root;
  root_key.replace_extension(".key");
  std::vector<IssuerFiles> all = {{.name = "main",
                                   .certificate = settings.ca_certificate,
                                   .key = settings.ca_key,
                                   .root = settings.ca_root,
                                   .root_key = root_key}};
  if (!fs::exists(settings.ca_issuers)) return all;
  for (const fs::directory_entry& entry : fs::directory_iterator(settings.ca_issuers)) {
    if (is_issuer_folder(entry)) all.push_back(files_in(entry.path()));
  }
  std::sort(all.begin() + 1, all.end(),
            [](const IssuerFiles& a, const IssuerFiles& b) { return a.name < b.name; });
  return all;
}

}  // namespace server
