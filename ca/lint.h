// Lint before sign (BR 4.3.1.2): nothing reaches a signer without having passed the table in
// lint_rules*.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate_profile.h"
#include "ca/names/identifier.h"
#include "ca/rejection.h"
#include "ca/subject.h"
#include "ca/time.h"
#include "ca/validity.h"

namespace ca {

class CertificationScope;
class Issuer;
class DurableIntent;
struct ParsedTbs;

/// A certificate that is complete but for its signature and has passed every lint. Only
/// Issuer::prepare makes one. Move-only: one token, one signature.
class LintedCertificate {
 public:
  LintedCertificate(LintedCertificate&&) = default;
  LintedCertificate& operator=(LintedCertificate&&) = default;
  LintedCertificate(const LintedCertificate&) = delete;
  LintedCertificate& operator=(const LintedCertificate&) = delete;

  [[nodiscard]] const std::string& serial() const { return serial_; }  // raw octets
  [[nodiscard]] const std::string& tbs() const { return tbs_; }        // TBSCertificate, DER
  /// The same TBS under a fixed value in place of a signature (BR 4.3.1.2 (2)), DER.
  [[nodiscard]] const std::string& lint_certificate() const { return lint_certificate_; }
  [[nodiscard]] std::string_view profile() const { return profile_; }
  /// Issuer::id() of the issuer that prepared it and is the only one that may sign it.
  [[nodiscard]] const std::string& issuer_id() const { return issuer_id_; }
  [[nodiscard]] Time not_before() const { return not_before_; }
  [[nodiscard]] Time not_after() const { return not_after_; }
  [[nodiscard]] AskedTimes asked_times() const { return asked_times_; }

 private:
  friend class Issuer;
  LintedCertificate() = default;
  std::string serial_, tbs_, lint_certificate_, profile_, issuer_id_;
  Time not_before_{}, not_after_{};
  AskedTimes asked_times_ = AskedTimes::none;
};

/// Whether an address of the special-purpose registries may be certified. A public CA never does
/// (BR 4.2.2, 7.1.2.7.12).
enum class ReservedAddresses { refused, allowed_in_lab };

/// What a lint looks at.
struct LintSubject {
  std::string_view tbs;  // TBSCertificate, DER
  const CertificateProfile& profile;
  std::string_view issuer_name;          // Name, DER, of the issuing certificate
  std::string_view issuer_key_id;        // subjectKeyIdentifier octets of the issuing certificate
  std::string_view signature_algorithm;  // AlgorithmIdentifier, DER, the signer will use
  Time issuer_not_after;
  Time now;
  const std::vector<Identifier>& identifiers;  // what the order asked for, as_set()
  std::string_view spki;                       // what the request asked for
  const Subject& wanted;                       // the same, as far as it names an owner
  std::string_view ca_issuers_url;  // what the issuer puts into certificates; empty for none
  std::string_view crl_url;         // the same
  std::string_view ocsp_url = {};   // the same, for this profile
  // What the issuer may certify; null: nothing limits it.
  const CertificationScope* issuer_scope = nullptr;
  ReservedAddresses reserved_addresses = ReservedAddresses::refused;
};

/// One rule. `finding` returns an empty string when the certificate is fine, else one sentence. The
/// first word of the id says who demands it: br_ (Baseline Requirements), evg_ (EV Guidelines),
/// rfc5280_, x690_ (DER), own_ (ours alone).
struct Lint {
  std::string_view id;      // "br_validity_too_long"
  std::string_view source;  // "BR 6.3.2"
  std::string (*finding)(const LintSubject& subject, const ParsedTbs& tbs);
};

/// The whole table, for tests and for `docs/issuance-cycle.md`.
const std::vector<Lint>& lints();

/// Runs every lint; returns `id: sentence` for each finding, in table order. Empty means clean.
std::vector<std::string> run_lints(const LintSubject& subject);

}  // namespace ca
