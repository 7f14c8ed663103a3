// OCSP as a client does it, with OpenSSL.
#pragma once

#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ca/issuer.h"

namespace tests {

using OcspResponse = std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)>;
using OcspBasic = std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)>;

inline std::unique_ptr<X509, decltype(&X509_free)> x509_of(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

/// CertID of `serial` under `issuer`.
inline OCSP_CERTID* certid_of(const ca::Issuer& issuer,
                              std::string_view serial,
                              const EVP_MD* digest = EVP_sha1()) {
  const auto certificate = x509_of(issuer.certificate_der());
  ASN1_INTEGER* number = ASN1_INTEGER_new();
  ASN1_STRING_set(number, serial.data(), static_cast<int>(serial.size()));
  OCSP_CERTID* id = OCSP_cert_id_new(digest, X509_get_subject_name(certificate.get()),
                                     X509_get0_pubkey_bitstr(certificate.get()), number);
  ASN1_INTEGER_free(number);
  return id;
}

/// The request of an OpenSSL client, with this nonce if there is one.
inline std::string ocsp_request(const ca::Issuer& issuer,
                                std::string_view serial,
                                std::optional<std::string> nonce = std::nullopt,
                                const EVP_MD* digest = EVP_sha1()) {
  OCSP_REQUEST* request = OCSP_REQUEST_new();
  OCSP_request_add0_id(request, certid_of(issuer, serial, digest));
  if (nonce) {
    OCSP_request_add1_nonce(request, reinterpret_cast<unsigned char*>(nonce->data()),
                            static_cast<int>(nonce->size()));
  }
  unsigned char* der = nullptr;
  const int length = i2d_OCSP_REQUEST(request, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  OCSP_REQUEST_free(request);
  return bytes;
}

/// What a client learns from a response.
struct OcspFindings {
  int response_status = -1;  // OCSP_RESPONSE_STATUS_*
  bool is_verified = false;  // signature, chain to the root, authorization of the responder
  int status = -1;           // V_OCSP_CERTSTATUS_*, -1 if it is not about that certificate
  int reason = -1;
  bool is_current = false;  // by thisUpdate and nextUpdate, at the time of day of this machine
  std::string nonce;
};

inline OcspFindings read_response(std::string_view der,
                                  const ca::Issuer& issuer,
                                  std::string_view root_der,
                                  std::string_view serial,
                                  ca::Time at,
                                  const EVP_MD* digest = EVP_sha1()) {
  OcspFindings found;
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  const OcspResponse response(d2i_OCSP_RESPONSE(nullptr, &octets, static_cast<long>(der.size())),
                              &OCSP_RESPONSE_free);
  if (!response) return found;
  found.response_status = OCSP_response_status(response.get());
  const OcspBasic basic(OCSP_response_get1_basic(response.get()), &OCSP_BASICRESP_free);
  if (!basic) return found;
  X509_STORE* store = X509_STORE_new();
  const auto root = x509_of(root_der);
  const auto issuing = x509_of(issuer.certificate_der());
  X509_STORE_add_cert(store, root.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), at.time_since_epoch().count());
  STACK_OF(X509)* chain = sk_X509_new_null();
  sk_X509_push(chain, issuing.get());
  found.is_verified = OCSP_basic_verify(basic.get(), chain, store, 0) == 1;
  sk_X509_free(chain);
  X509_STORE_free(store);
  OCSP_CERTID* id = certid_of(issuer, serial, digest);
  ASN1_GENERALIZEDTIME* revoked_at = nullptr;
  ASN1_GENERALIZEDTIME* this_update = nullptr;
  ASN1_GENERALIZEDTIME* next_update = nullptr;
  if (OCSP_resp_find_status(basic.get(), id, &found.status, &found.reason, &revoked_at,
                            &this_update, &next_update) != 1) {
    found.status = -1;
  } else {
    time_t when = at.time_since_epoch().count();
    found.is_current =
        ASN1_TIME_cmp_time_t(this_update, when) <= 0 && ASN1_TIME_cmp_time_t(next_update, when) > 0;
  }
  OCSP_CERTID_free(id);
  const int index = OCSP_BASICRESP_get_ext_by_NID(basic.get(), NID_id_pkix_OCSP_Nonce, -1);
  if (index >= 0) {
    const ASN1_OCTET_STRING* value =
        X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(basic.get(), index));
    found.nonce.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                       static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return found;
}

}  // namespace tests
