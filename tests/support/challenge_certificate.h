// Certificates that answer a tls-alpn-01 challenge, right ones and wrong ones.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/der/writer.h"

namespace tests {

/// What stands in a challenge certificate (RFC 8737 §3). As it is, the certificate is right.
struct ChallengeCertificate {
  std::string digest;                // content of the acmeIdentifier
  std::vector<std::string> names{};  // GeneralNames, whole DER elements
  std::string acme_identifier_oid = "1.3.6.1.5.5.7.1.31";
  bool is_critical = true;
  int acme_identifiers = 1;
  std::optional<std::string> acme_identifier_value{};  // instead of the OCTET STRING of digest
  enum class SignedBy { own_key, another_key, another_issuer } signed_by = SignedBy::own_key;
};

/// A key and the certificate made with it.
struct MadeCertificate {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;

  [[nodiscard]] std::string der() const {
    const int length = i2d_X509(certificate.get(), nullptr);
    std::string octets(static_cast<std::size_t>(length), '\0');
    auto* at = reinterpret_cast<unsigned char*>(octets.data());
    i2d_X509(certificate.get(), &at);
    return octets;
  }
};

namespace detail {

inline void add_extension(X509* certificate,
                          const std::string& oid,
                          bool is_critical,
                          const std::string& value) {
  const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> object(
      OBJ_txt2obj(oid.c_str(), 1), ASN1_OBJECT_free);
  const std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> octets(
      ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
  ASN1_OCTET_STRING_set(octets.get(), reinterpret_cast<const unsigned char*>(value.data()),
                        static_cast<int>(value.size()));
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), is_critical ? 1 : 0, octets.get()),
      X509_EXTENSION_free);
  if (X509_add_ext(certificate, extension.get(), -1) != 1) {
    throw std::runtime_error("cannot add an extension");
  }
}

inline void set_name(X509_NAME* name, const char* text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text),
                             -1, -1, 0);
}

}  // namespace detail

inline MadeCertificate make_challenge_certificate(const ChallengeCertificate& wanted) {
  using SignedBy = ChallengeCertificate::SignedBy;
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::shared_ptr<EVP_PKEY> other(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509* const made = certificate.get();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, key.get());
  detail::set_name(X509_get_subject_name(made), "challenge");
  detail::set_name(X509_get_issuer_name(made),
                   wanted.signed_by == SignedBy::another_issuer ? "other" : "challenge");
  if (!wanted.names.empty()) {
    std::string names;
    for (const std::string& each : wanted.names) names += each;
    detail::add_extension(made, "2.5.29.17", false,
                          ca::der::element(ca::der::Tag::sequence, names));
  }
  const std::string value = wanted.acme_identifier_value.value_or(
      ca::der::element(ca::der::Tag::octet_string, wanted.digest));
  for (int i = 0; i < wanted.acme_identifiers; ++i) {
    detail::add_extension(made, wanted.acme_identifier_oid, wanted.is_critical, value);
  }
  const bool is_own = wanted.signed_by == SignedBy::own_key;
  if (X509_sign(made, is_own ? key.get() : other.get(), EVP_sha256()) == 0) {
    throw std::runtime_error("cannot sign a certificate");
  }
  return {key, certificate};
}

}  // namespace tests
