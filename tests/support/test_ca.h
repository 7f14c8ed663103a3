// A throw-away hierarchy in memory: a root and an issuing CA with fresh keys. Requests for it:
// tests/support/csr.h.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/hierarchy.h"
#include "ca/issuer.h"
#include "ca/time.h"

namespace tests {

/// A root and the issuer below it.
struct TestCa {
  std::string root_der;
  std::unique_ptr<ca::Issuer> issuer;
};

/// Where the CRL of such an issuer would be: web certificates must name a CRL or a responder.
inline ca::Issuer::Urls test_urls() {
  return {.crl = "http://ca.example/issuing.crl"};
}

/// Makes one, valid from an hour before `now`. ECDSA keys cost microseconds, RSA keys a second.
inline TestCa make_test_ca(ca::Time now,
                           ca::KeyAlgorithm algorithm = ca::KeyAlgorithm::ecdsa_p256,
                           ca::Issuer::Urls urls = test_urls(),
                           ca::KeyAlgorithm root_algorithm = ca::KeyAlgorithm::ecdsa_p256,
                           ca::Trust trust = ca::Trust::web) {
  ca::SystemRandom random;
  const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
  const ca::KeyedCertificate root = ca::create_root(names, root_algorithm, random, now);
  ca::KeyedCertificate issuing = ca::create_issuing_ca(names, algorithm, root, random, now);
  auto issuer =
      std::make_unique<ca::Issuer>(std::vector<std::string>{issuing.der}, std::move(issuing.signer),
                                   std::move(urls), std::vector<ca::Issuer::Chain>{}, trust);
  return {.root_der = root.der, .issuer = std::move(issuer)};
}

/// One whose root no browser knows.
inline TestCa make_private_ca(ca::Time now) {
  return make_test_ca(now, ca::KeyAlgorithm::ecdsa_p256, test_urls(), ca::KeyAlgorithm::ecdsa_p256,
                      ca::Trust::privately);
}

}  // namespace tests
