#include "ca/ct/sct.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/der/writer.h"

namespace ca::ct {
namespace {

using der::Tag;
using Fault = std::unexpected<std::string>;

constexpr std::uint64_t kV1 = 0;
constexpr std::size_t kLongestVector = 0xFFFF;
constexpr char kLeafIndex = 0;  // static-ct-api: ExtensionType leaf_index
constexpr std::size_t kLeafIndexOctets = 5;

/// `octets` octets, big endian.
std::string number(std::uint64_t value, std::size_t octets) {
  std::string text(octets, '\0');
  for (std::size_t i = octets; i-- > 0; value >>= 8U) text[i] = static_cast<char>(value & 0xFFU);
  return text;
}

/// opaque<0..2^(8 * length_octets) - 1> (RFC 5246 §4.3).
std::string vector_of(std::string_view octets, std::size_t length_octets) {
  return number(octets.size(), length_octets) + std::string(octets);
}

/// RFC 5246 §7.4.1.4.1: hash, then algorithm. RFC 6962 §2.1.4 allows these two.
std::optional<SignatureAlgorithm> algorithm_of(std::string_view signed_part) {
  constexpr std::string_view kEcdsaSha256("\x04\x03", 2);
  constexpr std::string_view kRsaSha256("\x04\x01", 2);
  if (signed_part.starts_with(kEcdsaSha256)) return SignatureAlgorithm::ecdsa_sha256;
  if (signed_part.starts_with(kRsaSha256)) return SignatureAlgorithm::rsa_pkcs1_sha256;
  return std::nullopt;
}

std::size_t length_at(std::string_view octets, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(octets[at])) << 8U |
         static_cast<unsigned char>(octets[at + 1]);
}

/// The signature inside DigitallySigned, if its length is right.
std::optional<std::string_view> signature_in(std::string_view digitally_signed) {
  constexpr std::size_t kHead = 4;
  if (digitally_signed.size() < kHead) return std::nullopt;
  const std::string_view rest = digitally_signed.substr(kHead);
  return rest.size() == length_at(digitally_signed, 2) ? std::optional(rest) : std::nullopt;
}

bool has_leaf_index(std::string_view extensions) {
  constexpr std::size_t kHead = 3;
  while (extensions.size() >= kHead) {
    const std::size_t length = length_at(extensions, 1);
    if (extensions.size() < kHead + length) return false;
    if (extensions.front() == kLeafIndex) return length == kLeafIndexOctets;
    extensions.remove_prefix(kHead + length);
  }
  return false;
}

/// The fields of a TBSCertificate, and its [3] with the extensions at the end of them.
struct Split {
  std::string before;           // everything in front of the extensions
  std::string_view extensions;  // content of the SEQUENCE
};

std::optional<Split> split(std::string_view tbs) {
  const auto outer = der::only(tbs, Tag::sequence);
  if (!outer) return std::nullopt;
  der::Reader fields(outer->content);
  Split parts;
  while (const auto field = fields.next()) {
    if (field->tag != der::context_constructed(3)) {
      parts.before += field->whole;
      continue;
    }
    const auto list = der::only(field->content, Tag::sequence);
    if (!list || !fields.at_end()) return std::nullopt;
    parts.extensions = list->content;
    return parts;
  }
  return std::nullopt;
}

std::string joined(const Split& parts, std::string_view extensions) {
  const std::string list = der::element(Tag::sequence, extensions);
  return der::element(Tag::sequence,
                      parts.before + der::element(der::context_constructed(3), list));
}

}  // namespace

bool Log::takes(Time not_after) const {
  if (not_after_from && not_after < *not_after_from) return false;
  return !not_after_until || not_after < *not_after_until;
}

std::string precert_signed_data(const SctAnswer& answer,
                                std::string_view issuer_spki,
                                std::string_view tbs) {
  constexpr std::uint64_t kCertificateTimestamp = 0;
  constexpr std::uint64_t kPrecertEntry = 1;
  return number(answer.version, 1) + number(kCertificateTimestamp, 1) +
         number(answer.timestamp, 8) + number(kPrecertEntry, 2) + sha256(issuer_spki) +
         vector_of(tbs, 3) + vector_of(answer.extensions, 2);
}

