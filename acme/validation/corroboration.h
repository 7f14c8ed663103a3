// Multi-perspective issuance corroboration (BR 3.2.2.9): whether others, elsewhere in the network,
// see what we saw. The rule by which their votes count is policy/quorum.h.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "acme/validation/caa.h"
#include "acme/validation/subject.h"
#include "ca/names/dns_name.h"
#include "policy/quorum.h"

namespace acme {

/// Remote perspectives. Declared by their user, implemented in server/perspectives/. Safe from any
/// thread.
class Perspectives {
 public:
  virtual ~Perspectives() = default;
  /// Asks every perspective to attempt the challenge by itself: one vote for each that there is,
  /// also for one that is dead, late or talks nonsense; those do not agree. Nothing of earlier
  /// attempts counts.
  virtual boost::asio::awaitable<std::vector<policy::Vote>> control(ValidationSubject subject) = 0;
  /// The same for the CAA records of `name`.
  virtual boost::asio::awaitable<std::vector<policy::Vote>> caa(ca::DnsName name,
                                                                CaaApplicant applicant) = 0;
};

}  // namespace acme
