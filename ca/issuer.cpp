#include "ca/issuer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "ca/certification_scope.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/frequent_key.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/extensions.h"
#include "ca/ledger.h"
#include "ca/names/quoted.h"
#include "ca/oids.h"
#include "ca/organization_identifier.h"
#include "ca/placeholder_signature.h"
#include "ca/serial.h"
#include "ca/signed_structure.h"
#include "ca/subscriber_key.h"
#include "ca/tbs_certificate.h"

namespace ca {

struct Issuer::State {
  std::vector<Chain> chains;  // the main one first
  std::unique_ptr<Signer> signer;
  Urls urls;
  CertificateView certificate;
  std::optional<CertificationScope> scope;  // set by the constructor
  std::string id;
  std::string key_identifier;
  std::string placeholder_signature;
  // What every certificate of this issuer holds, encoded once.
  std::string authority_key_identifier;
  std::string information_access;
  std::string information_access_without_ocsp;
  [[nodiscard]] std::string crl_url(std::string_view serial) const {
    if (urls.crl.empty()) return {};
    return crl_part_url(urls.crl, urls.crl_parts, crl_part(serial, urls.crl_parts));
  }
  [[nodiscard]] bool names_ocsp(const CertificateProfile& profile) const {
    constexpr std::chrono::days kShortLived{7};  // BR 1.6.1
    return !urls.ocsp.empty() &&
           (urls.ocsp_in == Urls::OcspIn::all || profile.validity > kShortLived);
  }
  [[nodiscard]] std::string to_be_signed(const IssuanceRequest& request,
                                         const ValidityWindow& validity,
                                         std::string_view serial) const;
};

namespace {

using std::chrono::seconds;

void demand(bool holds, const std::string& sentence) {
  if (!holds) throw std::runtime_error(sentence);
}

bool may_sign_certificates_and_crls(const CertificateView& view) {
  constexpr unsigned kKeyCertSignAndCrlSign = 0x06;  // bits 5 and 6 of the first octet
  const Extension* usage = find_extension(view.extensions, oid::kKeyUsage);
  const auto bits = usage != nullptr ? der::only(usage->value, der::Tag::bit_string) : std::nullopt;
  if (!bits || bits->content.size() < 2) return false;
  const auto first = static_cast<unsigned char>(bits->content[1]);
  return (first & kKeyCertSignAndCrlSign) == kKeyCertSignAndCrlSign;
}

bool is_ca(const CertificateView& view) {
  const Extension* constraints = find_extension(view.extensions, oid::kBasicConstraints);
  const auto fields =
      constraints != nullptr ? der::only(constraints->value, der::Tag::sequence) : std::nullopt;
  if (!fields) return false;
  const auto flag = der::Reader(fields->content).next(der::Tag::boolean);
  return flag && der::boolean(*flag) == true;
}

/// BR 7.1.2.10.6 and the root programs: a TLS issuing CA is for serverAuth and for nothing else.
bool is_for_servers_only(const CertificateView& view) {
  constexpr std::string_view kServerAuthOnly = "300a06082b06010505070301";
  const Extension* usage = find_extension(view.extensions, oid::kExtKeyUsage);
  return usage != nullptr && hex(usage->value) == kServerAuthOnly;
}

std::string key_identifier_in(const CertificateView& view) {
  const Extension* extension = find_extension(view.extensions, oid::kSubjectKeyIdentifier);
  const auto octets =
      extension != nullptr ? der::only(extension->value, der::Tag::octet_string) : std::nullopt;
  return octets ? std::string(octets->content) : std::string();
}

CertificateView view_or_throw(std::string_view der, std::string_view which) {
  auto view = view_certificate(der);
  demand(view.has_value(), "The " + std::string(which) + " cannot be read" +
                               (view ? "" : ": " + view.error().detail()));
  return std::move(*view);
}

void check_issuing_certificate(const CertificateView& view, const PublicKey& key) {
  demand(view.spki == key.spki(),
         "The issuing key does not belong to the issuing certificate: their public keys differ");
  demand(is_ca(view), "The issuing certificate is not a CA certificate (basicConstraints)");
  demand(may_sign_certificates_and_crls(view),
         "The issuing certificate may not sign certificates and CRLs (keyUsage)");
  // BR 6.1.7: a root's key does not sign subscriber certificates.
  demand(view.issuer != view.subject,
         "The issuing certificate is a root; certificates come from a CA below it (BR 6.1.7)");
  demand(is_for_servers_only(view),
         "The issuing certificate is not for serverAuth alone (extKeyUsage, BR 7.1.2.10.6)");
  demand(!key_identifier_in(view).empty(),
         "The issuing certificate has no subjectKeyIdentifier (BR 7.1.2.6.1)");
}

void check_order(const std::vector<std::string>& chain) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const CertificateView below = view_or_throw(chain[i - 1], "chain");
    const CertificateView above = view_or_throw(chain[i], "chain");
    demand(below.issuer == above.subject,
           "The chain is out of order: certificate " + std::to_string(i) +
               " was not issued by certificate " + std::to_string(i + 1));
  }
}

