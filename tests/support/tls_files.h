// A self-signed server certificate in files, for tests of TLS that need no CA.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/support/temp_dir.h"

namespace tests {

/// Writes `certificate.pem` and `key.pem` (mode 0600) for localhost into a folder of its own.
class TlsFiles {
 public:
  /// The certificate ends `life` seconds from now.
  explicit TlsFiles(long life = 86400) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), life);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    const auto* const text = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
      throw std::runtime_error("cannot make a certificate");
    }
    write(this->certificate(), [&](FILE* file) { PEM_write_X509(file, certificate.get()); });
    write(this->key(), [&](FILE* file) {
      PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    std::filesystem::permissions(this->key(), std::filesystem::perms(0600));
  }

  [[nodiscard]] std::filesystem::path certificate() const { return dir_ / "certificate.pem"; }
  [[nodiscard]] std::filesystem::path key() const { return dir_ / "key.pem"; }
  [[nodiscard]] const TempDir& folder() const { return dir_; }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  template <class Write>
  static void write(const std::filesystem::path& path, Write write_to) {
    FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
    write_to(file);
    std::fclose(file);
  }

  TempDir dir_;
};

}  // namespace tests
