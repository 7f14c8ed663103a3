#include "server/issuer_files.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
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
std::vector<std::string> alternate_names(const IssuerFiles& issuer) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(issuer.certificate.parent_path())) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kChainSuffix)) continue;
    names.push_back(file.substr(0, file.size() - kChainSuffix.size()));
  }
  std::ranges::sort(names);
  return names;
}

/// The key of an issuer that signs no more, where it cannot be opened.
class AbsentKey final : public ca::Signer {
 public:
  AbsentKey(const std::string& certificate, std::string why)
      : half_(certificate), why_(std::move(why)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return half_.public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return half_.algorithm(); }
  std::string sign(std::string_view) override { throw ca::SigningFailed(why_); }
  [[nodiscard]] std::optional<std::string> outage() const override { return why_; }

 private:
  VerifyingSigner half_;
  std::string why_;
};

using UrlsOf = std::function<ca::Issuer::Urls(const std::string& certificate)>;

/// One issuer while it is read. What is wrong with it is thrown as long as it signs.
class Reading {
 public:
  Reading(const IssuerFiles& files, ca::Time now)
      : files_(files), now_(now), loaded_{.issuer = nullptr, .duty = files.duty} {}

  LoadedIssuer read(const OpenKey& open, const UrlsOf& urls) && {
    try {
      make(open, urls);
    } catch (const std::runtime_error& error) {
      if (loaded_.duty == ca::IssuerDuty::signs) throw std::runtime_error(named(error.what()));
      note("it cannot be used at all: " + std::string(error.what()));
    }
    return std::move(loaded_);
  }

 private:
  [[nodiscard]] std::string named(const std::string& sentence) const {
    return "the issuer \"" + files_.name + "\" in " + files_.certificate.parent_path().string() +
           ": " + sentence;
  }
  void note(const std::string& sentence) { loaded_.notes.push_back(named(sentence)); }
  template <class Act>
  void unless_retired(Act act) {
    try {
      act();
    } catch (const std::runtime_error& error) {
      if (loaded_.duty == ca::IssuerDuty::signs) throw;
      note(error.what());
    }
  }
  void retire_after(ca::Time end, std::string_view whose) {
    if (now_ <= end) return;
    loaded_.duty = ca::IssuerDuty::retired;
    note(std::string(whose) + " ended at " + ca::rfc3339(end) + "; it signs no more certificates");
  }
  void prove(const std::vector<std::string>& chain) {
    const std::string root = read_root(files_.root);
    const ca::Time end = end_of({root});
    retire_after(end, "its root");
    require_chain(chain, root, std::min({now_, end, end_of(chain)}));
  }
  std::vector<ca::Issuer::Chain> alternates();
  void make(const OpenKey& open, const UrlsOf& urls);

  const IssuerFiles& files_;
  ca::Time now_;
  LoadedIssuer loaded_;
};

std::vector<ca::Issuer::Chain> Reading::alternates() {
  std::vector<ca::Issuer::Chain> chains;
  for (const std::string& name : alternate_names(files_)) {
    unless_retired([&] {
      const AlternateFiles files = alternate_files(files_, name);
      ca::Issuer::Chain chain = read_certificates(files.chain);
      const std::string root = read_root(files.root);
      const ca::Time end = std::min(end_of(chain), end_of({root}));
      require_chain(chain, root, std::min(now_, end));
      if (now_ <= end) {
        chains.push_back(std::move(chain));
      } else {
        note("its chain " + files.chain.filename().string() + " ended at " + ca::rfc3339(end) +
             " and is left out");
      }
    });
  }
  return chains;
}

void Reading::make(const OpenKey& open, const UrlsOf& urls) {
  std::vector<std::string> chain = read_certificates(files_.certificate);
  retire_after(end_of(chain), "its certificate or one above it");
  unless_retired([&] { prove(chain); });
  std::vector<ca::Issuer::Chain> others = alternates();
  std::unique_ptr<ca::Signer> signer;
  unless_retired([&] { signer = open(chain.front()); });
  if (!signer) {
    signer = std::make_unique<AbsentKey>(chain.front(), "the key of a retired issuer is absent");
  }
  ca::Issuer::Urls own = urls(chain.front());
  loaded_.issuer = std::make_unique<ca::Issuer>(std::move(chain), std::move(signer), std::move(own),
                                                std::move(others), trust_of(files_.certificate));
}