void check_url(std::string_view setting, std::string_view url) {
  demand(url.empty() || url.starts_with("http://"),
         "The " + std::string(setting) + " URL \"" + std::string(url) +
             "\" must begin with http:// (BR 7.1.2.7.7, 7.1.2.11.2)");
}

Judged<void> check_names(const std::vector<Identifier>& identifiers,
                         const CertificateProfile& profile) {
  for (const Identifier& identifier : identifiers) {
    const auto* const name = std::get_if<DnsName>(&identifier);
    const bool fits = name == nullptr       ? profile.names.addresses
                      : name->is_wildcard() ? profile.names.wildcards
                                            : profile.names.dns;
    if (fits) continue;
    const std::string_view kind = name == nullptr       ? "address"
                                  : name->is_wildcard() ? "wildcard name"
                                                        : "DNS name";
    return reject(RejectionKind::forbidden_name,
                  "The " + std::string(kind) + " " + quoted(value_of(identifier)) +
                      " cannot stand in a certificate of the profile " + std::string(profile.name));
  }
  return {};
}

std::string policies_for(const CertificateProfile& profile) {
  return profile.policy_oid.empty() ? std::string() : certificate_policies(profile.policy_oid);
}

std::string organization_identifier_for(const Subject& subject) {
  if (subject.organization_identifier.empty()) return {};
  const auto parts = parse_organization_identifier(subject.organization_identifier);
  // The subject was judged before.
  return parts ? cabf_organization_identifier(*parts) : std::string();
}

Judged<void> check_issuer_is_valid(const CertificateView& issuer, Time now) {
  if (now >= issuer.not_before && now < issuer.not_after) return {};
  return reject(RejectionKind::issuer_unavailable,
                "The issuing certificate is valid from " + rfc3339(issuer.not_before) + " to " +
                    rfc3339(issuer.not_after) + " and cannot sign at " + rfc3339(now));
}

std::string joined(const std::vector<std::string>& findings) {
  std::string text;
  for (const std::string& finding : findings) text += (text.empty() ? "" : "; ") + finding;
  return text;
}

CertificationScope scope_of(const Issuer::Chain& chain, Trust trust) {
  std::vector<CertificateView> path;
  for (const std::string& each : chain) path.push_back(view_or_throw(each, "chain"));
  // The file of a chain may hold the root too, which limits nothing (RFC 5280 §6.1.1 (d)).
  if (path.back().subject == path.back().issuer) path.pop_back();
  return {path, trust};
}

