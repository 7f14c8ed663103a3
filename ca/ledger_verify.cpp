// Offline proof of the ledger.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "ca/certificate_profile.h"
#include "ca/certification_scope.h"
#include "ca/crl.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/precertificate.h"
#include "ca/der/reader.h"
#include "ca/issuer_trust.h"
#include "ca/ledger.h"
#include "ca/ocsp/responder_certificate.h"
#include "ca/oids.h"
#include "ca/revocation_index.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

constexpr storage::TableName kLedgerTable{"ledger"};

/// The signature of a Certificate that view_certificate accepts.
std::string_view signature_of(std::string_view certificate) {
  const auto outer = der::only(certificate, der::Tag::sequence);
  if (!outer) return {};
  der::Reader fields(outer->content);
  fields.next(der::Tag::sequence);
  fields.next(der::Tag::sequence);
  const auto signature = fields.next(der::Tag::bit_string);
  return signature ? der::octets_of_bit_string(*signature).value_or("") : "";
}

class LedgerProof {
 public:
  LedgerProof(const storage::Snapshot& snapshot, const std::vector<const Issuer*>& issuers)
      : snapshot_(snapshot) {
    for (const Issuer* issuer : issuers) issuers_.emplace(issuer->id(), issuer);
  }

  void check_row(std::string_view key, std::string_view value) {
    try {
      check(key, LedgerEntry::decode(value));
    } catch (const storage::CorruptRecord& corrupt) {
      faults_.push_back("ledger entry under key " + hex(key) +
                        " cannot be read: " + corrupt.what());
    }
  }

  void check_index_row(std::string_view key, std::string_view value) {
    try {
      check_indexed(key, RevocationRow::decode(value));
    } catch (const storage::CorruptRecord& corrupt) {
      faults_.push_back("revocation row under key " + hex(key) +
                        " cannot be read: " + corrupt.what());
    }
  }

  void check_precertificate_row(std::string_view key) {
    if (snapshot_.get(kLedgerTable, key)) return;
    faults_.push_back("there is a precertificate under key " + hex(key) +
                      " that is not in the ledger");
  }

  std::vector<std::string> take() && { return std::move(faults_); }

 private:
  void check(std::string_view key, const LedgerEntry& entry);
  void check_indexed(std::string_view key, const RevocationRow& row);
  void check_intent(const LedgerEntry& entry, const Issuer& issuer);
  void check_scope(const LedgerEntry& entry, const CertificationScope& scope);
  void check_certificate(const LedgerEntry& entry, const Issuer& issuer);
  void check_precertificate(const LedgerEntry& entry, const Issuer& issuer);
  void check_signature(const LedgerEntry& entry,
                       const Issuer& issuer,
                       const std::string& what,
                       std::string_view der);
  /// `tbs` is what `view` has in common with what was intended.
  void check_view(const LedgerEntry& entry,
                  const Issuer& issuer,
                  std::string_view what,
                  const CertificateView& view,
                  std::string_view tbs);
  void check_validity(const LedgerEntry& entry, const Issuer& issuer);
  void check_revocation(const LedgerEntry& entry);
  /// thisUpdate of the newest of the issuer's CRLs, read once.
  std::optional<Time> crl_time_of(const std::string& issuer_id);
  void demand(bool holds, const LedgerEntry& entry, const std::string& fault) {
    if (!holds) faults_.push_back("serial " + hex(entry.serial) + ": " + fault);
  }

  const storage::Snapshot& snapshot_;
  std::map<std::string, const Issuer*> issuers_;
  std::map<std::string, std::optional<Time>> crl_times_;
  std::set<std::pair<std::string, std::string>> seen_;  // issuer's name and serial
  std::vector<std::string> faults_;
};

void LedgerProof::check(std::string_view key, const LedgerEntry& entry) {
  demand(key == serial_key(entry.issuer_id, entry.serial), entry,
         "it stands under the key of another serial");
  check_revocation(entry);
  const auto known = issuers_.find(entry.issuer_id);
  demand(known != issuers_.end(), entry, "its issuer " + entry.issuer_id + " is not known");
  if (known == issuers_.end()) return;
  const Issuer& issuer = *known->second;
  // RFC 5280 §4.1.2.2: issuer name and serial name one certificate, whichever of the issuer's own
  // certificates was in use.
  demand(seen_.emplace(issuer.certificate().subject, entry.serial).second, entry,
         "the serial was used twice under one issuer name");
  check_intent(entry, issuer);
  check_validity(entry, issuer);
  check_scope(entry, issuer.scope());
  check_certificate(entry, issuer);
  check_precertificate(entry, issuer);
}

