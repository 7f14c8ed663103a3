// What a kind of certificate looks like, as data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"

namespace ca {

/// One kind of subscriber certificate. Rows live in certificate_profile.cpp; products refer to them
/// by name.
struct CertificateProfile {
  std::string_view name;          // "dv"
  std::string_view policy_oid;    // exactly one reserved policy (BR 7.1.6.1), e.g. 2.23.140.1.2.1
  std::chrono::seconds validity;  // inclusive: notAfter = notBefore + validity - 1 s (BR 6.3.2)
  std::chrono::seconds backdate;  // notBefore = now - backdate (BR 7.1.2.7: within 48 h)
  std::uint32_t max_names;
};

/// Every profile this program knows.
const std::vector<CertificateProfile>& certificate_profiles();
/// The profile of that name, or null.
const CertificateProfile* find_profile(std::string_view name);

/// The longest inclusive validity of a subscriber certificate issued at `issued` (BR 6.3.2, a table
/// of dates).
std::chrono::days longest_validity(Time issued);

}  // namespace ca
