// One piece of due work: showing a certificate to the logs that promised to publish it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "acme/records/due_work_record.h"
#include "acme/services.h"

namespace acme {

/// How long a log that does not take a certificate is tried again. The certificate is good without
/// it: its precertificate is in the logs (CRP 1.3.4: SHOULD).
inline constexpr std::chrono::hours kLoggingPatience{24};

/// Shows the certificate that `key` names to its logs (ca/ct/submission.h). Ends the row when all
/// have it, or when it was issued longer ago than kLoggingPatience; else tries again after 1, 2, 4
/// … 60 minutes. What fails is told in the log.
boost::asio::awaitable<void> run_certificate_logging(Services& services, WorkKey key);

}  // namespace acme
