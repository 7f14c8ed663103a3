#include "ca/crl_check.h"

#include <optional>

#include "ca/crypto/encoding.h"
#include "ca/der/canonical.h"
#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/extensions.h"
#include "ca/oids.h"

namespace ca {
namespace {

/// The parts of a CertificateList (RFC 5280 §5.1), as views into it.
struct Parts {
  std::string_view tbs, signature, inner_algorithm, outer_algorithm, issuer, revoked, extensions;
  std::optional<Time> this_update, next_update;
};

std::optional<Time> read_time(der::Reader& reader) {
  const auto element = reader.next();
  const auto seconds = element ? der::time(*element) : std::nullopt;
  return seconds ? std::optional(Time(std::chrono::seconds(*seconds))) : std::nullopt;
}

bool read_tbs(std::string_view content, Parts& parts) {
  der::Reader reader(content);
  const auto version = reader.next(der::Tag::integer);
  const auto algorithm = reader.next(der::Tag::sequence);
  const auto issuer = reader.next(der::Tag::sequence);
  parts.this_update = read_time(reader);
  parts.next_update = read_time(reader);
  // revokedCertificates is optional; its rows were written by the same code as the rest and are
  // under the signature.
  const auto revoked = reader.next(der::Tag::sequence);
  const auto extensions = reader.next(der::context_constructed(0));
  if (!version || version->content != "\x01" || !algorithm || !issuer || !extensions) return false;
  parts.inner_algorithm = algorithm->whole;
  parts.issuer = issuer->whole;
  if (revoked) parts.revoked = revoked->content;
  parts.extensions = extensions->content;
  return reader.at_end();
}

std::optional<Parts> split(std::string_view der) {
  if (!der::is_canonical(der)) return std::nullopt;
  der::Reader reader(der::only(der, der::Tag::sequence).value_or(der::Element{}).content);
  const auto tbs = reader.next(der::Tag::sequence);
  const auto algorithm = reader.next(der::Tag::sequence);
  const auto signature = reader.next(der::Tag::bit_string);
  const auto octets = signature ? der::octets_of_bit_string(*signature) : std::nullopt;
  if (!tbs || !algorithm || !octets || !reader.at_end()) return std::nullopt;
  Parts parts{.tbs = tbs->whole,
              .signature = *octets,
              .inner_algorithm = {},
              .outer_algorithm = algorithm->whole,
              .issuer = {},
              .revoked = {},
              .extensions = {},
              .this_update = {},
              .next_update = {}};
  return read_tbs(tbs->content, parts) ? std::optional(parts) : std::nullopt;
}

bool has_number(const std::vector<Extension>& extensions, std::uint64_t number) {
  const Extension* const extension = find_extension(extensions, oid::kCrlNumber);
  return extension != nullptr && extension->value == der::small_integer(number);
}

bool has_key_identifier(const std::vector<Extension>& extensions, std::string_view identifier) {
  const Extension* const extension = find_extension(extensions, oid::kAuthorityKeyIdentifier);
  return extension != nullptr && authority_key_identifier_in(*extension) == identifier;
}

bool has_distribution_point(const std::vector<Extension>& extensions,
                            const std::vector<std::string>& urls) {
  const Extension* const extension = find_extension(extensions, oid::kIssuingDistributionPoint);
  if (urls.empty()) return extension == nullptr;
  return extension != nullptr && extension->criticality == der::Criticality::critical &&
         issuing_distribution_point(urls) == der::extension(oid::kIssuingDistributionPoint,
                                                            der::Criticality::critical,
                                                            extension->value);
}

std::string fault_of(const Parts& parts, const Issuer& issuer, const CrlClaims& claims) {
  if (parts.issuer != issuer.certificate().subject) return "the CRL names another issuer";
  if (parts.this_update != claims.this_update || parts.next_update != claims.next_update)
    return "the CRL has other times than " + rfc3339(claims.this_update) + " and " +
           rfc3339(claims.next_update);
  const auto extensions = read_extension_list(parts.extensions);
  if (!extensions) return "the extensions of the CRL cannot be read: " + extensions.error();
  if (!has_number(*extensions, claims.number))
    return "the CRL does not have the number " + std::to_string(claims.number);
  if (!has_key_identifier(*extensions, issuer.key_identifier()))
    return "the CRL does not name the issuing key " + hex(issuer.key_identifier());
  if (!has_distribution_point(*extensions, claims.urls))
    return "the CRL does not have the issuingDistributionPoint that its URL demands";
  return {};
}

std::string signature_fault(const Parts& parts, const Issuer& issuer) {
  const SignatureAlgorithm algorithm = issuer.signer().algorithm();
  const auto key = PublicKey::from_spki(issuer.certificate().spki);
  const bool is_good = key && parts.inner_algorithm == der_algorithm_identifier(algorithm) &&
                       parts.outer_algorithm == parts.inner_algorithm &&
                       key->verify(algorithm, SignatureForm::der, parts.tbs, parts.signature);
  return is_good ? "" : "the signature of the CRL does not verify with the issuer's key";
}

/// reasonCode of the extensions of one row; 0 without it.
std::optional<std::uint8_t> reason_in(std::string_view content) {
  const auto extensions = read_extension_list(content);
  if (!extensions) return std::nullopt;
  const Extension* const extension = find_extension(*extensions, oid::kReasonCode);
  if (extension == nullptr) return 0;
  const auto reason = der::only(extension->value, der::Tag::enumerated);
  if (!reason || reason->content.size() != 1) return std::nullopt;
  return static_cast<std::uint8_t>(reason->content.front());
}

std::optional<RevokedSerial> read_row(const der::Element& row) {
  der::Reader fields(row.content);
  const auto serial = fields.next(der::Tag::integer);
  const auto octets = serial ? der::unsigned_integer(*serial) : std::nullopt;
  const auto when = read_time(fields);
  if (!octets || !when) return std::nullopt;
  RevokedSerial revoked{.serial = std::string(*octets), .revoked_at = *when, .reason = 0};
  if (fields.at_end()) return revoked;
  const auto extensions = fields.next(der::Tag::sequence);
  const auto reason = extensions ? reason_in(extensions->whole) : std::nullopt;
  if (!reason || !fields.at_end()) return std::nullopt;
  revoked.reason = *reason;
  return revoked;
}

std::optional<std::uint64_t> number_in(const std::vector<Extension>& extensions) {
  const Extension* const extension = find_extension(extensions, oid::kCrlNumber);
  const auto element =
      extension == nullptr ? std::nullopt : der::only(extension->value, der::Tag::integer);
  const auto octets = element ? der::unsigned_integer(*element) : std::nullopt;
  if (!octets || octets->size() > sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char octet : *octets) number = number << 8U | static_cast<unsigned char>(octet);
  return number;
}

/// The places that an issuingDistributionPoint of this CA names; none if it says anything else.
std::vector<std::string> places_in(const Extension& extension) {
  const auto sequence = der::only(extension.value, der::Tag::sequence);
  return sequence ? full_name_urls(sequence->content).value_or(std::vector<std::string>())
                  : std::vector<std::string>();
}

}  // namespace

std::string crl_fault(std::string_view der, const Issuer& issuer, const CrlClaims& claims) {
  const auto parts = split(der);
  if (!parts) return "the CRL is not a CertificateList of version 2 with extensions";
  if (std::string fault = fault_of(*parts, issuer, claims); !fault.empty()) return fault;
  return signature_fault(*parts, issuer);
}

std::string crl_signature_fault(std::string_view der, const Issuer& issuer) {
  const auto parts = split(der);
  if (!parts) return "the CRL is not a CertificateList of version 2 with extensions";
  if (parts->issuer != issuer.certificate().subject) return "the CRL names another issuer";
  return signature_fault(*parts, issuer);
}

std::optional<std::vector<std::string>> full_name_urls(std::string_view name) {
  constexpr der::Tag kUri = der::context(6);
  const auto point = der::only(name, der::context_constructed(0));
  const auto full_name =
      point ? der::only(point->content, der::context_constructed(0)) : std::nullopt;
  if (!full_name) return std::nullopt;
  std::vector<std::string> urls;
  for (der::Reader names(full_name->content); !names.at_end();) {
    const auto url = names.next(kUri);
    if (!url) return std::nullopt;
    urls.emplace_back(url->content);
  }
  return urls;
}

std::optional<CrlView> view_crl(std::string_view der) {
  const auto parts = split(der);
  if (!parts) return std::nullopt;
  const auto extensions = read_extension_list(parts->extensions);
  const auto number = extensions ? number_in(*extensions) : std::nullopt;
  if (!number || !parts->this_update || !parts->next_update) return std::nullopt;
  const Extension* const places = find_extension(*extensions, oid::kIssuingDistributionPoint);
  CrlView view{.this_update = *parts->this_update,
               .next_update = *parts->next_update,
               .number = *number,
               .is_of_a_part = places != nullptr,
               .urls = places != nullptr ? places_in(*places) : std::vector<std::string>(),
               .revoked = {}};
  for (der::Reader rows(parts->revoked); !rows.at_end();) {
    const auto row = rows.next(der::Tag::sequence);
    auto revoked = row ? read_row(*row) : std::nullopt;
    if (!revoked) return std::nullopt;
    view.revoked.push_back(*std::move(revoked));
  }
  return view;
}

std::vector<std::string> crl_places_of(const CertificateView& certificate) {
  const Extension* const points =
      find_extension(certificate.extensions, oid::kCrlDistributionPoints);
  const auto list = points == nullptr ? std::nullopt : der::only(points->value, der::Tag::sequence);
  const auto point = list ? der::only(list->content, der::Tag::sequence) : std::nullopt;
  return point ? full_name_urls(point->content).value_or(std::vector<std::string>())
               : std::vector<std::string>();
}

}  // namespace ca
