// Where the issuing CAs of an installation are: one named by ca.certificate, and one in each folder
// under ca.issuers. What is wrong with one that signs stops a start. One that is retired or has
// ended stops none: it is told of, and what it signed stays revocable as far as it can be read.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ca/custody/key_file.h"
#include "ca/issuer_set.h"
#include "policy/catalog/catalog.h"
#include "server/config/settings.h"

namespace server {

/// The files of one issuing CA.
struct IssuerFiles {
  std::string name;  // "main", or that of its folder
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path root;
  std::filesystem::path root_key;  // may be absent, as it should be on a server
  ca::IssuerDuty duty = ca::IssuerDuty::signs;
};

/// Another chain of an issuing CA, beside its certificate: NAME.chain.pem with the issuing
/// certificate and those above it, and NAME.root.pem.
struct AlternateFiles {
  std::filesystem::path chain;
  std::filesystem::path root;
};
AlternateFiles alternate_files(const IssuerFiles& issuer, const std::string& name);

/// The main one, then the others by name. Throws std::runtime_error if the folder cannot be read.
std::vector<IssuerFiles> issuer_files(const Settings& settings);

/// One of them, read.
struct LoadedIssuer {
  std::unique_ptr<ca::Issuer> issuer;           // null: it is retired and cannot be read
  ca::IssuerDuty duty = ca::IssuerDuty::signs;  // retired also if it, or a CA above it, has ended
  std::vector<std::string> notes = {};  // what the operator should know, a sentence with its name
};

/// How the key is opened that a certificate (DER) is for.
using OpenKey = std::function<std::unique_ptr<ca::Signer>(const std::string& certificate)>;

/// Reads certificates and key and proves each chain. Throws std::runtime_error with one sentence
/// that names the issuer and its folder, if it signs and cannot be used. The key of one that signs
/// no more may be absent: that is an outage of its signer. Chains that have ended are left out.
/// `public_url` is where its certificate, CRLs and OCSP responder are; empty for nowhere.
LoadedIssuer load_issuer(const Settings& settings,
                         const IssuerFiles& files,
                         const OpenKey& open,
                         const std::string& public_url,
                         ca::Time now);

/// Owns the issuers of an installation.
struct LoadedIssuers {
  std::vector<std::unique_ptr<ca::Issuer>> issuers;
  std::vector<ca::IssuerDuty> duties;   // of each
  std::vector<std::string> notes = {};  // of all
  [[nodiscard]] ca::IssuerSet set() const;
};

/// All of them, as load_issuer reads each.
LoadedIssuers load_issuers(const Settings& settings,
                           const ca::KeyAccess& access,
                           const std::string& public_url,
                           ca::Time now);

/// The signer of the key file of a CA, root or issuing, which `certificate` (DER) is for. Throws
/// std::runtime_error as ca::open_key_file does.
std::unique_ptr<ca::Signer> open_issuing_key(const std::filesystem::path& file,
                                             const std::string& certificate,
                                             const ca::KeyAccess& access);

/// The catalog without new applications and orders for what no issuing CA of this installation can
/// sign: an SM2 product needs an SM2 issuer, a private one an issuer of private trust. What was
/// begun before stays readable, and is signed once there is one. Throws std::runtime_error as
/// load_issuer and require_status_urls do, or if nothing is left that ACME may order.
policy::LoadedCatalog signable(policy::LoadedCatalog catalog,
                               const Settings& settings,
                               ca::Time now);

/// Where the CRL over everything of an issuer is, on a server whose public address is `base`.
std::string whole_crl_url(const std::string& base, const std::string& issuer_id);

/// BR 7.1.2.11.2: throws std::runtime_error with one sentence if certificates of a product on offer
/// would have to name a CRL or an OCSP responder and there is no place for either.
void require_status_urls(const Settings& settings, const std::vector<policy::Product>& products);

/// The names of the products that signable() took out, by what makes an issuer for them; empty if
/// there are none.
std::string not_offered(const std::vector<policy::Product>& products);

/// What makes the issuer of a folder a retired one: a file of this name beside its certificate.
inline constexpr const char* kRetiredMark = "retired";

}  // namespace server
