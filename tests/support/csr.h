// Certificate requests, good ones in one call and bad ones part by part.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/signer.h"
#include "ca/der/writer.h"
#include "ca/names/identifier.h"

namespace tests {

/// GeneralName of type dNSName with any octets in it.
inline std::string dns_general_name(std::string_view octets) {
  return ca::der::element(ca::der::context(2), octets);
}

/// subjectAltName extension of these GeneralNames.
inline std::string alt_name_extension(const std::vector<std::string>& general_names) {
  return ca::der::extension("2.5.29.17", ca::der::Criticality::non_critical,
                            ca::der::sequence(general_names));
}

/// The attribute extensionRequest (RFC 2985 §5.4.2) of these extensions.
inline std::string extension_request(const std::vector<std::string>& extensions) {
  return ca::der::sequence({ca::der::object_identifier("1.2.840.113549.1.9.14"),
                            ca::der::set_of({ca::der::sequence(extensions)})});
}

/// A RelativeDistinguishedName of one attribute.
inline std::string relative_name(std::string_view type,
                                 std::string_view octets,
                                 ca::der::Tag string_type = ca::der::Tag::utf8_string) {
  return ca::der::set_of({ca::der::sequence(
      {ca::der::object_identifier(type), ca::der::element(string_type, octets)})});
}

inline std::string common_name(std::string_view octets,
                               ca::der::Tag string_type = ca::der::Tag::utf8_string) {
  return relative_name("2.5.4.3", octets, string_type);
}

inline std::string organization_name(std::string_view octets) {
  return relative_name("2.5.4.10", octets);
}

/// The parts of a CertificationRequest (RFC 2986 §4), each a whole DER element; empty means what a
/// good request has.
struct CsrParts {
  std::string version = ca::der::small_integer(0);
  std::string subject = ca::der::sequence(std::vector<std::string>{});
  std::string spki;
  std::vector<std::string> attributes;
  std::string signature_algorithm;
};

/// Puts `parts` together and signs them with `signer`, whatever they are.
inline std::string sign_csr(ca::Signer& signer, const CsrParts& parts) {
  const std::string attribute_set = ca::der::set_of(parts.attributes);
  std::string attributes = attribute_set;
  attributes.front() = static_cast<char>(ca::der::context_constructed(0));
  const std::string info =
      ca::der::sequence({parts.version, parts.subject,
                         parts.spki.empty() ? signer.public_key().spki() : parts.spki, attributes});
  const std::string algorithm = parts.signature_algorithm.empty()
                                    ? std::string(ca::der_algorithm_identifier(signer.algorithm()))
                                    : parts.signature_algorithm;
  return ca::der::sequence({info, algorithm, ca::der::bit_string(signer.sign(info))});
}

/// A good request for these DNS names and IP addresses, DER, with an empty subject.
inline std::string make_csr(ca::Signer& signer, const std::vector<std::string>& names) {
  std::vector<std::string> general_names;
  for (const std::string& name : names) {
    const auto address = ca::IpAddress::parse(name);
    general_names.push_back(address ? ca::der_general_name(*address) : dns_general_name(name));
  }
  CsrParts parts;
  parts.attributes = {extension_request({alt_name_extension(general_names)})};
  return sign_csr(signer, parts);
}

}  // namespace tests
