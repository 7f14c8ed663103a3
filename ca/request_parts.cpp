#include "ca/request_parts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ca/broken_rule.h"
#include "ca/crypto/signer.h"
#include "ca/der/canonical.h"

namespace ca {
namespace {

constexpr std::size_t kMaxRequest = 128 * 1024;
// Each attribute is compared with all before it; common tools write at most four.
constexpr std::size_t kMaxAttributes = 16;

constexpr std::array kSignatureAlgorithms = {
    SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::rsa_pkcs1_sha384,
    SignatureAlgorithm::rsa_pkcs1_sha512, SignatureAlgorithm::ecdsa_sha256,
    SignatureAlgorithm::ecdsa_sha384,     SignatureAlgorithm::ecdsa_sha512,
    SignatureAlgorithm::ed25519,          SignatureAlgorithm::sm2_sm3};

std::unexpected<Rejection> bad_csr(BrokenRule rule, std::string detail) {
  return reject(RejectionKind::bad_csr, under(rule, std::move(detail)));
}

Judged<SignatureAlgorithm> signature_algorithm(const der::Element& identifier, KeyKind kind) {
  const auto* const known =
      std::ranges::find(kSignatureAlgorithms, identifier.whole, der_algorithm_identifier);
  if (known != kSignatureAlgorithms.end() && fits(kind, *known)) return *known;
  der::Reader reader(identifier.content);
  const auto type = reader.next(der::Tag::object_identifier);
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  if (!oid)
    return bad_csr(BrokenRule::request_algorithm,
                   "The signature algorithm of the certificate request cannot be read");
  if (known != kSignatureAlgorithms.end()) {
    return bad_csr(
        BrokenRule::request_algorithm,
        "The signature algorithm " + *oid + " does not fit the key of the certificate request");
  }
  return bad_csr(BrokenRule::request_algorithm,
                 "The certificate request is signed with " + *oid +
                     " or parameters we do not accept; ECDSA and RSA PKCS#1 v1.5 with SHA-256, "
                     "SHA-384 or SHA-512 "
                     "are accepted");
}

/// SM2 requests come with the identifier of GM/T 0009 or, from plain OpenSSL, with an empty one.
/// Nothing depends on which: the signature only shows that the requester has the key.
bool verifies_itself(const PublicKey& key,
                     SignatureAlgorithm algorithm,
                     const RequestParts& parts) {
  const auto verifies = [&](SignatureAlgorithm each) {
    return key.verify(each, SignatureForm::der, parts.info, parts.signature);
  };
  return verifies(algorithm) ||
         (algorithm == SignatureAlgorithm::sm2_sm3 && verifies(SignatureAlgorithm::sm2_sm3_no_id));
}

}  // namespace

Judged<RequestParts> split_request(std::string_view request) {
  if (request.size() > kMaxRequest) {
    return bad_csr(BrokenRule::request_size,
                   "The certificate request has " + std::to_string(request.size()) +
                       " octets; at most " + std::to_string(kMaxRequest) + " are accepted");
  }
  // The reader alone would leave parts that nobody looks at in any BER form.
  if (!der::is_canonical(request)) {
    return bad_csr(
        BrokenRule::request_form,
        "The certificate request is not one DER structure, canonical and with nothing behind it");
  }
  der::Reader outer(der::only(request, der::Tag::sequence).value_or(der::Element{}).content);
  const auto info = outer.next(der::Tag::sequence);
  const auto algorithm = outer.next(der::Tag::sequence);
  const auto signature = outer.next(der::Tag::bit_string);
  const auto signature_octets = signature ? der::octets_of_bit_string(*signature) : std::nullopt;
  if (!info || !algorithm || !signature_octets || !outer.at_end()) {
    return bad_csr(BrokenRule::request_form, "The DER is not a CertificationRequest");
  }
  der::Reader inner(info->content);
  const auto version = inner.next(der::Tag::integer);
  // RFC 2986 §4.1 has version 0 only. Ruby's acme-client wrote 2 for years; there is no such
  // version whose parts could mean something else.
  if (version && version->content != std::string_view("\0", 1) && version->content != "\2") {
    return bad_csr(BrokenRule::request_version,
                   "The certificate request has a version other than 0");
  }
  const auto subject = inner.next(der::Tag::sequence);
  const auto spki = inner.next(der::Tag::sequence);
  const auto attributes = inner.next(der::context_constructed(0));
  if (!version || !subject || !spki || !attributes || !inner.at_end()) {
    return bad_csr(
        BrokenRule::request_form,
        "The DER is not a CertificationRequestInfo of version, subject, key and attributes");
  }
  return RequestParts{info->whole,         subject->content, spki->whole,
                      attributes->content, *algorithm,       *signature_octets};
}

Judged<std::vector<RequestAttribute>> request_attributes(std::string_view attributes) {
  if (!der::is_ordered_set(attributes)) {
    return bad_csr(BrokenRule::request_attributes,
                   "The attributes of the certificate request are not in DER order");
  }
  std::vector<RequestAttribute> all;
  for (der::Reader reader(attributes); !reader.at_end();) {
    if (all.size() == kMaxAttributes) {
      return bad_csr(BrokenRule::request_attributes,
                     "The certificate request has more than " + std::to_string(kMaxAttributes) +
                         " attributes; at most that many are accepted");
    }
    const auto attribute = reader.next(der::Tag::sequence);
    der::Reader fields(attribute ? attribute->content : std::string_view());
    const auto type = fields.next(der::Tag::object_identifier);
    const auto values = fields.next(der::Tag::set);
    std::optional<std::string> oid = type ? der::object_identifier(*type) : std::nullopt;
    if (!oid || !values || values->content.empty() || !fields.at_end()) {
      return bad_csr(BrokenRule::request_attributes,
                     "An attribute of the certificate request is not a type and a set of values");
    }
    if (std::ranges::find(all, *oid, &RequestAttribute::type) != all.end()) {
      return bad_csr(BrokenRule::request_attributes,
                     "The attribute " + *oid + " occurs twice; once is expected");
    }
    all.push_back({*std::move(oid), values->content});
  }
  return all;
}

Judged<PublicKey> self_signed_key(const RequestParts& parts) {
  auto key = PublicKey::from_spki(parts.spki);
  if (!key) return std::unexpected(std::move(key).error());
  const auto algorithm = signature_algorithm(parts.signature_algorithm, key->kind());
  if (!algorithm) return std::unexpected(algorithm.error());
  if (!verifies_itself(*key, *algorithm, parts)) {
    return bad_csr(BrokenRule::request_signature,
                   "The signature of the certificate request does not verify with its own key");
  }
  return key;
}

}  // namespace ca
