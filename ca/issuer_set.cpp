#include "ca/issuer_set.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "ca/certification_scope.h"
#include "ca/crypto/encoding.h"
#include "ca/der/reader.h"

namespace ca {
namespace {

bool is_rsa(std::string_view spki) {
  constexpr std::string_view kRsa = "300d06092a864886f70d0101010500";  // BR 7.1.3.1
  const auto outer = der::only(spki, der::Tag::sequence);
  const auto algorithm =
      outer ? der::Reader(outer->content).next(der::Tag::sequence) : std::nullopt;
  return algorithm && hex(algorithm->whole) == kRsa;
}

}  // namespace

std::optional<SignatureHash> hash_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rsa_pkcs1_sha256:
    case SignatureAlgorithm::ecdsa_sha256:
      return SignatureHash::sha256;
    case SignatureAlgorithm::rsa_pkcs1_sha384:
    case SignatureAlgorithm::ecdsa_sha384:
      return SignatureHash::sha384;
    case SignatureAlgorithm::rsa_pkcs1_sha512:
    case SignatureAlgorithm::ecdsa_sha512:
      return SignatureHash::sha512;
    case SignatureAlgorithm::sm2_sm3:
    case SignatureAlgorithm::sm2_sm3_no_id:
      return SignatureHash::sm3;
    case SignatureAlgorithm::ed25519:
      return std::nullopt;
  }
  std::unreachable();
}

IssuerSet::IssuerSet(const Issuer& only) : members_{{.issuer = &only}} {}

IssuerSet::IssuerSet(std::vector<Member> members) : members_(std::move(members)) {
  if (members_.empty()) throw std::logic_error("a set of issuers without one");
}

const Issuer* IssuerSet::find(std::string_view id) const {
  for (const Member& member : members_) {
    if (member.issuer->id() == id) return member.issuer;
  }
  return nullptr;
}

const Issuer* IssuerSet::find_by_key(std::string_view key_identifier) const {
  for (const Member& member : members_) {
    if (member.issuer->key_identifier() == key_identifier) return member.issuer;
  }
  return nullptr;
}

const Issuer* IssuerSet::choose(const CertificateProfile& profile,
                                std::string_view spki,
                                Time now,
                                std::optional<SignatureHash> hash,
                                std::span<const Identifier> names) const {
  const bool names_somebody =
      profile.subject != SubjectKind::domain || profile.common_name != CommonNameRule::absent;
  const auto rank = [wants_rsa = is_rsa(spki), names_somebody](const Issuer& issuer) {
    const Signer& signer = issuer.signer();
    const bool has_rsa = signer.public_key().kind() == KeyKind::rsa;
    return std::tuple(!signer.outage(), !(names_somebody && issuer.scope().limits_subjects()),
                      has_rsa == wants_rsa, issuer.certificate().not_before);
  };
  const Issuer* best = nullptr;
  for (const Member& member : members_) {
    const Issuer& issuer = *member.issuer;
    const CertificateView& certificate = issuer.certificate();
    const bool fits = member.duty == IssuerDuty::signs && issuer.scope().holds(profile, names) &&
                      certificate.not_before <= now && now < certificate.not_after &&
                      (!hash || hash == hash_of(issuer.signer().algorithm()));
    if (fits && (best == nullptr || rank(*best) < rank(issuer))) best = &issuer;
  }
  return best;
}

}  // namespace ca
