#include "ca/certificate_profile.h"

#include <algorithm>

#include "ca/oids.h"
#include "ca/rulebook.h"

namespace ca {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

}  // namespace

const std::vector<CertificateProfile>& certificate_profiles() {
  // Five minutes of backdating cover the clocks of ordinary relying parties; an hour is our own
  // limit.
  constexpr minutes kBackdate{5};
  constexpr std::uint32_t kNames = 100;
  // BR 6.3.2 recommends to stay a day below the limit of 200; later limits cut this short.
  constexpr days kLong{199};
  constexpr days kYear{365};
  constexpr CertifiableNames kNoWildcards{.wildcards = false, .addresses = false};
  // clang-format off
  static const std::vector<CertificateProfile> profiles = {
      {"dv", oid::kDomainValidated, days{90}, kBackdate, kNames},
      // The same for those who buy a term: as long as the rules allow.
      {"dv-term", oid::kDomainValidated, kLong, kBackdate, kNames},
      // Below the seven days of a Short-lived Subscriber Certificate (BR 1.6.1). It keeps its CRL
      // address, which BR 7.1.2.11.2 would let it omit: revoking it stays possible.
      {"shortlived", oid::kDomainValidated, hours{160}, kBackdate, kNames},
      {"ip", oid::kDomainValidated, kLong, kBackdate, kNames, SubjectKind::domain, Trust::web,
       {.dns = false, .wildcards = false}},
      {"iv", oid::kIndividualValidated, kLong, kBackdate, kNames, SubjectKind::individual},
      {"ov", oid::kOrganizationValidated, kLong, kBackdate, kNames, SubjectKind::organization},
      // EVG 7.1.2.1
      {"ev", oid::kExtendedValidation, kLong, kBackdate, kNames, SubjectKind::extended, Trust::web,
       kNoWildcards},
      // No reserved policy from here on: it would claim that the Baseline Requirements were kept.
      {"private", "", kYear, kBackdate, kNames, SubjectKind::any, Trust::privately, {},
       CommonNameRule::first_name},
      {"gm-dv", "", kYear, kBackdate, kNames, SubjectKind::domain, Trust::gm, {},
       CommonNameRule::first_name},
      {"gm-ov", "", kYear, kBackdate, kNames, SubjectKind::organization, Trust::gm, {},
       CommonNameRule::first_name},
      {"gm-ev", "", kYear, kBackdate, kNames, SubjectKind::extended, Trust::gm, kNoWildcards,
       CommonNameRule::first_name},
  };
  // clang-format on
  return profiles;
}

const CertificateProfile* find_profile(std::string_view name) {
  const auto& profiles = certificate_profiles();
  const auto found = std::ranges::find(profiles, name, &CertificateProfile::name);
  return found == profiles.end() ? nullptr : &*found;
}

std::chrono::days longest_validity(Time issued) {
  return rulebook_at(issued).certificate;
}

}  // namespace ca
