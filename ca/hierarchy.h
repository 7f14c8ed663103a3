// Making the CA certificates of a new installation, and the server certificate of its HTTPS
// listener.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/crypto/signer.h"
#include "ca/names/identifier.h"
#include "ca/time.h"

namespace ca {

/// A certificate with its key.
struct KeyedCertificate {
  std::string der;
  std::unique_ptr<Signer> signer;
};

struct HierarchyNames {
  std::string country = "XX";
  std::string organization;  // for example "Example Trust"
};

/// A self-signed root (BR 7.1.2.1): CN, O, C; critical basicConstraints and keyUsage; 20 years.
KeyedCertificate create_root(const HierarchyNames& names,
                             KeyAlgorithm algorithm,
                             RandomSource& random,
                             Time now);

/// A TLS issuing CA under `root` (BR 7.1.2.6): pathLen 0, serverAuth only, 8 years.
KeyedCertificate create_issuing_ca(const HierarchyNames& names,
                                   KeyAlgorithm algorithm,
                                   const KeyedCertificate& root,
                                   RandomSource& random,
                                   Time now);

/// A certificate under `root` for the name and key of `existing`, the self-signed certificate of
/// another root of the same operator (BR 7.1.2.2), DER: serverAuth only, 8 years or as long as both
/// roots. Names the CRL of `root` unless `crl_url` is empty. Throws std::invalid_argument if
/// `existing` cannot be read or is `root` itself.
std::string create_cross_certificate(const std::string& existing,
                                     const KeyedCertificate& root,
                                     const std::string& crl_url,
                                     RandomSource& random,
                                     Time now);

/// A self-signed CA of its own for the HTTPS listener: what clients of the *server* trust is kept
/// apart from what the subscribers' certificates chain to. 10 years.
KeyedCertificate create_tls_ca(const HierarchyNames& names, RandomSource& random, Time now);

/// A server certificate under `tls_ca`, ECDSA P-256, 397 days, for `names`: GeneralName elements
/// (RFC 5280 §4.2.1.6), because the listener of a CA on one machine is reached by names that no
/// subscriber can have. Throws std::invalid_argument without any.
KeyedCertificate create_tls_certificate(const KeyedCertificate& tls_ca,
                                        const std::vector<std::string>& names,
                                        RandomSource& random,
                                        Time now);

}  // namespace ca
