// Object identifiers that certificates and CRLs need, in dotted decimal.
#pragma once

#include <string_view>

namespace ca::oid {

// Attribute types (X.520).
inline constexpr std::string_view kCommonName = "2.5.4.3";
inline constexpr std::string_view kCountry = "2.5.4.6";
inline constexpr std::string_view kOrganization = "2.5.4.10";
inline constexpr std::string_view kSurname = "2.5.4.4";
inline constexpr std::string_view kSerialNumber = "2.5.4.5";
inline constexpr std::string_view kLocality = "2.5.4.7";
inline constexpr std::string_view kState = "2.5.4.8";
inline constexpr std::string_view kStreet = "2.5.4.9";
inline constexpr std::string_view kBusinessCategory = "2.5.4.15";
inline constexpr std::string_view kPostalCode = "2.5.4.17";
inline constexpr std::string_view kGivenName = "2.5.4.42";
inline constexpr std::string_view kOrganizationIdentifier = "2.5.4.97";
inline constexpr std::string_view kJurisdictionLocality = "1.3.6.1.4.1.311.60.2.1.1";
inline constexpr std::string_view kJurisdictionState = "1.3.6.1.4.1.311.60.2.1.2";
inline constexpr std::string_view kJurisdictionCountry = "1.3.6.1.4.1.311.60.2.1.3";

// Certificate extensions (RFC 5280 §4.2).
inline constexpr std::string_view kSubjectKeyIdentifier = "2.5.29.14";
inline constexpr std::string_view kKeyUsage = "2.5.29.15";
inline constexpr std::string_view kSubjectAltName = "2.5.29.17";
inline constexpr std::string_view kBasicConstraints = "2.5.29.19";
inline constexpr std::string_view kNameConstraints = "2.5.29.30";
inline constexpr std::string_view kCrlDistributionPoints = "2.5.29.31";
inline constexpr std::string_view kCertificatePolicies = "2.5.29.32";
inline constexpr std::string_view kAuthorityKeyIdentifier = "2.5.29.35";
inline constexpr std::string_view kExtKeyUsage = "2.5.29.37";
inline constexpr std::string_view kAuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";
inline constexpr std::string_view kAcmeIdentifier = "1.3.6.1.5.5.7.1.31";  // RFC 8737 §6.1

// Attributes of the request by which an onion service shows its key (BR Appendix B).
inline constexpr std::string_view kCaSigningNonce = "2.23.140.41";
inline constexpr std::string_view kApplicantSigningNonce = "2.23.140.42";

// EVG 7.1.2.2
inline constexpr std::string_view kCabfOrganizationIdentifier = "2.23.140.3.1";

// CRL extensions (RFC 5280 §5.2, §5.3).
inline constexpr std::string_view kCrlNumber = "2.5.29.20";
inline constexpr std::string_view kReasonCode = "2.5.29.21";
inline constexpr std::string_view kIssuingDistributionPoint = "2.5.29.28";

// OCSP (RFC 6960 §4.2.2.2, §4.4).
inline constexpr std::string_view kOcspBasic = "1.3.6.1.5.5.7.48.1.1";
inline constexpr std::string_view kOcspNonce = "1.3.6.1.5.5.7.48.1.2";
inline constexpr std::string_view kOcspNoCheck = "1.3.6.1.5.5.7.48.1.5";

// Access methods, key purposes and policies.
inline constexpr std::string_view kOcsp = "1.3.6.1.5.5.7.48.1";
inline constexpr std::string_view kCaIssuers = "1.3.6.1.5.5.7.48.2";
inline constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
inline constexpr std::string_view kOcspSigning = "1.3.6.1.5.5.7.3.9";
inline constexpr std::string_view kAnyPolicy = "2.5.29.32.0";

// Reserved policies (BR 7.1.6.1).
inline constexpr std::string_view kDomainValidated = "2.23.140.1.2.1";
inline constexpr std::string_view kOrganizationValidated = "2.23.140.1.2.2";
inline constexpr std::string_view kIndividualValidated = "2.23.140.1.2.3";
inline constexpr std::string_view kExtendedValidation = "2.23.140.1.1";

}  // namespace ca::oid
