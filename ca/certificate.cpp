#include "ca/certificate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ca/der/canonical.h"
#include "ca/der/reader.h"
#include "ca/names/general_names.h"

namespace ca {
namespace {

constexpr std::size_t kMaxCertificate = 128 * 1024;
constexpr std::size_t kMaxSerial = 20;  // RFC 5280 §4.1.2.2
constexpr std::string_view kSubjectAltName = "2.5.29.17";
constexpr std::string_view kAuthorityKeyIdentifier = "2.5.29.35";
constexpr std::int64_t kFirstSecondOf2050 = 2524608000;

std::unexpected<Rejection> bad_certificate(std::string detail) {
  return reject(RejectionKind::bad_certificate, std::move(detail));
}

std::optional<Time> read_time(der::Reader& reader) {
  const auto element = reader.next();
  const auto seconds = element ? der::time(*element) : std::nullopt;
  if (!seconds) return std::nullopt;
  // RFC 5280 §4.1.2.5: UTCTime through 2049 and GeneralizedTime from 2050 on, so that a time has
  // one spelling.
  if (element->tag == der::Tag::generalized_time && *seconds < kFirstSecondOf2050)
    return std::nullopt;
  return Time(std::chrono::seconds(*seconds));
}

std::optional<std::string_view> read_serial(der::Reader& reader) {
  const auto element = reader.next(der::Tag::integer);
  const auto octets = element ? der::unsigned_integer(*element) : std::nullopt;
  if (!octets || element->content.size() > kMaxSerial || *octets == std::string_view("\0", 1))
    return std::nullopt;
  return octets;
}

bool is_version_3(der::Reader& reader) {
  const auto tagged = reader.next(der::context_constructed(0));
  const auto version = tagged ? der::only(tagged->content, der::Tag::integer) : std::nullopt;
  return version && version->content == "\x02";
}

Judged<void> read_extensions(der::Reader& tbs, CertificateView& view) {
  const auto tagged = tbs.next(der::context_constructed(3));
  if (!tagged)
    return bad_certificate(
        "The certificate has no extensions where they are expected (RFC 5280 §4.1)");
  auto extensions = read_extension_list(tagged->content);
  if (!extensions) return bad_certificate(std::move(extensions).error());
  view.extensions = *std::move(extensions);
  if (const auto* const alt_name = find_extension(view.extensions, kSubjectAltName)) {
    auto names = read_general_names(alt_name->value);
    if (!names) return bad_certificate(std::move(names).error());
    view.identifiers = as_set(*std::move(names));
  }
  if (const auto* const extension = find_extension(view.extensions, kAuthorityKeyIdentifier)) {
    auto identifier = authority_key_identifier_in(*extension);
    if (!identifier) return bad_certificate("The authorityKeyIdentifier is not one DER sequence");
    view.authority_key_identifier = *std::move(identifier);
  }
  return {};
}

Judged<CertificateView> read_tbs(const der::Element& tbs, std::string_view signature_algorithm) {
  der::Reader reader(tbs.content);
  if (!is_version_3(reader))
    return bad_certificate("The certificate is not of version 3 (RFC 5280 §4.1.2.1)");
  const auto serial = read_serial(reader);
  if (!serial)
    return bad_certificate(
        "The serial number is not positive and at most 20 octets (RFC 5280 §4.1.2.2)");
  const auto algorithm = reader.next(der::Tag::sequence);
  if (!algorithm || algorithm->whole != signature_algorithm) {
    return bad_certificate(
        "The two signature algorithms of the certificate differ (RFC 5280 §4.1.1.2)");
  }
  const auto issuer = reader.next(der::Tag::sequence);
  const auto validity = reader.next(der::Tag::sequence);
  der::Reader times(validity ? validity->content : std::string_view());
  const auto not_before = read_time(times);
  const auto not_after = read_time(times);
  if (!not_before || !not_after || !times.at_end()) {
    return bad_certificate("The validity is not two times in the form of RFC 5280 §4.1.2.5");
  }
  const auto subject = reader.next(der::Tag::sequence);
  const auto spki = reader.next(der::Tag::sequence);
  if (!issuer || !subject || !spki) {
    return bad_certificate(
        "The certificate has no issuer, subject or key where they are expected (RFC 5280 §4.1)");
  }
  CertificateView view{std::string(*serial),
                       std::string(tbs.whole),
                       std::string(issuer->whole),
                       std::string(subject->whole),
                       std::string(spki->whole),
                       *not_before,
                       *not_after,
                       {},
                       {},
                       {}};
  if (auto read = read_extensions(reader, view); !read) return std::unexpected(read.error());
  if (!reader.at_end()) return bad_certificate("The certificate has fields behind its extensions");
  return view;
}

}  // namespace

Judged<CertificateView> view_certificate(std::string_view der) {
  if (der.size() > kMaxCertificate) {
    return bad_certificate("The certificate has " + std::to_string(der.size()) +
                           " octets; at most " + std::to_string(kMaxCertificate) + " are accepted");
  }
  if (!der::is_canonical(der)) {
    return bad_certificate(
        "The certificate is not one DER structure, canonical and with nothing behind it");
  }
  der::Reader reader(der::only(der, der::Tag::sequence).value_or(der::Element{}).content);
  const auto tbs = reader.next(der::Tag::sequence);
  const auto algorithm = reader.next(der::Tag::sequence);
  const auto signature = reader.next(der::Tag::bit_string);
  if (!tbs || !algorithm || !signature || !der::octets_of_bit_string(*signature) ||
      !reader.at_end()) {
    return bad_certificate(
        "The DER is not a Certificate of TBSCertificate, algorithm and signature (RFC 5280 §4.1)");
  }
  return read_tbs(*tbs, algorithm->whole);
}

}  // namespace ca