/// Of all whose key `open` opens.
LoadedIssuers load_all(const Settings& settings,
                       const std::function<OpenKey(const IssuerFiles& files)>& opener,
                       const std::string& public_url,
                       ca::Time now) {
  LoadedIssuers loaded;
  for (const IssuerFiles& files : issuer_files(settings)) {
    LoadedIssuer one = load_issuer(settings, files, opener(files), public_url, now);
    loaded.notes.insert(loaded.notes.end(), one.notes.begin(), one.notes.end());
    if (!one.issuer) continue;
    loaded.issuers.push_back(std::move(one.issuer));
    loaded.duties.push_back(one.duty);
  }
  return loaded;
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

LoadedIssuer load_issuer(const Settings& settings,
                         const IssuerFiles& files,
                         const OpenKey& open,
                         const std::string& public_url,
                         ca::Time now) {
  return Reading(files, now).read(open, [&](const std::string& certificate) {
    return urls_of(settings, public_url, certificate);
  });
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
  const auto opener = [&](const IssuerFiles& files) -> OpenKey {
    return [&access, key = files.key](const std::string& certificate) {
      auto signer = open_issuing_key(key, certificate, access);
      if (!access.ledger) return signer;
      return ca::recorded_signer(std::move(signer), access.ledger,
                                 ca::hex(ca::sha256(certificate)));
    };
  };
  return load_all(settings, opener, public_url, now);
}

policy::LoadedCatalog signable(policy::LoadedCatalog catalog,
                               const Settings& settings,
                               ca::Time now) {
  const auto verifier = [](const IssuerFiles&) -> OpenKey {
    return [](const std::string& certificate) {
      return std::make_unique<VerifyingSigner>(certificate);
    };
  };
  const LoadedIssuers issuers = load_all(settings, verifier, "", now);
  for (policy::Product& product : catalog.products) {
    if (!issuers.issuers.empty() && issuers.set().choose(*product.profile, "", now) != nullptr) {
      continue;
    }
    product.acme = false;
    product.until = product.from;  // in force at no time
  }
  require_status_urls(settings, catalog.products);
  if (std::ranges::none_of(catalog.products, &policy::Product::acme)) {
    std::string sentence =
        "no issuing CA can sign any product that ACME may order; `chancery ca list` shows the "
        "issuers, `chancery catalog show` the products";
    for (const std::string& each : issuers.notes) sentence += "; " + each;
    throw std::runtime_error(sentence);
  }
  return catalog;
}

void require_status_urls(const Settings& settings, const std::vector<policy::Product>& products) {
  constexpr std::chrono::days kShortLived{7};  // BR 1.6.1
  if (!settings.listen_public.empty() || !settings.listen_public_url.empty()) return;
  for (const policy::Product& each : products) {
    const ca::CertificateProfile& profile = *each.profile;
    if (each.until == each.from || profile.trust != ca::Trust::web) continue;
    if (profile.validity <= kShortLived) continue;
    throw std::runtime_error(
        "listen.public is empty, so certificates of the product \"" + each.name +
        "\" would name neither a CRL nor an OCSP responder, and BR 7.1.2.11.2 wants one in all "
        "that live longer than seven days; set listen.public, or listen.public_url if another "
        "server serves them");
  }
}

std::string not_offered(const std::vector<policy::Product>& products) {
  std::map<ca::Trust, std::set<std::string_view>> names;
  for (const policy::Product& each : products) {
    if (each.until == each.from) names[each.profile->trust].insert(each.name);
  }
  std::string text;
  for (const auto& [trust, of_trust] : names) {
    text += text.empty() ? "" : "; ";
    for (const std::string_view name : of_trust) text += std::string(name) + " ";
    text += "need an issuing CA that `chancery ca add NAME --algorithm " +
            std::string(trust == ca::Trust::gm          ? "sm2"
                        : trust == ca::Trust::privately ? "ecdsa-p256 --trust private"
                                                        : "ecdsa-p256") +
            "` makes";
  }
  return text;
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
