// OCSP under an SM2 issuer: of SM2 as a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "ca/crypto/public_key.h"
#include "ca/issuance.h"
#include "ca/ocsp/delegate.h"
#include "ca/ocsp/responder.h"
#include "ca/ocsp/responder_certificate.h"

#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/ocsp_parts.h"

namespace {

using ca::KeyAlgorithm;
using tests::IssuingStore;
using tests::kIssuingTime;

constexpr std::string_view kIdentifier = "1234567812345678";  // GM/T 0009 §10

std::string_view octets(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// Whether `signature` is over `data` with that identifier, as OpenSSL computes it.
bool verifies(EVP_PKEY* key,
              std::string_view data,
              std::string_view signature,
              std::string_view identifier) {
  EVP_PKEY_CTX* const key_context = EVP_PKEY_CTX_new(key, nullptr);
  EVP_PKEY_CTX_set1_id(key_context, identifier.data(), static_cast<int>(identifier.size()));
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_MD_CTX_set_pkey_ctx(context, key_context);
  const bool is_begun = EVP_DigestVerifyInit(context, nullptr, EVP_sm3(), nullptr, key) == 1;
  const auto of = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const bool is_valid = is_begun && EVP_DigestVerify(context, of(signature), signature.size(),
                                                     of(data), data.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_CTX_free(key_context);
  return is_valid;
}

struct Sm2Service {
  Sm2Service() {
    const auto key = ca::generate_signer(KeyAlgorithm::sm2);
    ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("example.com").value()},
                                .public_key = key->public_key(),
                                .profile = *ca::find_profile("gm-dv"),
                                .now = kIssuingTime};
    auto linted = store.issuer().prepare(request, random).value();
    const auto issued = tests::run(store.issuer().sign(store.commit(std::move(linted)).value()));
    store.record(issued);
    serial = issued.serial;
    responder = std::make_unique<ca::ocsp::Responder>(
        store.store(), std::vector{&store.issuer()}, random,
        ca::ocsp::Responder::Options{.seal = std::string(32, 's')});
    tests::run(responder->tend(kIssuingTime));
  }
  IssuingStore store{tests::make_test_ca(kIssuingTime, KeyAlgorithm::sm2, {}, KeyAlgorithm::sm2)};
  ca::SystemRandom random;
  std::string serial;
  std::unique_ptr<ca::ocsp::Responder> responder;
};

// RFC6960-4.2.2.2 P-8: certificate and answer are of SM2 with SM3 and the usual identifier.
TEST(OcspUnderSm2, IsSignedByAnSm2Key) {
  Sm2Service service;
  const auto answer = service.responder->answer(
      tests::ocsp_request(service.store.issuer(), service.serial), kIssuingTime);
  ASSERT_EQ(answer->status, ca::ocsp::ResponseStatus::successful);
  const auto* at = reinterpret_cast<const unsigned char*>(answer->der.data());
  const tests::OcspResponse response(
      d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(answer->der.size())), &OCSP_RESPONSE_free);
  const tests::OcspBasic basic(OCSP_response_get1_basic(response.get()), &OCSP_BASICRESP_free);
  ASSERT_TRUE(basic);
  ASSERT_EQ(sk_X509_num(OCSP_resp_get0_certs(basic.get())), 1);
  X509* const delegate = sk_X509_value(OCSP_resp_get0_certs(basic.get()), 0);
  EXPECT_EQ(X509_get_signature_nid(delegate), NID_SM2_with_SM3);
  EXPECT_EQ(OBJ_obj2nid(OCSP_resp_get0_tbs_sigalg(basic.get())->algorithm), NID_SM2_with_SM3);

  unsigned char* data = nullptr;
  const int length = i2d_OCSP_RESPDATA(OCSP_resp_get0_respdata(basic.get()), &data);
  const std::string signed_data(reinterpret_cast<char*>(data), static_cast<std::size_t>(length));
  OPENSSL_free(data);
  const std::string_view signature = octets(OCSP_resp_get0_signature(basic.get()));
  EVP_PKEY* const key = X509_get0_pubkey(delegate);
  EXPECT_TRUE(verifies(key, signed_data, signature, kIdentifier));
  EXPECT_FALSE(verifies(key, signed_data, signature, "8765432187654321"));

  // The delegate's certificate is the issuer's, by OpenSSL and by our own verifier.
  ASN1_OCTET_STRING* const identifier = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(identifier, reinterpret_cast<const unsigned char*>(kIdentifier.data()),
                        static_cast<int>(kIdentifier.size()));
  X509_set0_distinguishing_id(delegate, identifier);
  const auto issuing = tests::x509_of(service.store.issuer().certificate_der());
  EXPECT_EQ(X509_verify(delegate, X509_get0_pubkey(issuing.get())), 1);
  EXPECT_TRUE(service.store.ledger_faults().empty());
}

// The key that was kept is of SM2, too.
TEST(OcspUnderSm2, GoesOnWithItsKeyInTheNextProcess) {
  Sm2Service service;
  const auto kept = ca::ocsp::stored_delegate(service.store.store(), service.store.issuer(),
                                              std::string(32, 's'), kIssuingTime);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->signer->public_key().kind(), ca::KeyKind::sm2);
  EXPECT_EQ(kept->signer->algorithm(), ca::SignatureAlgorithm::sm2_sm3);
}

}  // namespace