/// Whatever the chain, the leaf names and was signed by the same CA.
void check_alternate(const CertificateView& issuing, const Issuer::Chain& chain) {
  demand(!chain.empty(), "An alternate chain has no certificate");
  const CertificateView first = view_or_throw(chain.front(), "first one of an alternate chain");
  demand(first.subject == issuing.subject && first.spki == issuing.spki,
         "An alternate chain begins with a certificate for another name or key");
  check_order(chain);
}

}  // namespace

Issuer::Issuer(Chain chain,
               std::unique_ptr<Signer> signer,
               Urls urls,
               std::vector<Chain> alternates,
               Trust trust)
    : state_(std::make_unique<State>()) {
  demand(!chain.empty(), "There is no issuing certificate");
  CertificateView view = view_or_throw(chain.front(), "issuing certificate");
  check_issuing_certificate(view, signer->public_key());
  check_order(chain);
  for (const Chain& each : alternates) check_alternate(view, each);
  check_url("caIssuers", urls.ca_issuers);
  check_url("CRL", urls.crl);
  check_url("OCSP", urls.ocsp);
  // Each of its signatures is verified before anybody sees it.
  expect_many_signatures(signer->public_key());
  State& state = *state_;
  state.scope = scope_of(chain, trust);
  state.id = hex(sha256(chain.front()));
  state.key_identifier = key_identifier_in(view);
  state.placeholder_signature = ca::placeholder_signature(signer->public_key());
  state.authority_key_identifier = ca::authority_key_identifier(state.key_identifier);
  if (!urls.ca_issuers.empty()) {
    state.information_access_without_ocsp = authority_information_access("", urls.ca_issuers);
  }
  state.information_access = urls.ocsp.empty()
                                 ? state.information_access_without_ocsp
                                 : authority_information_access(urls.ocsp, urls.ca_issuers);
  state.certificate = std::move(view);
  state.chains = std::move(alternates);
  state.chains.insert(state.chains.begin(), std::move(chain));
  state.signer = std::move(signer);
  state.urls = std::move(urls);
}

Issuer::~Issuer() = default;

std::string Issuer::State::to_be_signed(const IssuanceRequest& request,
                                        const ValidityWindow& validity,
                                        std::string_view serial) const {
  const std::string subject = der_subject(request.subject, request.profile, request.identifiers);
  // BR 7.1.2.7.12
  const der::Criticality alt_name_criticality = subject == der::element(der::Tag::sequence, "")
                                                    ? der::Criticality::critical
                                                    : der::Criticality::non_critical;
  std::vector<std::string> extensions = {
      subscriber_key_usage(request.public_key.kind()),
      server_auth_only(),
      not_a_ca(),
      authority_key_identifier,
      names_ocsp(request.profile) ? information_access : information_access_without_ocsp,
      subject_alt_name(request.identifiers, alt_name_criticality),
      policies_for(request.profile),
      organization_identifier_for(request.subject),
      urls.crl.empty() ? std::string() : crl_distribution_point(crl_url(serial)),
  };
  std::erase(extensions, "");
  return tbs_certificate({.serial = serial,
                          .signature_algorithm = der_algorithm_identifier(signer->algorithm()),
                          .issuer = certificate.subject,
                          .not_before = validity.not_before,
                          .not_after = validity.not_after,
                          .subject = subject,
                          .spki = request.public_key.spki(),
                          .extensions = std::move(extensions)});
}

