#include "ca/certificate_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ca/crypto/signer.h"
#include "ca/der/canonical.h"
#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/names/general_names.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr std::size_t kMaxRequest = 128 * 1024;
// Each attribute is compared with all before it; common tools write at most four.
constexpr std::size_t kMaxAttributes = 16;
constexpr std::string_view kCommonName = "2.5.4.3";
constexpr std::string_view kSubjectAltName = "2.5.29.17";
constexpr std::string_view kExtensionRequest = "1.2.840.113549.1.9.14";  // RFC 2985 §5.4.2

constexpr std::array kSignatureAlgorithms = {
    SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::rsa_pkcs1_sha384,
    SignatureAlgorithm::rsa_pkcs1_sha512, SignatureAlgorithm::ecdsa_sha256,
    SignatureAlgorithm::ecdsa_sha384,     SignatureAlgorithm::ecdsa_sha512,
    SignatureAlgorithm::ed25519,          SignatureAlgorithm::sm2_sm3};

std::unexpected<Rejection> bad_csr(std::string detail) {
  return reject(RejectionKind::bad_csr, std::move(detail));
}

/// RFC 2986 §4, as views into the request.
struct Parts {
  std::string_view info;  // what is signed, whole element
  std::string_view subject;
  std::string_view spki;
  std::string_view attributes;  // content
  der::Element signature_algorithm;
  std::string_view signature;
};

Judged<Parts> split(std::string_view request) {
  // The reader alone would leave parts that nobody looks at in any BER form.
  if (!der::is_canonical(request)) {
    return bad_csr(
        "The certificate request is not one DER structure, canonical and with nothing behind it");
  }
  der::Reader outer(der::only(request, der::Tag::sequence).value_or(der::Element{}).content);
  const auto info = outer.next(der::Tag::sequence);
  const auto algorithm = outer.next(der::Tag::sequence);
  const auto signature = outer.next(der::Tag::bit_string);
  const auto signature_octets = signature ? der::octets_of_bit_string(*signature) : std::nullopt;
  if (!info || !algorithm || !signature_octets || !outer.at_end()) {
    return bad_csr("The DER is not a CertificationRequest (RFC 2986 §4.2)");
  }
  der::Reader inner(info->content);
  const auto version = inner.next(der::Tag::integer);
  // RFC 2986 §4.1 has version 0 only. Ruby's acme-client wrote 2 for years; there is no such
  // version whose parts could mean something else.
  if (version && version->content != std::string_view("\0", 1) && version->content != "\2") {
    return bad_csr("The certificate request has a version other than 0 (RFC 2986 §4.1)");
  }
  const auto subject = inner.next(der::Tag::sequence);
  const auto spki = inner.next(der::Tag::sequence);
  const auto attributes = inner.next(der::context_constructed(0));
  if (!version || !subject || !spki || !attributes || !inner.at_end()) {
    return bad_csr(
        "The DER is not a CertificationRequestInfo of version, subject, key and attributes (RFC "
        "2986 §4.1)");
  }
  return Parts{info->whole,         subject->content, spki->whole,
               attributes->content, *algorithm,       *signature_octets};
}

/// RFC 5280 §4.1.2.4: a row of sets of (type, value). Appends the values of every commonName.
bool read_common_names(std::string_view subject, std::vector<der::Element>& common_names) {
  for (der::Reader names(subject); !names.at_end();) {
    const auto set = names.next(der::Tag::set);
    if (!set || set->content.empty()) return false;
    for (der::Reader attributes(set->content); !attributes.at_end();) {
      const auto attribute = attributes.next(der::Tag::sequence);
      if (!attribute) return false;
      der::Reader fields(attribute->content);
      const auto type = fields.next(der::Tag::object_identifier);
      const auto value = fields.next();
      const auto oid = type ? der::object_identifier(*type) : std::nullopt;
      if (!oid || !value || !fields.at_end()) return false;
      if (*oid == kCommonName) common_names.push_back(*value);
    }
  }
  return true;
}

std::optional<Identifier> name_in(const der::Element& common_name) {
  constexpr auto kTeletexString = static_cast<der::Tag>(0x14);
  constexpr std::array kOctetPerCharacter = {der::Tag::printable_string, der::Tag::utf8_string,
                                             der::Tag::ia5_string, kTeletexString};
  if (std::ranges::find(kOctetPerCharacter, common_name.tag) == kOctetPerCharacter.end())
    return std::nullopt;
  if (auto name = DnsName::parse(common_name.content)) return *std::move(name);
  if (auto address = IpAddress::parse(common_name.content)) return *std::move(address);
  return std::nullopt;
}

/// RFC 8555 §7.4: the names may stand in the commonName too, and then belong to the set that is
/// asked for.
Judged<std::vector<Identifier>> names_of_subject(std::string_view subject) {
  std::vector<der::Element> common_names;
  if (!read_common_names(subject, common_names)) {
    return bad_csr("The subject of the certificate request is not a Name (RFC 5280 §4.1.2.4)");
  }
  if (common_names.size() > 1) {
    return bad_csr("The subject has " + std::to_string(common_names.size()) +
                   " common names; at most one is expected");
  }
  if (common_names.empty() || common_names.front().content.empty())
    return std::vector<Identifier>{};
  std::optional<Identifier> name = name_in(common_names.front());
  if (!name) {
    return bad_csr(
        "The common name " + quoted(common_names.front().content) +
        " is neither a DNS name nor an IP address; leave it out or use one of the names asked for");
  }
  return std::vector<Identifier>{*std::move(name)};
}

