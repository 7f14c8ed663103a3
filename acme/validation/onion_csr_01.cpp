#include "acme/validation/onion_csr_01.h"

#include <algorithm>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/names/onion_service.h"
#include "ca/onion_request.h"

namespace acme {

namespace {

constexpr std::size_t kLeastNonce = 8;     // octets: 64 bits (RFC 9799 §3.2)
constexpr std::size_t kLongestShown = 64;  // of an applicant's nonce, in the evidence

ValidationOutcome refused(ProblemType type, std::string detail) {
  return {Problem(type, std::move(detail)), {}};
}

bool is_all_alike(std::string_view octets) {
  return octets.find_first_not_of(octets.front()) == octets.npos;
}

}  // namespace

std::string onion_nonce(std::string_view token) {
  return ca::from_base64url(token).value_or(std::string());
}

ValidationOutcome judge_onion_request(const ca::DnsName& name,
                                      std::string_view nonce,
                                      std::string_view request) {
  const auto service = ca::onion_service(name);
  if (!service) return refused(ProblemType::unauthorized, service.error().detail());
  const auto signed_request = ca::parse_onion_request(request);
  if (!signed_request) return refused(ProblemType::bad_csr, signed_request.error().detail());
  if (signed_request->key != service->key) {
    return refused(
        ProblemType::unauthorized,
        "the request is signed with another key than that of \"" + service->address + "\"");
  }
  if (nonce.size() < kLeastNonce || signed_request->ca_nonce != nonce) {
    return refused(ProblemType::unauthorized,
                   "the caSigningNonce of the request is " +
                       ca::hex(signed_request->ca_nonce.substr(0, kLongestShown)) +
                       "; expected the octets of the nonce of this "
                       "challenge");
  }
  const std::string& own = signed_request->applicant_nonce;
  if (own.size() < kLeastNonce || is_all_alike(own)) {
    return refused(ProblemType::unauthorized,
                   "the applicantSigningNonce of the request has " + std::to_string(own.size()) +
                       " octets, or octets that are all alike; expected at least 64 random bits");
  }
  return {std::nullopt,
          {"request signed by the key of " + service->address + ", SHA-256 " +
           ca::hex(ca::sha256(request)) + ", applicantSigningNonce " +
           ca::hex(own.substr(0, kLongestShown))}};
}

}  // namespace acme
