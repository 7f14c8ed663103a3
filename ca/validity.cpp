#include "ca/validity.h"

#include <algorithm>
#include <string>

namespace ca {
namespace {

using std::chrono::seconds;

std::unexpected<Rejection> bad(std::string detail) {
  return reject(RejectionKind::bad_validity, std::move(detail));
}

}  // namespace

AskedTimes asked_times(const ValidityWish& wish) {
  if (wish.not_before) return wish.not_after ? AskedTimes::both : AskedTimes::beginning;
  return wish.not_after ? AskedTimes::end : AskedTimes::none;
}

Judged<ValidityWindow> judge_validity(const CertificateProfile& profile,
                                      const ValidityWish& wish,
                                      Time now,
                                      Time issuer_not_after) {
  const Time not_before = wish.not_before.value_or(now - profile.backdate);
  if (not_before > now || not_before < now - kLongestBackdate) {
    return bad("A certificate cannot begin at " + rfc3339(not_before) +
               "; expected a time within the hour before it is signed, which would be " +
               rfc3339(now) + " at the latest now");
  }
  seconds length = std::min(wish.longest.value_or(profile.validity), profile.validity);
  if (profile.trust == Trust::web) {
    length =
        std::min({length, seconds(longest_validity(now)), seconds(longest_validity(not_before))});
  }
  // BR 6.3.2 counts the last second too.
  const Time latest = std::min(not_before + length - seconds(1), issuer_not_after);
  const Time not_after = wish.not_after.value_or(latest);
  if (not_after <= now) {
    return bad("A certificate that ends at " + rfc3339(not_after) + " would be of no use; it is " +
               rfc3339(now));
  }
  if (not_after > latest) {
    return bad("A certificate cannot end at " + rfc3339(not_after) + "; " + rfc3339(latest) +
               " is the latest that its profile and the limits of today allow");
  }
  return ValidityWindow{.not_before = not_before, .not_after = not_after};
}

}  // namespace ca
