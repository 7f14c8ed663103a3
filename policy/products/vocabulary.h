// The closed lists that products choose from. Where a number is stored, new ones go to the end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "policy/products/words.h"
#include "policy/validation_method.h"

namespace policy {

/// What has been found out about the subscriber, from least to most.
enum class ValidationLevel : std::uint8_t { dv = 0, iv, ov, ev };
template <>
inline constexpr std::array<std::string_view, 4> kWords<ValidationLevel>{"dv", "iv", "ov", "ev"};

/// Which cryptography: RSA and NIST curves, or the Chinese SM2 with SM3.
enum class CryptoStandard : std::uint8_t { international = 0, gm };
template <>
inline constexpr std::array<std::string_view, 2> kWords<CryptoStandard>{"international", "gm"};

/// Whether browsers trust the hierarchy. If so, the rulebook caps the product.
enum class Trust : std::uint8_t { publicly = 0, privately };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Trust>{"public", "private"};

/// How the console lays the form out: a bar of steps, or the two tabs of older consoles.
enum class Wizard : std::uint8_t { steps = 0, two_tab };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Wizard>{"steps", "two_tab"};

enum class ApplicantType : std::uint8_t { organization = 0, individual };
template <>
inline constexpr std::array<std::string_view, 2> kWords<ApplicantType>{"organization",
                                                                       "individual"};

/// What the form asks about the subscriber.
enum class SubjectInfo : std::uint8_t { contact = 0, person, person_and_organization };
template <>
inline constexpr std::array<std::string_view, 3> kWords<SubjectInfo>{"contact", "person",
                                                                     "person+organization"};

/// What one certificate may be for; single: one DNS name or address.
enum class DomainType : std::uint8_t { single = 0, multi, wildcard };
template <>
inline constexpr std::array<std::string_view, 3> kWords<DomainType>{"single", "multi", "wildcard"};

enum class KeyChoice : std::uint8_t { rsa_2048 = 0, rsa_3072, rsa_4096, ec_p256, ec_p384, sm2 };
template <>
inline constexpr std::array<std::string_view, 6> kWords<KeyChoice>{
    "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "sm2"};

enum class SignatureHash : std::uint8_t { sha256 = 0, sha384, sm3 };
template <>
inline constexpr std::array<std::string_view, 3> kWords<SignatureHash>{"sha256", "sha384", "sm3"};

/// Whether a registered domain brings its `www`, and the other way round, free of charge (TCG-18).
enum class WwwPairing : std::uint8_t {
  never = 0,
  unless_declined,  // whoever applies may leave the other half out
  always,
};
template <>
inline constexpr std::array<std::string_view, 3> kWords<WwwPairing>{"never", "unless_declined",
                                                                    "always"};

/// From when on the names of an application are fixed.
enum class NamesLock : std::uint8_t { submit = 0, issue };
template <>
inline constexpr std::array<std::string_view, 2> kWords<NamesLock>{"submit", "issue"};

/// Every way to prove control of a name for an application: those of ACME, and those where a person
/// or a delegation places a value. The numbers are stored.
enum class ControlMethod : std::uint8_t {
  dns_txt = 0,     // a TXT record with a random value (BR 3.2.2.4.7)
  dns_cname,       // a CNAME record that points to a name made for this application (BR 3.2.2.4.7)
  file,            // a file under one of the two allowed paths (BR 3.2.2.4.18)
  auto_dns,        // a value in a zone that the server may write, or a lasting TXT record
  auto_file,       // a file that the host fetches from us by itself
  http_01,         // RFC 8555 §8.3
  dns_01,          // RFC 8555 §8.4
  tls_alpn_01,     // RFC 8737
  dns_account_01,  // draft-ietf-acme-dns-account-label (BR 3.2.2.4.21)
  dns_persist_01,  // draft-ietf-acme-dns-persist (BR 3.2.2.4.22)
  onion_csr_01,    // RFC 9799 (BR Appendix B)
};
template <>
inline constexpr std::array<std::string_view, 11> kWords<ControlMethod>{
    "dns-txt", "dns-cname",   "file",           "auto-dns",       "auto-file",   "http-01",
    "dns-01",  "tls-alpn-01", "dns-account-01", "dns-persist-01", "onion-csr-01"};

/// The same method as ACME has it, if it does, and what it proves beside control of one DNS name.
struct ControlMethodFacts {
  std::optional<ValidationMethod> acme;
  MethodReach reach;
};
inline constexpr MethodReach kOneHost{.wildcards = false, .subdomains = false, .addresses = true};
inline constexpr MethodReach kZone{.wildcards = true, .subdomains = true, .addresses = false};
inline constexpr MethodReach kOnionService{
    .wildcards = true, .subdomains = false, .addresses = false, .onions = true};
// In the order of the enumerators.
inline constexpr std::array<ControlMethodFacts, kWords<ControlMethod>.size()> kControlMethods{{
    {std::nullopt, kZone},
    {std::nullopt, kZone},
    {std::nullopt, kOneHost},
    {std::nullopt, kZone},
    {std::nullopt, kOneHost},
    {ValidationMethod::http_01, kOneHost},
    {ValidationMethod::dns_01, kZone},
    {ValidationMethod::tls_alpn_01, kOneHost},
    {ValidationMethod::dns_account_01, kZone},
    {ValidationMethod::dns_persist_01, kZone},
    {ValidationMethod::onion_csr_01, kOnionService},
}};
constexpr const ControlMethodFacts& facts_of(ControlMethod method) {
  return kControlMethods.at(static_cast<std::size_t>(method));
}

/// What has to be the same for a proof of domain control, or a review, to count again.
enum class ReuseField : std::uint8_t { domain = 0, organization_name };
template <>
inline constexpr std::array<std::string_view, 2> kWords<ReuseField>{"domain", "organization_name"};
enum class ReviewField : std::uint8_t { organization = 0, admin, contact, product_type };
template <>
inline constexpr std::array<std::string_view, 4> kWords<ReviewField>{"organization", "admin",
                                                                     "contact", "type"};

enum class DocumentKind : std::uint8_t {
  confirmation_letter = 0,
  application_form,
  business_licence,
  identity_card,
  authorization,
  legal_opinion,
  revocation_letter,
  other,
};
template <>
inline constexpr std::array<std::string_view, 8> kWords<DocumentKind>{
    "confirmation_letter", "application_form", "business_licence",  "id_card",
    "authorization",       "legal_opinion",    "revocation_letter", "other"};

enum class DocumentFormat : std::uint8_t { jpeg = 0, png, gif, pdf };
template <>
inline constexpr std::array<std::string_view, 4> kWords<DocumentFormat>{"jpeg", "png", "gif",
                                                                        "pdf"};

/// How long a letter may be replaced. After `never` only a request for information opens it again.
enum class Reupload : std::uint8_t { until_vetting_end = 0, never };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Reupload>{"until_vetting_end", "never"};

/// Where a telephone number or mail address was found. What the applicant typed proves nothing.
enum class ContactSource : std::uint8_t {
  registration_record = 0,
  directory,
  verified_letter,
  applicant,
};
template <>
inline constexpr std::array<std::string_view, 4> kWords<ContactSource>{
    "registration_record", "directory", "verified_letter", "applicant"};

enum class DocumentChannel : std::uint8_t { upload = 0, mail };
template <>
inline constexpr std::array<std::string_view, 2> kWords<DocumentChannel>{"upload", "mail"};

/// Who looks at an application for a DV certificate: the server's own rules, or a person.
enum class Review : std::uint8_t { automatic = 0, manual };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Review>{"automatic", "manual"};

/// What a subscriber who lost the key does.
enum class LostKey : std::uint8_t { reissue = 0, repurchase };
template <>
inline constexpr std::array<std::string_view, 2> kWords<LostKey>{"reissue", "repurchase"};

enum class Support : std::uint8_t { standard = 0, priority, docs_only };
template <>
inline constexpr std::array<std::string_view, 3> kWords<Support>{"standard", "priority",
                                                                 "docs_only"};

enum class Purpose : std::uint8_t { production = 0, testing };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Purpose>{"production", "testing"};

enum class NoticeChannel : std::uint8_t { email = 0, sms, inbox };
template <>
inline constexpr std::array<std::string_view, 3> kWords<NoticeChannel>{"email", "sms", "inbox"};

/// Who holds a quota, and for which names it is.
enum class QuotaHolder : std::uint8_t { individual = 0, individual_member, enterprise };
template <>
inline constexpr std::array<std::string_view, 3> kWords<QuotaHolder>{
    "individual", "individual_member", "enterprise"};
enum class QuotaBucket : std::uint8_t { any = 0, house };
template <>
inline constexpr std::array<std::string_view, 2> kWords<QuotaBucket>{"any", "house"};

}  // namespace policy
