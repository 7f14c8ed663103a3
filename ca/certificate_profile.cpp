#include "ca/certificate_profile.h"

#include <algorithm>
#include <array>

#include "ca/oids.h"

namespace ca {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;

struct ValidityLimit {
  Time from;
  days longest;
};

// BR 6.3.2, newest first. Dates begin at 00:00:00 UTC (BR 1.6.4).
constexpr std::array kValidityLimits = {
    ValidityLimit{sys_days{std::chrono::year{2029} / 3 / 15}, days{47}},
    ValidityLimit{sys_days{std::chrono::year{2027} / 3 / 15}, days{100}},
    ValidityLimit{sys_days{std::chrono::year{2026} / 3 / 15}, days{200}},
    ValidityLimit{Time::min(), days{398}},
};

}  // namespace

const std::vector<CertificateProfile>& certificate_profiles() {
  static const std::vector<CertificateProfile> profiles = {
      // Five minutes of backdating cover the clocks of ordinary relying parties; an hour is our own
      // limit.
      {.name = "dv",
       .policy_oid = oid::kDomainValidated,
       .validity = days{90},
       .backdate = minutes{5},
       .max_names = 100},
      // Below the seven days of a Short-lived Subscriber Certificate (BR 1.6.1). It keeps its CRL
      // address, which BR 7.1.2.11.2 would let it omit: revoking it stays possible.
      {.name = "shortlived",
       .policy_oid = oid::kDomainValidated,
       .validity = hours{160},
       .backdate = minutes{5},
       .max_names = 100},
  };
  return profiles;
}

const CertificateProfile* find_profile(std::string_view name) {
  const auto& profiles = certificate_profiles();
  const auto found = std::ranges::find(profiles, name, &CertificateProfile::name);
  return found == profiles.end() ? nullptr : &*found;
}

std::chrono::days longest_validity(Time issued) {
  const auto row = std::ranges::find_if(
      kValidityLimits, [issued](const ValidityLimit& limit) { return issued >= limit.from; });
  return row->longest;
}

}  // namespace ca
