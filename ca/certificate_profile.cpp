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
      // What people review, and what no browser trusts: the rows that products name.
      {.name = "iv", .policy_oid = "2.23.140.1.2.3", .validity = days{199}, .backdate = minutes{5}, .max_names = 100},
      {.name = "ov", .policy_oid = "2.23.140.1.2.2", .validity = days{199}, .backdate = minutes{5}, .max_names = 100},
      {.name = "ev", .policy_oid = "2.23.140.1.1", .validity = days{199}, .backdate = minutes{5}, .max_names = 100},
      {.name = "private", .policy_oid = "", .validity = days{365}, .backdate = minutes{5}, .max_names = 100},
      {.name = "gm-dv", .policy_oid = "", .validity = days{365}, .backdate = minutes{5}, .max_names = 100},
      {.name = "gm-ov", .policy_oid = "", .validity = days{365}, .backdate = minutes{5}, .max_names = 100},
      {.name = "gm-ev", .policy_oid = "", .validity = days{365}, .backdate = minutes{5}, .max_names = 100},
  };
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