Judged<LintedCertificate> Issuer::prepare(const IssuanceRequest& request,
                                          RandomSource& random) const {
  const State& state = *state_;
  for (const Judged<void>& judged : {judge_subscriber_key(request.public_key, request.profile),
                                     check_names(request.identifiers, request.profile),
                                     judge_subject(request.subject, request.profile)}) {
    if (!judged) return std::unexpected(judged.error());
  }
  if (auto valid = check_issuer_is_valid(state.certificate, request.now); !valid) {
    return std::unexpected(valid.error());
  }
  // Before anything is drawn: an intent that is never signed costs a revocation.
  if (auto in_reach = judge_reach(*state.signer); !in_reach) {
    return std::unexpected(in_reach.error());
  }
  const Judged<ValidityWindow> validity =
      judge_validity(request.profile, request.validity, request.now, state.certificate.not_after);
  if (!validity) return std::unexpected(validity.error());
  LintedCertificate linted;
  linted.serial_ = draw_serial(random);
  linted.tbs_ = state.to_be_signed(request, *validity, linted.serial_);
  const std::string_view algorithm = der_algorithm_identifier(state.signer->algorithm());
  const std::string crl_url = state.crl_url(linted.serial_);
  const auto findings =
      run_lints({.tbs = linted.tbs_,
                 .profile = request.profile,
                 .issuer_name = state.certificate.subject,
                 .issuer_key_id = state.key_identifier,
                 .signature_algorithm = algorithm,
                 .issuer_not_after = state.certificate.not_after,
                 .now = request.now,
                 .identifiers = request.identifiers,
                 .spki = request.public_key.spki(),
                 .wanted = request.subject,
                 .ca_issuers_url = state.urls.ca_issuers,
                 .crl_url = crl_url,
                 .ocsp_url = state.names_ocsp(request.profile) ? std::string_view(state.urls.ocsp)
                                                               : std::string_view(),
                 .issuer_scope = &*state.scope,
                 .reserved_addresses = request.reserved_addresses});
  if (!findings.empty()) {
    return reject(
        RejectionKind::lint_failed,
        "The certificate was not signed, because it would break a rule: " + joined(findings));
  }
  linted.lint_certificate_ = assemble_signed(linted.tbs_, algorithm, state.placeholder_signature);
  linted.profile_ = request.profile.name;
  linted.issuer_id_ = state.id;
  linted.not_before_ = validity->not_before;
  linted.not_after_ = validity->not_after;
  linted.asked_times_ = asked_times(request.validity);
  return linted;
}

boost::asio::awaitable<IssuedCertificate> Issuer::sign(DurableIntent intent) const {
  const State& state = *state_;
  // Taken over, so that the token is used up whatever happens next.
  const DurableIntent used = std::move(intent);
  const LintedCertificate& linted = used.linted();
  if (linted.issuer_id() != state.id) {
    throw std::logic_error("an intent of issuer " + linted.issuer_id() + " reached issuer " +
                           state.id);
  }
  auto signing = sign_structure(*state.signer, linted.tbs());
  IssuedCertificate issued{.serial = linted.serial(),
                           .der = co_await std::move(signing),
                           .not_before = linted.not_before(),
                           .not_after = linted.not_after()};
  const auto outer = der::only(issued.der, der::Tag::sequence);
  const auto signed_tbs =
      outer ? der::Reader(outer->content).next(der::Tag::sequence) : std::nullopt;
  if (!signed_tbs || signed_tbs->whole != linted.tbs()) {
    throw std::logic_error("the signed TBSCertificate is not the one that was linted");
  }
  co_return issued;
}

std::size_t Issuer::chains() const {
  return state_->chains.size();
}

std::string Issuer::chain_pem(std::string_view leaf_der, std::size_t chain) const {
  std::string text = pem("CERTIFICATE", leaf_der);
  for (const std::string& certificate : state_->chains.at(chain))
    text += pem("CERTIFICATE", certificate);
  return text;
}

const std::string& Issuer::id() const {
  return state_->id;
}
const Issuer::Urls& Issuer::urls() const {
  return state_->urls;
}
const CertificateView& Issuer::certificate() const {
  return state_->certificate;
}
const std::string& Issuer::certificate_der() const {
  return state_->chains.front().front();
}
const std::string& Issuer::key_identifier() const {
  return state_->key_identifier;
}
Signer& Issuer::signer() const {
  return *state_->signer;
}
const CertificationScope& Issuer::scope() const {
  return *state_->scope;
}

}  // namespace ca
