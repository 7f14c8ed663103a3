// Writing certificates: the field order of RFC 5280 §4.1 and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"

namespace ca {

/// The fields of a TBSCertificate. Those that are DER are whole elements and are copied as they
/// are; version 3 and the absence of unique identifiers are not up to the caller.
struct TbsFields {
  std::string_view serial;               // raw octets
  std::string_view signature_algorithm;  // AlgorithmIdentifier, DER
  std::string_view issuer;               // Name, DER
  Time not_before;
  Time not_after;
  std::string_view subject;             // Name, DER
  std::string_view spki;                // SubjectPublicKeyInfo, DER
  std::vector<std::string> extensions;  // Extension, DER, in the order they are to appear
};

/// The TBSCertificate, DER.
std::string tbs_certificate(const TbsFields& fields);

/// SEQUENCE of what is signed, its AlgorithmIdentifier and the signature: a Certificate or a
/// CertificateList.
std::string assemble_signed(std::string_view to_be_signed,
                            std::string_view signature_algorithm,
                            std::string_view signature);

}  // namespace ca
