#include "server/ca_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/der/reader.h"
#include "server/whole_file.h"

namespace server {
namespace {

constexpr std::size_t kLongestFile = std::size_t{1} << 20;
constexpr std::array kAlgorithms{
    ca::SignatureAlgorithm::sm2_sm3,          ca::SignatureAlgorithm::rsa_pkcs1_sha256,
    ca::SignatureAlgorithm::rsa_pkcs1_sha384, ca::SignatureAlgorithm::rsa_pkcs1_sha512,
    ca::SignatureAlgorithm::ecdsa_sha256,     ca::SignatureAlgorithm::ecdsa_sha384,
    ca::SignatureAlgorithm::ecdsa_sha512};

/// One link of a chain, read once.
struct Link {
  std::string name;  // for sentences
  ca::CertificateView view;
  std::string algorithm;  // AlgorithmIdentifier, DER
  std::string signature;
};

Link read_link(const std::string& der, std::string name) {
  ca::Judged<ca::CertificateView> view = ca::view_certificate(der);
  if (!view) throw std::runtime_error(name + " cannot be read: " + view.error().detail());
  const auto certificate = ca::der::only(der, ca::der::Tag::sequence);
  ca::der::Reader fields(certificate->content);
  fields.next();
  const auto algorithm = fields.next(ca::der::Tag::sequence);
  const auto bits = fields.next(ca::der::Tag::bit_string);
  const auto signature = bits ? ca::der::octets_of_bit_string(*bits) : std::nullopt;
  if (!algorithm || !signature)
    throw std::runtime_error(name + " has no signature that can be read");
  return {std::move(name), *std::move(view), std::string(algorithm->whole),
          std::string(*signature)};
}

bool signed_by(const Link& link, const ca::PublicKey& key) {
  for (const ca::SignatureAlgorithm algorithm : kAlgorithms) {
    if (ca::der_algorithm_identifier(algorithm) != link.algorithm) continue;
    return key.verify(algorithm, ca::SignatureForm::der, link.view.tbs, link.signature);
  }
  return false;
}

void require_link(const Link& lower, const Link& upper) {
  const ca::Judged<ca::PublicKey> key = ca::PublicKey::from_spki(upper.view.spki);
  if (!key)
    throw std::runtime_error("the key of " + upper.name +
                             " is not acceptable: " + key.error().detail());
  if (lower.view.issuer != upper.view.subject) {
    throw std::runtime_error(lower.name + " names another issuer than " + upper.name);
  }
  if (!signed_by(lower, *key))
    throw std::runtime_error(lower.name + " is not signed by " + upper.name);
}

void require_valid(const Link& link, ca::Time now) {
  if (now >= link.view.not_before && now <= link.view.not_after) return;
  throw std::runtime_error(link.name + " is valid from " + ca::rfc3339(link.view.not_before) +
                           " to " + ca::rfc3339(link.view.not_after) + ", and it is " +
                           ca::rfc3339(now));
}

ca::PublicKey key_of(const std::string& certificate) {
  ca::Judged<ca::CertificateView> view = ca::view_certificate(certificate);
  if (!view)
    throw std::runtime_error("the issuing certificate cannot be read: " + view.error().detail());
  ca::Judged<ca::PublicKey> key = ca::PublicKey::from_spki(view->spki);
  if (!key)
    throw std::runtime_error("the issuing certificate's key is not acceptable: " +
                             key.error().detail());
  return *std::move(key);
}

}  // namespace

std::vector<std::string> read_certificates(const std::filesystem::path& file) {
  const std::string text = whole_file_or_throw(file, kLongestFile);
  std::optional<std::vector<std::string>> certificates = ca::from_pem("CERTIFICATE", text);
  if (!certificates || certificates->empty()) {
    throw std::runtime_error(file.string() + " does not hold PEM certificates and nothing else");
  }
  return *std::move(certificates);
}

std::string read_root(const std::filesystem::path& file) {
  std::vector<std::string> roots = read_certificates(file);
  if (roots.size() != 1)
    throw std::runtime_error(file.string() + " does not hold exactly one root");
  return std::move(roots.front());
}

ca::Time end_of(const std::vector<std::string>& certificates) {
  ca::Time end = ca::Time::max();
  for (const std::string& der : certificates) {
    end = std::min(end, read_link(der, "a certificate").view.not_after);
  }
  return end;
}

ca::Trust trust_of(const std::filesystem::path& certificate) {
  constexpr std::size_t kLongestWord = 64;
  const std::filesystem::path mark = certificate.parent_path() / kTrustMark;
  if (!std::filesystem::exists(mark)) return ca::Trust::web;
  std::string word = whole_file_or_throw(mark, kLongestWord);
  if (word.ends_with('\n')) word.pop_back();
  if (word == "private") return ca::Trust::privately;
  if (word == "web") return ca::Trust::web;
  throw std::runtime_error(mark.string() + " says neither \"web\" nor \"private\"");
}

void require_chain(const std::vector<std::string>& chain, const std::string& root, ca::Time now) {
  std::vector<Link> links;
  for (const std::string& der : chain) {
    const bool first = links.empty();
    links.push_back(
        read_link(der, first ? "the issuing certificate" : "a certificate above the issuing one"));
  }
  links.push_back(read_link(root, "the root"));
  for (std::size_t i = 0; i + 1 < links.size(); ++i) require_link(links[i], links[i + 1]);
  require_link(links.back(), links.back());
  for (const Link& link : links) require_valid(link, now);
}

VerifyingSigner::VerifyingSigner(const std::string& certificate) : key_(key_of(certificate)) {}

ca::SignatureAlgorithm VerifyingSigner::algorithm() const {
  return ca::certificate_algorithm(key_.kind()).value_or(ca::SignatureAlgorithm::ed25519);
}

std::string VerifyingSigner::sign(std::string_view) {
  throw std::logic_error("a verifying signer has no private key");
}

std::unique_ptr<ca::Issuer> verifying_issuer(const std::filesystem::path& file) {
  std::vector<std::string> chain = read_certificates(file);
  try {
    auto signer = std::make_unique<VerifyingSigner>(chain.front());
    return std::make_unique<ca::Issuer>(std::move(chain), std::move(signer), ca::Issuer::Urls{},
                                        std::vector<ca::Issuer::Chain>{}, trust_of(file));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(file.string() + ": " + error.what());
  }
}

}  // namespace server
