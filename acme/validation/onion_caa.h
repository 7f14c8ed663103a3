// CAA records of onion services, which are not in the DNS: the client brings them, signed by the
// service (RFC 9799 §6).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "acme/records/caa_evidence.h"
#include "acme/validation/caa.h"
#include "acme/wire/requests.h"
#include "ca/names/dns_name.h"

namespace acme {

/// Records may be good for so long: RFC 9799 §6.4 says that they should end within eight hours, and
/// the clock of a service may be ahead of ours.
inline constexpr std::chrono::minutes kLongestOnionCaa{8 * 60 + 15};

/// The records in lines as a service descriptor has them (RFC 9799 §6): `caa FLAGS TAG VALUE`, the
/// value in quotes or one word, with the escapes of a zone file (RFC 1035 §5.1). Nothing unless
/// every line is one; none for an empty text. At most 100 lines.
std::optional<std::vector<CaaRecord>> parse_descriptor_caa(std::string_view text);

/// Whether `brought` permits a certificate for `name` at `now`, with what was found as evidence.
/// Refuses with caa, about `name`: not signed by the service of the name, over, good for too long,
/// malformed, or records that forbid it.
Result<CaaEvidence> judge_onion_caa(const ca::DnsName& name,
                                    const OnionCaa& brought,
                                    const CaaApplicant& applicant,
                                    ca::Time now);

}  // namespace acme
