// How long a certificate is valid: what was asked for, within what the rules allow.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "ca/certificate_profile.h"
#include "ca/rejection.h"
#include "ca/time.h"

namespace ca {

/// Which times an order has named; those of the others follow from the profile.
enum class AskedTimes : std::uint8_t { none = 0, beginning = 1, end = 2, both = 3 };

/// The first and the last second; both count (BR 6.3.2).
struct ValidityWindow {
  Time not_before;
  Time not_after;
};

/// What is wanted beyond the profile.
struct ValidityWish {
  /// Shorter than the profile's, if the product says so.
  std::optional<std::chrono::seconds> longest = std::nullopt;
  /// Exactly these, if the order names them (RFC 8555 §7.4).
  std::optional<Time> not_before = std::nullopt;
  std::optional<Time> not_after = std::nullopt;
};

AskedTimes asked_times(const ValidityWish& wish);

/// The validity of a certificate that is signed at `now` by an issuer whose own ends with
/// `issuer_not_after`. What is not asked for is as long as the profile, the product and the dated
/// limits of BR 6.3.2 allow. Rejects with bad_validity, naming the limit, what was asked for and
/// cannot be kept: a beginning that is not within the hour before `now`, or an end that has passed
/// or is too late.
Judged<ValidityWindow> judge_validity(const CertificateProfile& profile,
                                      const ValidityWish& wish,
                                      Time now,
                                      Time issuer_not_after);

/// The furthest a certificate begins before its signature. BR 7.1.2.7 would allow 48 hours.
inline constexpr std::chrono::hours kLongestBackdate{1};

}  // namespace ca
