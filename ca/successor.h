// What the certificate of a CA says that follows another one under the same root.
#pragma once

#include <string>
#include <vector>

#include "ca/certificate.h"
#include "ca/crypto/random.h"
#include "ca/hierarchy_wish.h"

namespace ca {

/// The subject of `predecessor`, Name DER, but for `changes` and with a common name of its own (BR
/// 7.1.2.10.2): "Example TLS CA 1 5f0c29ab", whose number the next one replaces. Throws
/// std::invalid_argument with one sentence if an attribute to change is not there, if the common
/// name would stay as it is, or if it is too long or not in UTF-8 to get a number.
std::string successor_subject(const CertificateView& predecessor,
                              const SuccessorChanges& changes,
                              RandomSource& random);

/// The extensions of `predecessor` in their order, but for `changes`: key and authority key
/// identifiers are these, and what belongs to that one certificate (SCTs) is left out. What
/// `changes` brings that the predecessor had not comes last. Throws std::invalid_argument if its
/// authorityInformationAccess cannot be read and is to be changed.
std::vector<std::string> successor_extensions(const CertificateView& predecessor,
                                              const IssuingCaTerms& changes,
                                              const std::string& key_identifier,
                                              const std::string& issuer_key_identifier);

}  // namespace ca
