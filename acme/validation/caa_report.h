// Telling whoever a domain's CAA records name that a certificate was asked for which they forbid
// (RFC 8659 §4.4).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/ports.h"
#include "ca/crypto/random.h"
#include "ca/names/dns_name.h"
#include "ca/time.h"
#include "storage/table.h"

namespace acme {

/// How reports are made. Whoever has a domain can name anybody's address in its records, so that
/// nobody gets many, and all together are few.
struct CaaReporting {
  std::string ca;                                          // who reports: our URL
  std::chrono::seconds interval = std::chrono::hours(24);  // one to an address in this time
  std::size_t most = 100;                                  // to all addresses, in the same time
};

/// A request that was refused, as the report tells it. Not who asked: that is the business of the
/// account.
struct ForbiddenRequest {
  ca::DnsName name;
  std::string domain;  // whose records forbid it
  std::vector<CaaRecord> records;
  ca::Time at{};
};

/// When an address was last written to.
struct CaaReportRecord {
  ca::Time sent_at{};
  [[nodiscard]] std::string encode() const;
  static CaaReportRecord decode(std::string_view bytes);
};
/// Mail address in lower case -> when. Never more rows than CaaReporting::most.
inline constexpr storage::Table<CaaReportRecord> kCaaReports{"caa_reports"};

/// The addresses of `iodef` properties with `mailto:` that we can write to, without repeats, at
/// most five. Others are passed over: `https:` too, because nothing is ever dialled that a record
/// names (docs/acme-choices.md), and addresses with header fields behind them.
std::vector<std::string> report_addresses(const std::vector<CaaRecord>& records);

/// The report as RFC 7970 has it, an IODEF document.
std::string iodef_document(const CaaReporting& reporting,
                           const ForbiddenRequest& request,
                           std::string_view incident);

/// Queues a mail with the report to each address of the records that has had none in the interval,
/// and forgets addresses that may be written to again. Returns how many were queued; the caller
/// wakes the runner after the commit.
std::size_t queue_caa_reports(storage::Transaction& transaction,
                              const CaaReporting& reporting,
                              const ForbiddenRequest& request,
                              ca::RandomSource& random);

}  // namespace acme