std::expected<VerifiedSct, std::string> verify_sct(const SctAnswer& answer,
                                                   const Log& log,
                                                   std::string_view issuer_spki,
                                                   std::string_view tbs,
                                                   Time now) {
  constexpr std::chrono::minutes kAhead{1};
  constexpr std::chrono::days kBehind{1};
  if (answer.version != kV1) return Fault("the SCT is not of version 1");
  if (answer.log_id != log.id) return Fault("the SCT is of log " + hex(answer.log_id));
  const auto latest = static_cast<std::uint64_t>((now + kAhead).time_since_epoch().count()) * 1000;
  const auto first = static_cast<std::uint64_t>((now - kBehind).time_since_epoch().count()) * 1000;
  if (answer.timestamp > latest || answer.timestamp < first) {
    return Fault("the SCT's timestamp " + std::to_string(answer.timestamp) + " is not of now");
  }
  if (answer.extensions.size() > kLongestVector) return Fault("the SCT's extensions are too long");
  if (log.kind == LogKind::static_ct && !has_leaf_index(answer.extensions)) {
    return Fault("the SCT of a static log has no leaf index");
  }
  const auto algorithm = algorithm_of(answer.signature);
  const auto signature = signature_in(answer.signature);
  if (!algorithm || !signature) {
    return Fault("the SCT's signature is not SHA-256 with ECDSA or RSA, or not whole");
  }
  if (!fits(log.key.kind(), *algorithm) ||
      !log.key.verify(*algorithm, SignatureForm::der, precert_signed_data(answer, issuer_spki, tbs),
                      *signature)) {
    return Fault("the SCT's signature does not verify for this precertificate");
  }
  return VerifiedSct(log.id, number(answer.version, 1) + answer.log_id +
                                 number(answer.timestamp, 8) + vector_of(answer.extensions, 2) +
                                 answer.signature);
}

std::string sct_list_extension(const std::vector<VerifiedSct>& scts) {
  std::string list;
  for (const VerifiedSct& sct : scts) list += vector_of(sct.serialized(), 2);
  return der::extension(kSctListOid, der::Criticality::non_critical,
                        der::element(Tag::octet_string, vector_of(list, 2)));
}

std::optional<std::vector<std::string>> sct_log_ids(std::string_view certificate) {
  constexpr std::size_t kLengthOctets = 2;
  constexpr std::size_t kIdOctets = 32;  // behind the octet of the version
  const auto view = view_certificate(certificate);
  if (!view) return std::nullopt;
  std::vector<std::string> ids;
  const Extension* extension = find_extension(view->extensions, kSctListOid);
  if (extension == nullptr) return ids;
  const auto octets = der::only(extension->value, Tag::octet_string);
  if (!octets || octets->content.size() < kLengthOctets) return std::nullopt;
  std::string_view rest = octets->content;
  if (length_at(rest, 0) != rest.size() - kLengthOctets) return std::nullopt;
  for (rest.remove_prefix(kLengthOctets); !rest.empty();) {
    if (rest.size() < kLengthOctets) return std::nullopt;
    const std::size_t length = length_at(rest, 0);
    rest.remove_prefix(kLengthOctets);
    if (length <= kIdOctets || rest.size() < length) return std::nullopt;
    ids.emplace_back(rest.substr(1, kIdOctets));
    rest.remove_prefix(length);
  }
  return ids;
}

std::string poison_extension() {
  return der::extension(kPoisonOid, der::Criticality::critical, der::element(Tag::null, ""));
}

std::string with_extension(std::string_view tbs, std::string_view extension) {
  const auto parts = split(tbs);
  if (!parts) throw std::logic_error("an extension was to be added to what has none");
  return joined(*parts, std::string(parts->extensions) + std::string(extension));
}

std::optional<std::string> without_extension(std::string_view tbs, std::string_view oid) {
  const auto parts = split(tbs);
  if (!parts) return std::nullopt;
  const std::string wanted = der::object_identifier(oid);
  std::string rest;
  int found = 0;
  for (der::Reader reader(parts->extensions); !reader.at_end();) {
    const auto extension = reader.next(Tag::sequence);
    if (!extension) return std::nullopt;
    const auto type = der::Reader(extension->content).next(Tag::object_identifier);
    if (type && type->whole == wanted) {
      ++found;
    } else {
      rest += extension->whole;
    }
  }
  return found == 1 ? std::optional(joined(*parts, rest)) : std::nullopt;
}

}  // namespace ca::ct
