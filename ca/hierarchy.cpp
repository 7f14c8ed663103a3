#include "ca/hierarchy.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "ca/authority_rules.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/der/reader.h"
#include "ca/distinguished_name.h"
#include "ca/extensions.h"
#include "ca/oids.h"
#include "ca/serial.h"
#include "ca/successor.h"
#include "ca/tbs_certificate.h"

namespace ca {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr days kYear{365};
constexpr days kRootLife = 20 * kYear;  // BR 7.1.2.1.1: 2922 to 9132 days
constexpr days kIssuingLife = 8 * kYear;
constexpr days kTlsCaLife = 10 * kYear;
constexpr days kTlsCertificateLife{397};
// BR 7.1.2.10.1 allows a day. An hour, so that no certificate of ours begins before its issuer's.
constexpr hours kBackdate{1};

void require_none(const std::string& fault) {
  if (!fault.empty()) throw std::invalid_argument("No CA certificate was made: " + fault);
}

KeyStandard standard_of(const PublicKey& key) {
  return ca::standard_of(key.kind());
}

/// C, O and a CN that no other CA certificate has (BR 7.1.2.10.2).
std::string ca_name(const HierarchyNames& names, std::string_view role, RandomSource& random) {
  const std::string common_name = std::string(role) + " " + hex(random.bytes(4));
  return der_name({{oid::kCountry, der::Tag::printable_string, names.country},
                   {oid::kOrganization, der::Tag::utf8_string, names.organization},
                   {oid::kCommonName, der::Tag::utf8_string, common_name}});
}

/// Who signs a certificate.
struct Parent {
  Signer& signer;
  std::string name;
  std::string key_identifier;
  Time not_after;
};

Parent parent_of(const KeyedCertificate& issuer) {
  const auto view = view_certificate(issuer.der);
  if (!view) throw std::logic_error("the CA certificate cannot be read");
  // RFC 5280 §4.2.1.1: what the issuer's certificate says, however whoever made it computed that.
  const Extension* own = find_extension(view->extensions, oid::kSubjectKeyIdentifier);
  const auto octets = own == nullptr ? std::nullopt : der::only(own->value, der::Tag::octet_string);
  return {.signer = *issuer.signer,
          .name = view->subject,
          .key_identifier = octets ? std::string(octets->content) : key_identifier_of(view->spki),
          .not_after = view->not_after};
}

struct Wanted {
  std::string subject;
  std::string spki;
  seconds life;
  std::vector<std::string> extensions;
};

std::string certify(Parent parent, Wanted wanted, RandomSource& random, Time now) {
  const auto key = PublicKey::from_spki(wanted.spki);
  if (!key) throw std::invalid_argument(key.error().detail());
  const std::string mixed =
      authority_rule::mixed_standards(standard_of(parent.signer.public_key()), standard_of(*key));
  if (!mixed.empty()) require_none(mixed + " (GM/T 0015)");
  const Time not_before = now - kBackdate;
  const std::string serial = draw_serial(random);
  const std::string_view algorithm = der_algorithm_identifier(parent.signer.algorithm());
  const std::string tbs = tbs_certificate(
      {.serial = serial,
       .signature_algorithm = algorithm,
       .issuer = parent.name,
       .not_before = not_before,
       .not_after = std::min(not_before + wanted.life - seconds(1), parent.not_after),
       .subject = wanted.subject,
       .spki = wanted.spki,
       .extensions = std::move(wanted.extensions)});
  return assemble_signed(tbs, algorithm, parent.signer.sign(tbs));
}

KeyedCertificate self_signed(
    std::string name, days life, std::unique_ptr<Signer> signer, RandomSource& random, Time now) {
  const std::string spki = signer->public_key().spki();
  const std::string identifier = key_identifier_of(spki);
  Parent itself{
      .signer = *signer, .name = name, .key_identifier = identifier, .not_after = Time::max()};
  Wanted wanted{
      .subject = std::move(name),
      .spki = spki,
      .life = life,
      .extensions = {basic_constraints_of_ca(std::nullopt), ca_key_usage(),
                     authority_key_identifier(identifier), subject_key_identifier(identifier)}};
  std::string der = certify(std::move(itself), std::move(wanted), random, now);
  return {.der = std::move(der), .signer = std::move(signer)};
}

}  // namespace

KeyedCertificate create_root(const HierarchyNames& names,
                             KeyAlgorithm algorithm,
                             RandomSource& random,
                             Time now) {
  require_none(fault_of(names));
  return self_signed(ca_name(names, "Root CA", random), kRootLife, generate_signer(algorithm),
                     random, now);
}

KeyedCertificate create_issuing_ca(const HierarchyNames& names,
                                   KeyAlgorithm algorithm,
                                   const KeyedCertificate& root,
                                   RandomSource& random,
                                   Time now,
                                   const IssuingCaTerms& terms) {
  auto signer = generate_signer(algorithm);
  std::string der = certify_issuing_ca(names, signer->public_key(), root, random, now, terms);
  return {.der = std::move(der), .signer = std::move(signer)};
}