void LedgerProof::check_view(const LedgerEntry& entry,
                             const Issuer& issuer,
                             std::string_view what,
                             const CertificateView& view,
                             std::string_view tbs) {
  const std::string name(what);
  demand(sha256(tbs) == entry.tbs_sha256, entry,
         "its " + name + " does not hold what was intended");
  demand(view.serial == entry.serial, entry, "its " + name + " has serial " + hex(view.serial));
  demand(view.not_before == entry.not_before && view.not_after == entry.not_after, entry,
         "the validity of its " + name + " is not the recorded one");
  demand(view.issuer == issuer.certificate().subject &&
             view.authority_key_identifier == issuer.key_identifier(),
         entry, "its " + name + " names another issuer");
}

void LedgerProof::check_intent(const LedgerEntry& entry, const Issuer& issuer) {
  const auto view = view_certificate(entry.lint_certificate);
  demand(view.has_value(), entry, "its lint certificate cannot be read");
  if (!view) return;
  check_view(entry, issuer, "lint certificate", *view, view->tbs);
  // Responders' certificates belong to no order, so nothing else may pass for one.
  demand((entry.profile == ocsp::kResponderProfile) == ocsp::is_for_ocsp_signing(*view), entry,
         "it is for OCSP signing and its profile says otherwise, or the other way round");
  // A lint certificate with a good signature would be a certificate outside the record.
  demand(entry.lint_certificate != entry.certificate, entry,
         "its certificate stands in place of the lint certificate");
}

/// I8, BR 6.3.2: whole days counted with their last second, from the profile's backdate on, unless
/// the issuing certificate ends earlier or the order has named other times (RFC 8555 §7.4); and I9:
/// by an issuer that was in force.
void LedgerProof::check_validity(const LedgerEntry& entry, const Issuer& issuer) {
  const Time begin = issuer.certificate().not_before;
  const Time end = issuer.certificate().not_after;
  demand(begin <= entry.intended_at && entry.intended_at <= end && entry.not_after <= end, entry,
         "it was signed before its issuer began, or it ends after its issuer");
  const CertificateProfile* const profile = find_profile(entry.profile);
  demand(profile != nullptr || entry.profile == ocsp::kResponderProfile, entry,
         "its profile " + entry.profile + " is not known");
  if (profile == nullptr) return;
  const std::chrono::seconds length = entry.not_after - entry.not_before + std::chrono::seconds(1);
  const bool begins_as_asked =
      entry.asked_times == AskedTimes::beginning || entry.asked_times == AskedTimes::both;
  const bool ends_as_asked =
      entry.asked_times == AskedTimes::end || entry.asked_times == AskedTimes::both;
  demand(begins_as_asked || entry.not_before == entry.intended_at - profile->backdate, entry,
         "its validity does not begin when its profile says");
  demand(entry.not_before <= entry.intended_at &&
             entry.not_before >= entry.intended_at - kLongestBackdate,
         entry, "its validity does not begin within the hour before its intent");
  demand(length <= profile->validity, entry, "it is valid for longer than its profile allows");
  demand(profile->trust != Trust::web || length <= longest_validity(entry.intended_at), entry,
         "it is valid for longer than BR 6.3.2 allows");
  const bool is_whole = length % std::chrono::days(1) == std::chrono::seconds(0);
  // What begins as asked ends with the profile's length, or as asked.
  demand(is_whole || ends_as_asked || length == profile->validity || entry.not_after == end, entry,
         "its validity of " + std::to_string(length.count()) + " seconds is not of whole days");
}

/// I9: by an issuer that may certify it (RFC 5280 §6.1). What was intended is what was signed,
/// which is proved beside this. Its trust is that of the time; before it was noted there was no
/// mark, and any issuer signed for any trust.
void LedgerProof::check_scope(const LedgerEntry& entry, const CertificationScope& scope) {
  const CertificateProfile* const profile = find_profile(entry.profile);
  const auto view = view_certificate(entry.lint_certificate);
  if (profile == nullptr || !view) return;
  std::vector<std::string> faults = {scope.name_fault(view->identifiers),
                                     scope.subject_fault(view->subject)};
  if (const auto trust = trust_when_intended(snapshot_, entry.issuer_id, entry.intended_at)) {
    faults.push_back(CertificationScope({}, *trust).trust_fault(profile->trust));
  }
  const Extension* policies = find_extension(view->extensions, oid::kCertificatePolicies);
  if (policies != nullptr) {
    for (const std::string& policy : policies_in(policies->value)) {
      faults.push_back(scope.policy_fault(policy));
    }
  }
  for (const std::string& fault : faults) demand(fault.empty(), entry, fault);
}

