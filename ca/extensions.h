// Writing certificate extensions. Each function returns a whole Extension element, DER.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/der/writer.h"
#include "ca/names/identifier.h"
#include "ca/organization_identifier.h"

namespace ca {

/// keyUsage, critical, for a subscriber's key: digitalSignature, and keyEncipherment for RSA only
/// (BR 7.1.2.7.11).
std::string subscriber_key_usage(KeyKind kind);
/// keyUsage, critical, for a CA: digitalSignature (it will sign OCSP responses), keyCertSign,
/// cRLSign (BR 7.1.2.10.7).
std::string ca_key_usage();
/// extKeyUsage with serverAuth and nothing else.
std::string server_auth_only();
/// basicConstraints, critical, cA FALSE: the empty SEQUENCE (BR 7.1.2.7.8).
std::string not_a_ca();
/// basicConstraints, critical, cA TRUE.
std::string basic_constraints_of_ca(std::optional<std::uint8_t> path_length);
/// keyUsage, critical, with digitalSignature alone (BR 7.1.2.8.7).
std::string digital_signature_only();
/// extKeyUsage with OCSPSigning and nothing else (BR 7.1.2.8.5).
std::string ocsp_signing_only();
/// id-pkix-ocsp-nocheck (BR 7.1.2.8.6).
std::string ocsp_no_check();
/// authorityKeyIdentifier with keyIdentifier only (BR 7.1.2.11.1).
std::string authority_key_identifier(std::string_view key_identifier);
std::string subject_key_identifier(std::string_view key_identifier);
/// certificatePolicies with one policy and no qualifiers (BR 7.1.2.7.9).
std::string certificate_policies(std::string_view policy_oid);
/// The same with several, at least one.
std::string certificate_policies(const std::vector<std::string>& policy_oids);
/// cabfOrganizationIdentifier: what the organizationIdentifier says, in parts (EVG 7.1.2.2).
std::string cabf_organization_identifier(const OrganizationIdentifier& identifier);
/// authorityInformationAccess with the URL of the OCSP responder, that of the issuing certificate,
/// or both; an empty one is left out.
std::string authority_information_access(std::string_view ocsp_url, std::string_view issuer_url);
/// cRLDistributionPoints with one point of one URL (BR 7.1.2.11.2).
std::string crl_distribution_point(std::string_view url);
/// issuingDistributionPoint, critical, of a CRL over a part: a fullName of these URLs and nothing
/// else (BR 7.2.2.1). A URL is written as crl_distribution_point writes it.
std::string issuing_distribution_point(const std::vector<std::string>& urls);
/// subjectAltName in the order given.
std::string subject_alt_name(const std::vector<Identifier>& identifiers,
                             der::Criticality criticality);

/// The octets of the subjectPublicKey BIT STRING in `spki`, which must outlive them. Throws
/// std::logic_error if it is not a SubjectPublicKeyInfo.
std::string_view subject_public_key(std::string_view spki);
/// keyIdentifier of a key: the leftmost 160 bits of the SHA-256 of the subjectPublicKey (RFC 7093
/// §2 (1)). Throws std::logic_error if `spki` is not a SubjectPublicKeyInfo.
std::string key_identifier_of(std::string_view spki);

}  // namespace ca
