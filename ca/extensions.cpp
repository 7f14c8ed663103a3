#include "ca/extensions.h"

#include <stdexcept>

#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/oids.h"

namespace ca {
namespace {

using der::Criticality;
using der::Tag;

// Bits of KeyUsage (RFC 5280 §4.2.1.3).
constexpr unsigned kDigitalSignature = 0;
constexpr unsigned kKeyEncipherment = 2;
constexpr unsigned kKeyCertSign = 5;
constexpr unsigned kCrlSign = 6;

std::string uri(std::string_view url) {
  return der::element(der::context(6), url);
}

}  // namespace

std::string subscriber_key_usage(KeyKind kind) {
  const std::string bits = kind == KeyKind::rsa
                               ? der::named_bits({kDigitalSignature, kKeyEncipherment})
                               : der::named_bits({kDigitalSignature});
  return der::extension(oid::kKeyUsage, Criticality::critical, bits);
}

std::string ca_key_usage() {
  return der::extension(oid::kKeyUsage, Criticality::critical,
                        der::named_bits({kDigitalSignature, kKeyCertSign, kCrlSign}));
}

std::string server_auth_only() {
  return der::extension(oid::kExtKeyUsage, Criticality::non_critical,
                        der::sequence({der::object_identifier(oid::kServerAuth)}));
}

std::string digital_signature_only() {
  return der::extension(oid::kKeyUsage, Criticality::critical,
                        der::named_bits({kDigitalSignature}));
}

std::string ocsp_signing_only() {
  return der::extension(oid::kExtKeyUsage, Criticality::non_critical,
                        der::sequence({der::object_identifier(oid::kOcspSigning)}));
}

std::string ocsp_no_check() {
  return der::extension(oid::kOcspNoCheck, Criticality::non_critical, der::element(Tag::null, ""));
}

std::string not_a_ca() {
  // cA is DEFAULT FALSE, which DER leaves out (X.690 §11.5).
  return der::extension(oid::kBasicConstraints, Criticality::critical,
                        der::element(Tag::sequence, ""));
}

std::string basic_constraints_of_ca(std::optional<std::uint8_t> path_length) {
  const std::string length = path_length ? der::small_integer(*path_length) : std::string();
  return der::extension(oid::kBasicConstraints, Criticality::critical,
                        der::sequence({der::boolean_true(), length}));
}

std::string authority_key_identifier(std::string_view key_identifier) {
  return der::extension(oid::kAuthorityKeyIdentifier, Criticality::non_critical,
                        der::sequence({der::element(der::context(0), key_identifier)}));
}

std::string subject_key_identifier(std::string_view key_identifier) {
  return der::extension(oid::kSubjectKeyIdentifier, Criticality::non_critical,
                        der::element(Tag::octet_string, key_identifier));
}

std::string certificate_policies(std::string_view policy_oid) {
  return certificate_policies(std::vector{std::string(policy_oid)});
}

std::string certificate_policies(const std::vector<std::string>& policy_oids) {
  std::vector<std::string> all;
  for (const std::string& each : policy_oids) {
    all.push_back(der::sequence({der::object_identifier(each)}));
  }
  return der::extension(oid::kCertificatePolicies, Criticality::non_critical, der::sequence(all));
}

std::string cabf_organization_identifier(const OrganizationIdentifier& identifier) {
  const std::string state =
      identifier.state.empty() ? std::string() : der::element(der::context(0), identifier.state);
  return der::extension(
      oid::kCabfOrganizationIdentifier, Criticality::non_critical,
      der::sequence({der::element(Tag::printable_string, identifier.scheme),
                     der::element(Tag::printable_string, identifier.country), state,
                     der::element(Tag::utf8_string, identifier.reference)}));
}

std::string authority_information_access(std::string_view ocsp_url, std::string_view issuer_url) {
  const auto description = [](std::string_view method, std::string_view url) {
    if (url.empty()) return std::string();
    return der::sequence({der::object_identifier(method), uri(url)});
  };
  return der::extension(
      oid::kAuthorityInformationAccess, Criticality::non_critical,
      der::sequence({description(oid::kOcsp, ocsp_url), description(oid::kCaIssuers, issuer_url)}));
}

std::string crl_distribution_point(std::string_view url) {
  const std::string full_name = der::element(der::context_constructed(0), uri(url));
  const std::string point = der::element(der::context_constructed(0), full_name);
  return der::extension(oid::kCrlDistributionPoints, Criticality::non_critical,
                        der::sequence({der::sequence({point})}));
}

std::string issuing_distribution_point(const std::vector<std::string>& urls) {
  std::string names;
  for (const std::string& url : urls) names += uri(url);
  const std::string full_name = der::element(der::context_constructed(0), names);
  return der::extension(oid::kIssuingDistributionPoint, Criticality::critical,
                        der::sequence({der::element(der::context_constructed(0), full_name)}));
}

std::string subject_alt_name(const std::vector<Identifier>& identifiers,
                             der::Criticality criticality) {
  std::vector<std::string> names;
  names.reserve(identifiers.size());
  for (const Identifier& identifier : identifiers) names.push_back(der_general_name(identifier));
  return der::extension(oid::kSubjectAltName, criticality, der::sequence(names));
}

std::string_view subject_public_key(std::string_view spki) {
  if (const auto outer = der::only(spki, Tag::sequence)) {
    der::Reader fields(outer->content);
    const auto algorithm = fields.next(Tag::sequence);
    const auto key = fields.next(Tag::bit_string);
    const auto octets = key ? der::octets_of_bit_string(*key) : std::nullopt;
    if (algorithm && octets && fields.at_end()) return *octets;
  }
  throw std::logic_error("the octets of a public key were asked for of something else");
}

std::string key_identifier_of(std::string_view spki) {
  constexpr std::size_t kOctets = 20;
  return sha256(subject_public_key(spki)).substr(0, kOctets);
}

}  // namespace ca
