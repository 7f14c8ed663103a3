// What a kind of certificate looks like, as data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"

namespace ca {

/// What the subject says about its owner. Which attributes that means: ca/subject_attributes.cpp.
enum class SubjectKind {
  domain,        // BR 7.1.2.7.2
  individual,    // BR 7.1.2.7.3
  organization,  // BR 7.1.2.7.4
  extended,      // EVG 7.1.4.2
  any,           // private trust: whatever the request says
};

/// Who is to trust it: decides which keys and signature algorithms fit, and whether the limits of
/// the Baseline Requirements apply.
enum class Trust {
  web,        // the Baseline Requirements, all of them
  privately,  // Ed25519 keys too, no dated limits, no reserved policy
  gm,         // privately, with SM2 and SM3 (GB/T 32918) and no other algorithm
};

/// Which names may stand in the subjectAltName.
struct CertifiableNames {
  bool dns = true;
  bool wildcards = true;
  bool addresses = true;
};

/// The common name is not recommended (BR 7.1.4.3); the clients of some hierarchies still look for
/// it.
enum class CommonNameRule {
  absent,
  first_name,  // the first of the subjectAltName, left out if it has more than 64 characters
};

/// One kind of subscriber certificate. Rows live in certificate_profile.cpp; products refer to them
/// by name.
struct CertificateProfile {
  std::string_view name;          // "dv"
  std::string_view policy_oid;    // of the web exactly one reserved policy (BR 7.1.6.1); or empty
  std::chrono::seconds validity;  // inclusive: notAfter = notBefore + validity - 1 s (BR 6.3.2)
  std::chrono::seconds backdate;  // notBefore = now - backdate (BR 7.1.2.7: within 48 h)
  std::uint32_t max_names;
  SubjectKind subject = SubjectKind::domain;
  Trust trust = Trust::web;
  CertifiableNames names = {};
  CommonNameRule common_name = CommonNameRule::absent;
};

/// Every profile this program knows.
const std::vector<CertificateProfile>& certificate_profiles();
/// The profile of that name, or null.
const CertificateProfile* find_profile(std::string_view name);

/// The longest inclusive validity of a subscriber certificate issued at `issued` (BR 6.3.2, a table
/// of dates).
std::chrono::days longest_validity(Time issued);

}  // namespace ca
