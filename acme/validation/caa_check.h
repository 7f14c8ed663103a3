// Asks the DNS whether we may issue for a name (RFC 8659 §3, BR 4.2.2.1).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <string>
#include <vector>

#include "acme/services.h"
#include "acme/validation/caa.h"
#include "acme/validation/corroboration.h"
#include "acme/validation/ports.h"
#include "ca/names/dns_name.h"

namespace acme {

/// Finds the relevant record set by climbing from `name` (without its `*.`) to its top-level domain
/// and judges it. What was found permits issuance, as one sentence for the records; or it is
/// refused with `caa`, about `name`. A failed look-up never permits: BR 4.2.2.1 would allow that
/// under conditions, one of which is a proof that the zone is unsigned. Climbs from `name` itself,
/// never from where a CNAME leads. Throws for faults of ours.
boost::asio::awaitable<Result<std::string>> check_caa(DnsClient& dns,
                                                      ca::DnsName name,
                                                      CaaApplicant applicant);

/// Whether records that we have read forbid it, or whether nobody knows: they could not be read, or
/// others see something else.
enum class CaaDoubt { forbidden, undecided };

/// A refusal with what each perspective said, a line each; none if none was asked.
struct CaaRefusal {
  Problem problem;
  std::vector<std::string> votes = {};
  CaaDoubt doubt = CaaDoubt::undecided;
};
using CaaFinding = std::expected<std::string, CaaRefusal>;

/// Whether others see a permission too, of which we saw `found` (BR 3.2.2.9): that sentence with
/// who voted how, or a refusal with caa that says so.
boost::asio::awaitable<CaaFinding> corroborate_caa(Perspectives& perspectives,
                                                   ca::Time now,
                                                   ca::DnsName name,
                                                   CaaApplicant applicant,
                                                   std::string found);

/// check_caa, and corroborate_caa where `others` are perspectives and there are any. Records that
/// forbid the request are reported to whom they name, if the services say how (caa_report.h).
boost::asio::awaitable<CaaFinding> check_caa_everywhere(Services& services,
                                                        ca::DnsName name,
                                                        CaaApplicant applicant,
                                                        policy::Corroborators others);

}  // namespace acme
