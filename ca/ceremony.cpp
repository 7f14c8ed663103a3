#include "ca/ceremony.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "ca/certificate.h"
#include "ca/der/writer.h"
#include "ca/distinguished_name.h"
#include "ca/extensions.h"
#include "ca/oids.h"
#include "ca/serial.h"
#include "ca/tbs_certificate.h"

namespace ca {
namespace {

using std::chrono::days;

// BR 7.1.2.10.1 allows a day. An hour, so that no certificate begins before its issuer's.

std::string name_of(const PlannedCa& planned) {
  return der_name({{oid::kCountry, der::Tag::printable_string, planned.country},
                   {oid::kOrganization, der::Tag::utf8_string, planned.organization},
                   {oid::kCommonName, der::Tag::utf8_string, planned.common_name}});
}

/// GeneralSubtrees with dNSNames (RFC 5280 §4.2.1.10), under the context tag `number`.
std::string subtrees(unsigned number, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  constexpr unsigned kDnsName = 2;
  std::string all;
  for (const std::string& name : names) {
    all += der::element(der::Tag::sequence, der::element(der::context(kDnsName), name));
  }
  return der::element(der::context_constructed(number), all);
}

std::string name_constraints(const PlannedCa& planned) {
  const std::string permitted = subtrees(0, planned.permitted_dns);
  const std::string excluded = subtrees(1, planned.excluded_dns);
  if (permitted.empty() && excluded.empty()) return {};
  return der::extension(oid::kNameConstraints, der::Criticality::critical,
                        der::element(der::Tag::sequence, permitted + excluded));
}

std::vector<std::string> extensions_of(const PlannedCa& planned,
                                       const std::string& key_identifier,
                                       const std::string& issuer_key_identifier) {
  std::optional<std::uint8_t> path_length;
  if (planned.path_length) path_length = static_cast<std::uint8_t>(*planned.path_length);
  const bool is_root = planned.issuer.empty();
  std::vector<std::string> all = {
      basic_constraints_of_ca(path_length),
      ca_key_usage(),
      is_root ? std::string() : server_auth_only(),
      name_constraints(planned),
      planned.policies.empty() ? std::string() : certificate_policies(planned.policies),
      authority_key_identifier(issuer_key_identifier),
      subject_key_identifier(key_identifier),
      planned.ca_issuers_url.empty() && planned.ocsp_url.empty()
          ? std::string()
          : authority_information_access(planned.ocsp_url, planned.ca_issuers_url),
      planned.crl_url.empty() ? std::string() : crl_distribution_point(planned.crl_url)};
  std::erase(all, "");
  return all;
}

/// A CA that may have to sign those below it.
struct Parent {
  Signer* signer;
  std::string name;
  std::string key_identifier;
  Time not_after;
};

Time end_of(const PlannedCa& planned, Time not_before, Time latest) {
  return std::min<Time>(not_before + days(planned.days) - std::chrono::seconds(1), latest);
}

std::string certify(const PlannedCa& planned,
                    const PublicKey& key,
                    const Parent& parent,
                    RandomSource& random,
                    Time now) {
  const Time not_before = now - kCeremonyBackdate;
  const std::string serial = draw_serial(random);
  const SignatureAlgorithm algorithm = parent.signer->algorithm();
  const std::string_view identifier = der_algorithm_identifier(algorithm);
  const std::string tbs = tbs_certificate(
      {.serial = serial,
       .signature_algorithm = identifier,
       .issuer = parent.name,
       .not_before = not_before,
       .not_after = end_of(planned, not_before, parent.not_after),
       .subject = name_of(planned),
       .spki = key.spki(),
       .extensions = extensions_of(planned, key_identifier_of(key.spki()), parent.key_identifier)});
  const std::string signature = parent.signer->sign(tbs);
  if (!parent.signer->public_key().verify(algorithm, SignatureForm::der, tbs, signature)) {
    throw std::runtime_error("The key of the issuer of " + planned.name +
                             " gave a signature that does not verify");
  }
  return assemble_signed(tbs, identifier, signature);
}

MadeCa make_key(const PlannedCa& planned, Ceremony kind) {
  MadeCa made;
  const KeyAlgorithm algorithm = key_algorithm(planned.algorithm).value();
  if (planned.pkcs11.empty()) {
    made.signer = generate_signer(algorithm);
    return made;
  }
  const Pkcs11Uri uri = parse_pkcs11_uri(planned.pkcs11).value();
  if (kind == Ceremony::rehearsed) {
    require_free_hsm_key(uri);
    made.signer = generate_signer(algorithm);
    return made;
  }
  made.device_key = std::make_unique<FreshHsmKey>(uri, algorithm);
  made.signer = open_hsm_signer(uri, made.device_key->public_key(), {.sessions = 1});
  return made;
}

}  // namespace

std::optional<KeyAlgorithm> algorithm_of(const PublicKey& key) {
  switch (key.kind()) {
    case KeyKind::rsa:
      if (key.bits() == 2048) return KeyAlgorithm::rsa_2048;
      if (key.bits() == 3072) return KeyAlgorithm::rsa_3072;
      return key.bits() == 4096 ? std::optional(KeyAlgorithm::rsa_4096) : std::nullopt;
    case KeyKind::ec_p256:
      return KeyAlgorithm::ecdsa_p256;
    case KeyKind::ec_p384:
      return KeyAlgorithm::ecdsa_p384;
    case KeyKind::ec_p521:
      return KeyAlgorithm::ecdsa_p521;
    case KeyKind::sm2:
      return KeyAlgorithm::sm2;
    case KeyKind::ed25519:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_as_planned(const PlannedCa& planned, std::string_view der, std::string_view issuer) {
  const auto view = view_certificate(der);
  const auto above = view_certificate(issuer);
  if (!view || !above) return false;
  const auto key = PublicKey::from_spki(view->spki);
  const auto issuing_key = PublicKey::from_spki(above->spki);
  if (!key || !issuing_key || algorithm_of(*key) != key_algorithm(planned.algorithm)) return false;
  const auto algorithm = certificate_algorithm(issuing_key->kind());
  if (!algorithm) return false;
  const Time latest = planned.issuer.empty() ? Time::max() : above->not_after;
  return view->tbs ==
         tbs_certificate({.serial = view->serial,
                          .signature_algorithm = der_algorithm_identifier(*algorithm),
                          .issuer = planned.issuer.empty() ? name_of(planned) : above->subject,
                          .not_before = view->not_before,
                          .not_after = end_of(planned, view->not_before, latest),
                          .subject = name_of(planned),
                          .spki = view->spki,
                          .extensions = extensions_of(planned, key_identifier_of(view->spki),
                                                      key_identifier_of(above->spki))});
}

std::string cryptographic_library() {
  return OpenSSL_version(OPENSSL_VERSION);
}

std::vector<MadeCa> hold_ceremony(const CeremonyPlan& plan,
                                  Ceremony kind,
                                  RandomSource& random,
                                  Time now) {
  if (!plan_faults(plan).empty())
    throw std::logic_error("a plan with faults was to be carried out");
  std::vector<MadeCa> made;
  std::map<std::string, Parent> parents;
  for (const PlannedCa& planned : plan.cas) {
    MadeCa ca = make_key(planned, kind);
    const PublicKey& key = ca.signer->public_key();
    const Parent itself{.signer = ca.signer.get(),
                        .name = name_of(planned),
                        .key_identifier = key_identifier_of(key.spki()),
                        .not_after = Time::max()};
    const Parent& parent = planned.issuer.empty() ? itself : parents.at(planned.issuer);
    ca.der = certify(planned, key, parent, random, now);
    parents[planned.name] = itself;
    parents[planned.name].not_after = view_certificate(ca.der).value().not_after;
    made.push_back(std::move(ca));
  }
  return made;
}

}  // namespace ca