void LedgerProof::check_certificate(const LedgerEntry& entry, const Issuer& issuer) {
  if (entry.certificate.empty()) return;
  const auto view = view_certificate(entry.certificate);
  demand(view.has_value(), entry, "its certificate cannot be read");
  if (!view) return;
  const std::string linted = ct::linted_tbs(view->tbs);
  check_view(entry, issuer, "certificate", *view, linted);
  demand(entry.issued_at >= entry.intended_at, entry, "it was issued before it was intended");
  check_signature(entry, issuer, "certificate", entry.certificate);
  const bool has_precertificate =
      ct::find_precertificate(snapshot_, entry.issuer_id, entry.serial).has_value();
  demand((linted != view->tbs) == has_precertificate, entry,
         "its certificate holds SCTs without a precertificate, or the other way round");
}

/// BR 7.1.2.9: the same but for the poison, so that what was logged is what was certified.
void LedgerProof::check_precertificate(const LedgerEntry& entry, const Issuer& issuer) {
  const auto der = ct::find_precertificate(snapshot_, entry.issuer_id, entry.serial);
  if (!der) return;
  const auto view = view_certificate(*der);
  demand(view.has_value(), entry, "its precertificate cannot be read");
  if (!view) return;
  const auto linted = ct::without_extension(view->tbs, ct::kPoisonOid);
  demand(linted.has_value(), entry, "its precertificate has no poison");
  check_view(entry, issuer, "precertificate", *view, linted.value_or(""));
  check_signature(entry, issuer, "precertificate", *der);
}

void LedgerProof::check_signature(const LedgerEntry& entry,
                                  const Issuer& issuer,
                                  const std::string& what,
                                  std::string_view der) {
  const auto view = view_certificate(der);
  Signer& signer = issuer.signer();
  demand(view && signer.public_key().verify(signer.algorithm(), SignatureForm::der, view->tbs,
                                            signature_of(der)),
         entry, "the signature of its " + what + " does not verify");
}

std::optional<Time> LedgerProof::crl_time_of(const std::string& issuer_id) {
  const auto [known, is_new] = crl_times_.try_emplace(issuer_id);
  if (is_new) {
    // The one over everything may have outgrown its row; its parts then say more.
    for_each_crl(snapshot_,
                 [&, newest = &known->second](std::string_view name, const CrlFacts& facts) {
                   if (!is_crl_name(name, issuer_id)) return;
                   if (!*newest || **newest < facts.this_update) *newest = facts.this_update;
                 });
  }
  return known->second;
}

void LedgerProof::check_revocation(const LedgerEntry& entry) {
  if (!entry.revoked) return;
  demand(check_revocation_reason(entry.revocation_reason).has_value(), entry,
         "its revocation has reason " + std::to_string(entry.revocation_reason));
  const std::string key = serial_key(entry.issuer_id, entry.serial);
  if (kRevocationIndex.contains(snapshot_, key)) return;
  // It may have left the index, but only after a CRL of a time when it had expired (BR 7.2).
  const auto crl_time = crl_time_of(entry.issuer_id);
  demand(crl_time && *crl_time > entry.not_after, entry,
         "it is revoked, has not expired and is not due on the CRL");
}

void LedgerProof::check_indexed(std::string_view key, const RevocationRow& row) {
  storage::KeyReader parts(key);
  const std::string issuer_id = parts.text();
  const std::string serial = parts.tail();
  const auto value = snapshot_.get(kLedgerTable, key);
  if (!value) {
    faults_.push_back("serial " + hex(serial) + " is due on the CRL but not in the ledger");
    return;
  }
  const LedgerEntry entry = LedgerEntry::decode(*value);
  const RevocationRow wanted{.revoked_at = entry.revoked_at,
                             .reason = entry.revocation_reason,
                             .not_after = entry.not_after};
  demand(entry.revoked && row == wanted, entry,
         "what is due on the CRL is not what the ledger says of its revocation");
}

}  // namespace

std::vector<std::string> Ledger::verify(const storage::Snapshot& snapshot,
                                        const std::vector<const Issuer*>& issuers) {
  LedgerProof proof(snapshot, issuers);
  snapshot.scan(kLedgerTable, "", [&](std::string_view key, std::string_view value) {
    proof.check_row(key, value);
    return storage::Scan::proceed;
  });
  snapshot.scan(kRevocationIndex.name(), "", [&](std::string_view key, std::string_view value) {
    proof.check_index_row(key, value);
    return storage::Scan::proceed;
  });
  snapshot.scan(ct::kPrecertificates, "", [&](std::string_view key, std::string_view) {
    proof.check_precertificate_row(key);
    return storage::Scan::proceed;
  });
  return std::move(proof).take();
}

}  // namespace ca
