// Where the issuing CAs of an installation are: one named by ca.certificate, and one in each folder
// under ca.issuers.
#pragma once

#include <filesystem>
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

/// Owns the issuers of an installation.
struct LoadedIssuers {
  std::vector<std::unique_ptr<ca::Issuer>> issuers;
  std::vector<ca::IssuerDuty> duties;  // of each
  [[nodiscard]] ca::IssuerSet set() const;
};

/// Reads certificates and keys and proves each chain. `public_url` is where their certificates,
/// CRLs and OCSP responder are; empty for nowhere. Throws std::runtime_error with one sentence
/// about the first one that cannot be used.
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
/// sign: an SM2 product needs an SM2 issuer. What was begun before stays readable, and is signed
/// once there is one. Throws std::runtime_error if certificates cannot be read, or if nothing is
/// left that ACME may order.
policy::LoadedCatalog signable(policy::LoadedCatalog catalog,
                               const Settings& settings,
                               ca::Time now);

/// Where the CRL over everything of an issuer is, on a server whose public address is `base`.
std::string whole_crl_url(const std::string& base, const std::string& issuer_id);

/// What makes the issuer of a folder a retired one: a file of this name beside its certificate.
inline constexpr const char* kRetiredMark = "retired";

}  // namespace server
