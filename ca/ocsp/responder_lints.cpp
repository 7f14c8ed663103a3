#include "ca/ocsp/responder_lints.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>

#include "ca/crypto/encoding.h"
#include "ca/der/canonical.h"
#include "ca/extensions.h"
#include "ca/lint_tbs.h"
#include "ca/oids.h"

namespace ca::ocsp {
namespace {

using Subject = ResponderLintSubject;

std::string malformed(const Subject&, const ParsedTbs& tbs) {
  return tbs.fault;
}

std::string not_canonical(const Subject& subject, const ParsedTbs&) {
  return der::is_canonical(subject.tbs) ? "" : "the TBSCertificate is not DER";
}

std::string version(const Subject&, const ParsedTbs& tbs) {
  return tbs.version == "\x02\x01\x02" ? "" : "the version is not 3";
}

std::string serial(const Subject&, const ParsedTbs& tbs) {
  constexpr std::size_t kLongest = 20;  // below 2^159
  constexpr std::size_t kShortest = 8;  // 64 bits
  const auto octets = der::unsigned_integer(tbs.serial);
  if (octets && tbs.serial.content.size() <= kLongest && octets->size() >= kShortest) return {};
  return "the serial " + hex(tbs.serial.content) + " is not positive with 8 to 20 octets";
}

std::string algorithm(const Subject& subject, const ParsedTbs& tbs) {
  if (tbs.signature == subject.signature_algorithm) return {};
  return "the signature algorithm is not that of the issuing key";
}

std::string issuer(const Subject& subject, const ParsedTbs& tbs) {
  return tbs.issuer == subject.issuer_name ? "" : "the issuer is not the issuing CA's subject";
}

std::string unique_ids(const Subject&, const ParsedTbs& tbs) {
  return tbs.unique_ids.empty() ? "" : "there is a unique identifier";
}

std::string not_before(const Subject& subject, const ParsedTbs& tbs) {
  const auto seconds = der::time(tbs.not_before);
  if (!seconds) return "notBefore cannot be read";
  const Time time{std::chrono::seconds(*seconds)};
  if (time <= subject.now && time >= subject.now - std::chrono::days(1)) return {};
  return "notBefore " + rfc3339(time) + " is not within the day before " + rfc3339(subject.now);
}

std::string not_after(const Subject& subject, const ParsedTbs& tbs) {
  const auto seconds = der::time(tbs.not_after);
  if (!seconds) return "notAfter cannot be read";
  const Time time{std::chrono::seconds(*seconds)};
  if (time > subject.now && time <= subject.issuer_not_after) return {};
  return "notAfter " + rfc3339(time) + " is past, or after the issuing certificate's";
}

/// BR 7.1.2.10.2: C, O and CN must be there, each once.
std::string name(const Subject&, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return "the subject cannot be read";
  for (const std::string_view wanted : {oid::kCountry, oid::kOrganization, oid::kCommonName}) {
    if (std::ranges::count(*tbs.subject_attributes, wanted, &SubjectAttribute::oid) != 1) {
      return "the subject does not have the attribute " + std::string(wanted) + " once";
    }
  }
  return {};
}

std::string key(const Subject& subject, const ParsedTbs& tbs) {
  if (tbs.spki == subject.spki) return {};
  return "the key is not the one that was made for the responder";
}

/// An extension that must be there, once, exactly as `wanted` says it.
std::string expect(const ParsedTbs& tbs, const std::string& wanted, const char* what) {
  const auto fields = sequence_elements(wanted);
  const std::string oid = der::object_identifier(fields->front()).value();
  const ParsedExtension* const found = tbs.find(oid);
  if (found == nullptr) return std::string("there is no ") + what;
  const bool is_critical = fields->size() == 3;
  const bool is_same =
      found->is_critical() == is_critical && found->value == fields->back().content;
  return is_same ? "" : std::string(what) + " is not as it must be";
}

std::string authority_key(const Subject& subject, const ParsedTbs& tbs) {
  return expect(tbs, authority_key_identifier(subject.issuer_key_id), "authorityKeyIdentifier");
}

std::string ext_key_usage(const Subject&, const ParsedTbs& tbs) {
  return expect(tbs, ocsp_signing_only(), "extKeyUsage");
}

std::string no_check(const Subject&, const ParsedTbs& tbs) {
  return expect(tbs, ocsp_no_check(), "id-pkix-ocsp-nocheck");
}

std::string key_usage(const Subject&, const ParsedTbs& tbs) {
  return expect(tbs, digital_signature_only(), "keyUsage");
}

std::string subject_key(const Subject& subject, const ParsedTbs& tbs) {
  return expect(tbs, subject_key_identifier(key_identifier_of(subject.spki)),
                "subjectKeyIdentifier");
}

std::string others(const Subject&, const ParsedTbs& tbs) {
  const std::set<std::string_view> allowed = {oid::kAuthorityKeyIdentifier, oid::kExtKeyUsage,
                                              oid::kOcspNoCheck, oid::kKeyUsage,
                                              oid::kSubjectKeyIdentifier};
  std::set<std::string> seen;
  for (const ParsedExtension& each : tbs.extensions) {
    if (!allowed.contains(each.oid)) return "the extension " + each.oid + " has no place there";
    if (!seen.insert(each.oid).second) return "the extension " + each.oid + " is there twice";
  }
  return {};
}

}  // namespace

const std::vector<ResponderLint>& responder_lints() {
  static const std::vector<ResponderLint> kRows = {
      {"rfc5280_tbs_malformed", "RFC 5280 §4.1", malformed},
      {"x690_not_canonical", "X.690 §10, §11", not_canonical},
      {"br_responder_version", "BR 7.1.2.8", version},
      {"br_responder_serial", "BR 7.1.2.8", serial},
      {"br_responder_signature_algorithm", "BR 7.1.2.8", algorithm},
      {"br_responder_issuer", "BR 7.1.2.8", issuer},
      {"br_responder_unique_id", "BR 7.1.2.8", unique_ids},
      {"br_responder_not_before", "BR 7.1.2.8.1", not_before},
      {"br_responder_not_after", "BR 7.1.2.8.1", not_after},
      {"br_responder_subject", "BR 7.1.2.10.2", name},
      {"own_responder_key", "BR 7.1.3.1", key},
      {"br_responder_authority_key", "BR 7.1.2.11.1", authority_key},
      {"br_responder_ext_key_usage", "BR 7.1.2.8.5", ext_key_usage},
      {"br_responder_no_check", "BR 7.1.2.8.6", no_check},
      {"br_responder_key_usage", "BR 7.1.2.8.7", key_usage},
      {"own_responder_subject_key", "BR 7.1.2.8.2", subject_key},
      {"br_responder_extensions", "BR 7.1.2.8.2", others},
  };
  return kRows;
}

std::vector<std::string> run_responder_lints(const ResponderLintSubject& subject) {
  const ParsedTbs tbs = parse_tbs(subject.tbs);
  std::vector<std::string> findings;
  for (const ResponderLint& lint : responder_lints()) {
    // What could not be taken apart has nothing that a rule could look at.
    if (!tbs.fault.empty() && lint.finding != malformed) continue;
    const std::string finding = lint.finding(subject, tbs);
    if (!finding.empty()) findings.push_back(std::string(lint.id) + ": " + finding);
  }
  return findings;
}

}  // namespace ca::ocsp