std::string certify_issuing_ca(const HierarchyNames& names,
                               const PublicKey& key,
                               const KeyedCertificate& root,
                               RandomSource& random,
                               Time now,
                               const IssuingCaTerms& terms) {
  require_none(fault_of(names));
  require_none(fault_of(terms, standard_of(key)));
  Parent parent = parent_of(root);
  // anyPolicy alone: no restriction, for a CA of the root's own operator (BR 7.1.2.10.5).
  Wanted wanted{.subject = ca_name(names, "TLS Issuing CA", random),
                .spki = key.spki(),
                .life = kIssuingLife,
                .extensions = {basic_constraints_of_ca(0), ca_key_usage(), server_auth_only(),
                               terms.policies.empty() ? certificate_policies(oid::kAnyPolicy)
                                                      : certificate_policies(terms.policies),
                               authority_key_identifier(parent.key_identifier),
                               subject_key_identifier(key_identifier_of(key.spki()))}};
  if (!terms.ca_issuers_url.empty()) {
    wanted.extensions.push_back(authority_information_access("", terms.ca_issuers_url));
  }
  if (!terms.crl_url.empty()) wanted.extensions.push_back(crl_distribution_point(terms.crl_url));
  return certify(std::move(parent), std::move(wanted), random, now);
}

std::string certify_successor(const std::string& predecessor,
                              const SuccessorChanges& changes,
                              const PublicKey& key,
                              const KeyedCertificate& root,
                              RandomSource& random,
                              Time now) {
  require_none(fault_of(changes, standard_of(key)));
  const auto old = view_certificate(predecessor);
  if (!old) throw std::invalid_argument("The certificate of the predecessor cannot be read");
  Parent parent = parent_of(root);
  // What it says of its issuer's CRL and certificate would be wrong under another one.
  const std::string& its_key = old->authority_key_identifier;
  if (old->issuer != parent.name || (!its_key.empty() && its_key != parent.key_identifier)) {
    throw std::invalid_argument(
        "The root has not signed the predecessor itself; a ceremony makes what follows it");
  }
  Wanted wanted{.subject = successor_subject(*old, changes, random),
                .spki = key.spki(),
                .life = old->not_after - old->not_before + seconds(1),
                .extensions = successor_extensions(
                    *old, changes.terms, key_identifier_of(key.spki()), parent.key_identifier)};
  if (wanted.subject == parent.name) require_none("its subject is that of the root");
  return certify(std::move(parent), std::move(wanted), random, now);
}

std::string create_cross_certificate(const std::string& existing,
                                     const KeyedCertificate& root,
                                     const std::string& crl_url,
                                     RandomSource& random,
                                     Time now) {
  const auto view = view_certificate(existing);
  if (!view) throw std::invalid_argument("The root to cross-sign cannot be read");
  Parent parent = parent_of(root);
  if (view->spki == root.signer->public_key().spki()) {
    throw std::invalid_argument("A root does not cross-sign itself");
  }
  const Time not_before = now - kBackdate;
  Wanted wanted{.subject = view->subject,
                .spki = view->spki,
                .life = std::min<seconds>(kIssuingLife, view->not_after - not_before + seconds(1)),
                .extensions = {basic_constraints_of_ca(std::nullopt), ca_key_usage(),
                               server_auth_only(), certificate_policies(oid::kAnyPolicy),
                               authority_key_identifier(parent.key_identifier),
                               subject_key_identifier(key_identifier_of(view->spki))}};
  if (!crl_url.empty()) wanted.extensions.push_back(crl_distribution_point(crl_url));
  return certify(std::move(parent), std::move(wanted), random, now);
}

KeyedCertificate create_tls_ca(const HierarchyNames& names, RandomSource& random, Time now) {
  require_none(fault_of(names));
  return self_signed(ca_name(names, "Listener CA", random), kTlsCaLife,
                     generate_signer(KeyAlgorithm::ecdsa_p256), random, now);
}

KeyedCertificate create_tls_certificate(const KeyedCertificate& tls_ca,
                                        const std::vector<std::string>& names,
                                        RandomSource& random,
                                        Time now) {
  if (names.empty()) throw std::invalid_argument("A server certificate needs a name");
  auto signer = generate_signer(KeyAlgorithm::ecdsa_p256);
  Parent parent = parent_of(tls_ca);
  const std::string spki = signer->public_key().spki();
  Wanted wanted{.subject = der::element(der::Tag::sequence, ""),
                .spki = spki,
                .life = kTlsCertificateLife,
                .extensions = {subscriber_key_usage(KeyKind::ec_p256), server_auth_only(),
                               not_a_ca(), authority_key_identifier(parent.key_identifier),
                               // Critical, because the subject is empty (RFC 5280 §4.2.1.6).
                               der::extension(oid::kSubjectAltName, der::Criticality::critical,
                                              der::sequence(names))}};
  std::string der = certify(std::move(parent), std::move(wanted), random, now);
  return {.der = std::move(der), .signer = std::move(signer)};
}

}  // namespace ca
