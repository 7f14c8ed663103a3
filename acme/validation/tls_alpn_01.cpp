#include "acme/validation/tls_alpn_01.h"

#include <cstdint>
#include <utility>

#include "acme/validation/key_authorization.h"
#include "ca/challenge_certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme {

namespace {

/// RFC 1035 §3.5 and RFC 3596 §2.5: the parts of an address from the last to the first.
std::string reverse_name(const ca::IpAddress& address) {
  std::string name;
  if (address.is_v4()) {
    for (auto octet = address.octets().rbegin(); octet != address.octets().rend(); ++octet) {
      name += std::to_string(static_cast<std::uint8_t>(*octet)) + ".";
    }
    return name + "in-addr.arpa";
  }
  const std::string nibbles = ca::hex(address.octets());
  for (auto nibble = nibbles.rbegin(); nibble != nibbles.rend(); ++nibble) {
    name += *nibble;
    name += '.';
  }
  return name + "ip6.arpa";
}

}  // namespace

std::string tls_alpn_server_name(const ca::Identifier& identifier) {
  const auto* address = std::get_if<ca::IpAddress>(&identifier);
  return address != nullptr ? reverse_name(*address) : ca::value_of(identifier);
}

boost::asio::awaitable<ValidationOutcome> validate_tls_alpn_01(TlsProber& prober,
                                                               ca::Identifier identifier,
                                                               std::string token,
                                                               std::string thumbprint) {
  Result<ProbedCertificate> probed =
      co_await prober.probe(identifier, tls_alpn_server_name(identifier));
  ValidationOutcome outcome;
  if (!probed) {
    outcome.problem = std::move(probed.error());
    co_return outcome;
  }
  const std::string digest = ca::sha256(key_authorization(token, thumbprint));
  const auto judged = ca::check_challenge_certificate(probed->der, identifier, digest);
  if (!judged) {
    outcome.problem = Problem(ProblemType::incorrect_response,
                              "the certificate at " + probed->hop + " " + judged.error());
  }
  outcome.hops.push_back(std::move(probed->hop));
  co_return outcome;
}

}  // namespace acme
