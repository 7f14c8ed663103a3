// What an issuing CA may certify: for whom, under which policies and for which names. What it signs
// beyond that is refused by whoever verifies the path (RFC 5280 §6.1), or was mis-issued.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate.h"
#include "ca/certificate_profile.h"
#include "ca/names/identifier.h"

namespace ca {

/// A part of the space of names: of a DNS name and all names below it, or of addresses.
struct NameSubtree {
  std::string dns = {};                 // lower case; empty with no address: every DNS name
  std::string address = {}, mask = {};  // 4 or 16 octets each; empty: a DNS name
};

/// The RelativeDistinguishedNames of a Name, each in the form in which two that mean the same are
/// equal (RFC 5280 §7.1): without regard to the case of ASCII letters, to runs of spaces and to the
/// type of string.
using DirectoryName = std::vector<std::string>;

/// One side of the nameConstraints: names of hosts, and beginnings of subjects.
struct NameSpace {
  std::vector<NameSubtree> hosts = {};
  std::vector<DirectoryName> subjects = {};
};

/// The nameConstraints of one CA certificate (RFC 5280 §4.2.1.10), as far as they are about names
/// that subscribers have.
struct NameConstraints {
  NameSpace permitted, excluded;
};

/// Of one CA certificate of a path.
struct CaLimits {
  std::vector<std::string> policies = {};  // OIDs; without the extension none, which allows none
  NameConstraints names = {};
};

/// Immutable value; safe from any thread.
class CertificationScope {
 public:
  /// `path` is the issuing certificate followed by those above it, without the root: what a trust
  /// anchor says of itself limits nothing (RFC 5280 §6.1.1 (d)). An SM2 key is for Trust::gm,
  /// whatever `trust` says. Throws std::runtime_error with one sentence if the constraints of one
  /// cannot be read.
  CertificationScope(std::span<const CertificateView> path, Trust trust);

  [[nodiscard]] Trust trust() const { return trust_; }

  // Each says in one sentence what speaks against it; empty: nothing does.

  /// The mark of the issuer is that of the profile.
  [[nodiscard]] std::string trust_fault(Trust wanted) const;
  /// Every certificate of the path has that policy or anyPolicy (RFC 5280 §6.1.3 (d)). A
  /// certificate without a policy, which an empty `policy_oid` means, needs none.
  [[nodiscard]] std::string policy_fault(std::string_view policy_oid) const;
  /// Every certificate of the path permits and none excludes each name. A wildcard is excluded also
  /// where a name that it stands for is.
  [[nodiscard]] std::string name_fault(std::span<const Identifier> names) const;
  /// The same of `subject`, a Name in DER. An empty one is outside nothing (RFC 5280 §4.2.1.10).
  [[nodiscard]] std::string subject_fault(std::string_view subject) const;
  /// Whether there are subjects that it may not certify.
  [[nodiscard]] bool limits_subjects() const;

  /// Whether it may certify these names under such a profile. Of the subject, which is known later,
  /// it says nothing.
  [[nodiscard]] bool holds(const CertificateProfile& profile,
                           std::span<const Identifier> names) const;

 private:
  Trust trust_;
  std::vector<CaLimits> limits_;
};

/// The OIDs of a certificatePolicies value; none if it cannot be read.
std::vector<std::string> policies_in(std::string_view extension_value);

}  // namespace ca
