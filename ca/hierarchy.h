// Making the CA certificates of a new installation, and the server certificate of its HTTPS
// listener.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/crypto/signer.h"
#include "ca/hierarchy_wish.h"
#include "ca/names/identifier.h"
#include "ca/time.h"

namespace ca {

/// A certificate with its key.
struct KeyedCertificate {
  std::string der;
  std::unique_ptr<Signer> signer;
};

// Names and terms that break a rule of ca/authority_rules.h are refused by all of these with
// std::invalid_argument.

/// A self-signed root (BR 7.1.2.1): CN, O, C; critical basicConstraints and keyUsage; 20 years.
KeyedCertificate create_root(const HierarchyNames& names,
                             KeyAlgorithm algorithm,
                             RandomSource& random,
                             Time now);

/// A TLS issuing CA under `root` (BR 7.1.2.6): pathLen 0, serverAuth only, 8 years. Throws
/// std::invalid_argument if one of both is of SM2 and the other is not (GM/T 0015).
KeyedCertificate create_issuing_ca(const HierarchyNames& names,
                                   KeyAlgorithm algorithm,
                                   const KeyedCertificate& root,
                                   RandomSource& random,
                                   Time now,
                                   const IssuingCaTerms& terms = {});

/// The certificate of such a CA for a key that was made elsewhere, in a device for example. DER.
std::string certify_issuing_ca(const HierarchyNames& names,
                               const PublicKey& key,
                               const KeyedCertificate& root,
                               RandomSource& random,
                               Time now,
                               const IssuingCaTerms& terms = {});

/// The certificate for `key` that follows `predecessor`, a CA certificate that `root` signed (DER).
/// It says what that one said but for `changes` (ca/successor.h) and lives as long, or until the
/// root ends. Throws std::invalid_argument as that does, or if `root` did not sign the predecessor.
std::string certify_successor(const std::string& predecessor,
                              const SuccessorChanges& changes,
                              const PublicKey& key,
                              const KeyedCertificate& root,
                              RandomSource& random,
                              Time now);

/// A certificate under `root` for the name and key of `existing`, the self-signed certificate of
/// another root of the same operator (BR 7.1.2.2), DER: serverAuth only, 8 years or as long as both
/// roots. Names the CRL of `root` unless `crl_url` is empty. Throws std::invalid_argument if
/// `existing` cannot be read or is `root` itself, or if one of both is of SM2 and the other is not.
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
