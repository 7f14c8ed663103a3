#include "ca/ocsp/response.h"

#include <chrono>
#include <stdexcept>

#include "ca/crypto/hash.h"
#include "ca/crypto/openssl_error.h"
#include "ca/der/writer.h"
#include "ca/extensions.h"
#include "ca/oids.h"

namespace ca::ocsp {
namespace {

using der::Tag;

constexpr std::chrono::hours kShortestLife{8};  // BR 4.9.9, both ends inclusive
constexpr std::chrono::days kLongestLife{10};

std::string status_element(ResponseStatus status) {
  return der::element(Tag::enumerated, std::string(1, static_cast<char>(status)));
}

std::string cert_status(const std::optional<RevokedStatus>& revoked) {
  if (!revoked) return der::element(der::context(0), "");
  std::string info = der_generalized_time(revoked->at);
  if (revoked->reason != 0) {
    const std::string reason =
        der::element(Tag::enumerated, std::string(1, static_cast<char>(revoked->reason)));
    info += der::element(der::context_constructed(0), reason);
  }
  return der::element(der::context_constructed(1), info);
}

std::string response_data(const Signer& responder,
                          const SingleResponse& single,
                          const std::optional<std::string>& nonce) {
  // RFC 6960 §4.2.1: KeyHash is the SHA-1 of the responder's subjectPublicKey.
  const std::string key_hash = sha1(subject_public_key(responder.public_key().spki()));
  const std::string by_key =
      der::element(der::context_constructed(2), der::element(Tag::octet_string, key_hash));
  const std::string this_update = der_generalized_time(single.this_update);
  const std::string next_update =
      der::element(der::context_constructed(0), der_generalized_time(single.next_update));
  const std::string response =
      der::sequence({single.certificate_id, cert_status(single.revoked), this_update, next_update});
  std::string extensions;
  if (nonce) {
    const std::string extension = der::extension(oid::kOcspNonce, der::Criticality::non_critical,
                                                 der::element(Tag::octet_string, *nonce));
    extensions = der::element(der::context_constructed(1), der::sequence({extension}));
  }
  return der::sequence({by_key, this_update, der::sequence({response}), extensions});
}

void check_life(const SingleResponse& single) {
  const auto life = single.next_update - single.this_update;
  if (life < kShortestLife || life > kLongestLife) {
    throw std::logic_error("an OCSP response was to live " + std::to_string(life.count()) +
                           " s; BR 4.9.9 allows 8 hours to 10 days");
  }
}

}  // namespace

std::string bare_response(ResponseStatus status) {
  return der::sequence({status_element(status)});
}

std::string sign_response(Signer& responder,
                          std::string_view responder_certificate,
                          const SingleResponse& single,
                          const std::optional<std::string>& nonce) {
  check_life(single);
  const std::string data = response_data(responder, single, nonce);
  const SignatureAlgorithm algorithm = responder.algorithm();
  const std::string signature = responder.sign(data);
  // A key that computes wrongly must not take the place of an answer that can be used.
  if (!responder.public_key().verify(algorithm, SignatureForm::der, data, signature)) {
    throw OpenSslError("signature of the OCSP responder does not verify");
  }
  const std::string certificates =
      der::element(der::context_constructed(0), der::sequence({responder_certificate}));
  const std::string basic = der::sequence(
      {data, der_algorithm_identifier(algorithm), der::bit_string(signature), certificates});
  const std::string bytes = der::sequence(
      {der::object_identifier(oid::kOcspBasic), der::element(Tag::octet_string, basic)});
  return der::sequence({status_element(ResponseStatus::successful),
                        der::element(der::context_constructed(0), bytes)});
}

}  // namespace ca::ocsp
