// Ownership of OpenSSL objects, and the algorithms that are fetched once. For the .cpp files of ca/
// only.
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "ca/crypto/openssl_error.h"

namespace ca {

template <auto kFree>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using KeyHandle = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, OpenSslFree<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpenSslFree<EVP_CIPHER_CTX_free>>;

/// OpenSSL 3 looks an algorithm up by name at every implicit use; these are looked up once per
/// process and never freed, so that they outlive every static object. Thread-safe.
const EVP_MD* fetched_sha256();
const EVP_MD* fetched_sha384();
const EVP_MD* fetched_sha512();
const EVP_MD* fetched_sm3();

/// SM2 hashes the signer's identifier and key before the message. OpenSSL's own default is the
/// empty identifier, which no GB/T verifier accepts, so that every signature is given this one.
void use_sm2_identifier(EVP_PKEY_CTX* context);

}  // namespace ca