/// The value of the extensionRequest attribute, or nothing if there is none. Every other attribute
/// is ignored: nothing but the names and the key is taken from a request.
Judged<std::optional<std::string_view>> requested_extensions(std::string_view attributes) {
  if (!der::is_ordered_set(attributes)) {
    return bad_csr("The attributes of the certificate request are not in DER order (X.690 §11.6)");
  }
  std::vector<std::string> seen;
  std::optional<std::string_view> extensions;
  for (der::Reader reader(attributes); !reader.at_end();) {
    if (seen.size() == kMaxAttributes) {
      return bad_csr("The certificate request has more than " + std::to_string(kMaxAttributes) +
                     " attributes; at most that many are accepted");
    }
    const auto attribute = reader.next(der::Tag::sequence);
    der::Reader fields(attribute ? attribute->content : std::string_view());
    const auto type = fields.next(der::Tag::object_identifier);
    const auto values = fields.next(der::Tag::set);
    std::optional<std::string> oid = type ? der::object_identifier(*type) : std::nullopt;
    if (!oid || !values || values->content.empty() || !fields.at_end()) {
      return bad_csr(
          "An attribute of the certificate request is not a type and a set of values (RFC 2986 "
          "§4.1)");
    }
    if (std::ranges::find(seen, *oid) != seen.end()) {
      return bad_csr("The attribute " + *oid + " occurs twice; once is expected");
    }
    if (*oid == kExtensionRequest) {
      const auto value = der::only(values->content, der::Tag::sequence);
      if (!value)
        return bad_csr(
            "The extensionRequest attribute does not have exactly one value (RFC 2985 §5.4.2)");
      extensions = value->whole;
    }
    seen.push_back(*std::move(oid));
  }
  return extensions;
}

Judged<std::vector<Identifier>> names_of_attributes(std::string_view attributes) {
  const auto value = requested_extensions(attributes);
  if (!value) return std::unexpected(value.error());
  if (!*value) return std::vector<Identifier>{};
  const auto extensions = read_extension_list(**value);
  if (!extensions) return bad_csr(extensions.error());
  const Extension* const alt_name = find_extension(*extensions, kSubjectAltName);
  if (alt_name == nullptr) return std::vector<Identifier>{};
  auto names = read_general_names(alt_name->value);
  if (!names) return bad_csr(std::move(names).error());
  return *std::move(names);
}

Judged<SignatureAlgorithm> signature_algorithm(const der::Element& identifier, KeyKind kind) {
  const auto* const known =
      std::ranges::find(kSignatureAlgorithms, identifier.whole, der_algorithm_identifier);
  if (known != kSignatureAlgorithms.end() && fits(kind, *known)) return *known;
  der::Reader reader(identifier.content);
  const auto type = reader.next(der::Tag::object_identifier);
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  if (!oid) return bad_csr("The signature algorithm of the certificate request cannot be read");
  if (known != kSignatureAlgorithms.end()) {
    return bad_csr("The signature algorithm " + *oid +
                   " does not fit the key of the certificate request");
  }
  return bad_csr(
      "The certificate request is signed with " + *oid +
      " or parameters we do not accept; ECDSA and RSA PKCS#1 v1.5 with SHA-256, SHA-384 or SHA-512 "
      "are accepted");
}

/// SM2 requests come with the identifier of GM/T 0009 or, from plain OpenSSL, with an empty one.
/// Nothing depends on which: the signature only shows that the requester has the key.
bool verifies_itself(const PublicKey& key, SignatureAlgorithm algorithm, const Parts& parts) {
  const auto verifies = [&](SignatureAlgorithm each) {
    return key.verify(each, SignatureForm::der, parts.info, parts.signature);
  };
  return verifies(algorithm) ||
         (algorithm == SignatureAlgorithm::sm2_sm3 && verifies(SignatureAlgorithm::sm2_sm3_no_id));
}

}  // namespace

Judged<CertificateRequest> parse_certificate_request(std::string_view der) {
  if (der.size() > kMaxRequest) {
    return bad_csr("The certificate request has " + std::to_string(der.size()) +
                   " octets; at most " + std::to_string(kMaxRequest) + " are accepted");
  }
  const auto parts = split(der);
  if (!parts) return std::unexpected(parts.error());
  auto names = names_of_subject(parts->subject);
  if (!names) return std::unexpected(std::move(names).error());
  auto alt_names = names_of_attributes(parts->attributes);
  if (!alt_names) return std::unexpected(std::move(alt_names).error());
  std::ranges::move(*alt_names, std::back_inserter(*names));
  if (names->empty()) {
    return bad_csr(
        "The certificate request has no name, neither in a subjectAltName nor as its common name");
  }
  auto key = PublicKey::from_spki(parts->spki);
  if (!key) return std::unexpected(std::move(key).error());
  const auto algorithm = signature_algorithm(parts->signature_algorithm, key->kind());
  if (!algorithm) return std::unexpected(algorithm.error());
  if (!verifies_itself(*key, *algorithm, *parts)) {
    return bad_csr("The signature of the certificate request does not verify with its own key");
  }
  return CertificateRequest{as_set(*std::move(names)), *std::move(key)};
}

}  // namespace ca
