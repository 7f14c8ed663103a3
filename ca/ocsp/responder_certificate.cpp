#include "ca/ocsp/responder_certificate.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/der/reader.h"
#include "ca/distinguished_name.h"
#include "ca/extensions.h"
#include "ca/issuer.h"
#include "ca/ocsp/responder_lints.h"
#include "ca/oids.h"
#include "ca/placeholder_signature.h"
#include "ca/serial.h"
#include "ca/signed_structure.h"
#include "ca/tbs_certificate.h"

namespace ca {
namespace {

constexpr std::chrono::hours kBackdate{1};  // BR 7.1.2.8.1 allows a day

/// C and O of the issuing CA as they stand in its name, and a CN of the responder's own
/// (BR 7.1.2.10.2).
std::string responder_name(std::string_view issuer, RandomSource& random) {
  std::vector<std::string> rdns;
  der::Reader reader(der::only(issuer, der::Tag::sequence).value_or(der::Element{}).content);
  while (const auto rdn = reader.next(der::Tag::set)) {
    const auto attribute = der::only(rdn->content, der::Tag::sequence);
    const auto type = attribute ? der::Reader(attribute->content).next(der::Tag::object_identifier)
                                : std::nullopt;
    const auto oid = type ? der::object_identifier(*type) : std::nullopt;
    if (oid == oid::kCountry || oid == oid::kOrganization) rdns.emplace_back(rdn->whole);
  }
  const std::string common_name = "OCSP Responder " + hex(random.bytes(4));
  const std::string own = der_name({{oid::kCommonName, der::Tag::utf8_string, common_name}});
  rdns.emplace_back(der::only(own, der::Tag::sequence).value().content);
  return der::sequence(rdns);
}

}  // namespace

Judged<LintedCertificate> Issuer::prepare_responder(const PublicKey& key,
                                                    RandomSource& random,
                                                    Time now) const {
  if (auto in_reach = judge_reach(signer()); !in_reach) return std::unexpected(in_reach.error());
  const CertificateView& issuing = certificate();
  const std::string_view algorithm = der_algorithm_identifier(signer().algorithm());
  LintedCertificate linted;
  linted.serial_ = draw_serial(random);
  linted.not_before_ = std::max(now - kBackdate, issuing.not_before);
  linted.not_after_ = std::min(now + ocsp::kResponderLife, issuing.not_after);
  const std::string subject = responder_name(issuing.subject, random);
  linted.tbs_ =
      tbs_certificate({.serial = linted.serial_,
                       .signature_algorithm = algorithm,
                       .issuer = issuing.subject,
                       .not_before = linted.not_before_,
                       .not_after = linted.not_after_,
                       .subject = subject,
                       .spki = key.spki(),
                       .extensions = {digital_signature_only(), ocsp_signing_only(),
                                      ocsp_no_check(), authority_key_identifier(key_identifier()),
                                      subject_key_identifier(key_identifier_of(key.spki()))}});
  const auto findings = ocsp::run_responder_lints({.tbs = linted.tbs_,
                                                   .issuer_name = issuing.subject,
                                                   .issuer_key_id = key_identifier(),
                                                   .signature_algorithm = algorithm,
                                                   .issuer_not_after = issuing.not_after,
                                                   .now = now,
                                                   .spki = key.spki()});
  if (!findings.empty()) {
    std::string all;
    for (const std::string& each : findings) all += (all.empty() ? "" : "; ") + each;
    return reject(
        RejectionKind::lint_failed,
        "The OCSP responder's certificate was not signed, because it would break a rule: " + all);
  }
  linted.lint_certificate_ =
      assemble_signed(linted.tbs_, algorithm, placeholder_signature(signer().public_key()));
  linted.profile_ = ocsp::kResponderProfile;
  linted.issuer_id_ = id();
  return linted;
}

namespace ocsp {

bool is_for_ocsp_signing(const CertificateView& certificate) {
  const Extension* const usage = find_extension(certificate.extensions, oid::kExtKeyUsage);
  return usage != nullptr &&
         usage->value == der::sequence({der::object_identifier(oid::kOcspSigning)});
}

}  // namespace ocsp
}  // namespace ca
