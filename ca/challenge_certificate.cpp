#include "ca/challenge_certificate.h"

#include <openssl/x509.h>

#include <optional>
#include <vector>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/openssl_handle.h"
#include "ca/der/reader.h"
#include "ca/names/general_names.h"
#include "ca/oids.h"

namespace ca {
namespace {

using Fault = std::unexpected<std::string>;
using Certificate = std::unique_ptr<X509, OpenSslFree<X509_free>>;

constexpr std::size_t kDigestOctets = 32;

/// RFC 8737 §3: the certificate is self-signed. One of somebody else's making would prove nothing
/// about who holds the name's server.
bool is_self_signed(std::string_view der, const CertificateView& view) {
  if (view.issuer != view.subject) return false;
  const ErrorQueueGuard guard;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) return false;
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  return key != nullptr && X509_verify(certificate.get(), key) == 1;
}

std::optional<std::string> name_fault(const CertificateView& view, const Identifier& identifier) {
  const Extension* const extension = find_extension(view.extensions, oid::kSubjectAltName);
  if (extension == nullptr) return "has no subjectAltName";
  // view_certificate has read them too, but as a set, which hides a name that stands twice.
  const std::vector<Identifier> names = read_general_names(extension->value).value();
  if (names.size() == 1 && names.front() == identifier) return std::nullopt;
  std::string found;
  for (const Identifier& each : names)
    found += (found.empty() ? "\"" : ", \"") + value_of(each) + "\"";
  return "is for " + found + "; expected exactly \"" + value_of(identifier) + "\"";
}

std::optional<std::string> digest_fault(const CertificateView& view, std::string_view digest) {
  const Extension* const extension = find_extension(view.extensions, oid::kAcmeIdentifier);
  if (extension == nullptr) return "has no acmeIdentifier extension (1.3.6.1.5.5.7.1.31)";
  if (extension->criticality != der::Criticality::critical) {
    return "has an acmeIdentifier extension that is not critical";
  }
  const auto octets = der::only(extension->value, der::Tag::octet_string);
  if (!octets || octets->content.size() != kDigestOctets) {
    return "has an acmeIdentifier extension that is not an OCTET STRING of 32 octets";
  }
  if (octets->content == digest) return std::nullopt;
  return "has the digest " + hex(octets->content) + " in its acmeIdentifier extension; expected " +
         hex(digest) + ", the SHA-256 of the key authorization";
}

}  // namespace

std::expected<void, std::string> check_challenge_certificate(std::string_view der,
                                                             const Identifier& identifier,
                                                             std::string_view digest) {
  const Judged<CertificateView> view = view_certificate(der);
  if (!view) return Fault("cannot be read: " + view.error().detail());
  if (auto fault = name_fault(*view, identifier)) return Fault(*std::move(fault));
  if (auto fault = digest_fault(*view, digest)) return Fault(*std::move(fault));
  if (!is_self_signed(der, *view)) return Fault("is not signed with its own key");
  return {};
}

}  // namespace ca
