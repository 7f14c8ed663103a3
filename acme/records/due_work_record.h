// The schedule of CRLs: which row of the one scheduler (storage/due_work.h) is due for an issuer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ca/time.h"
#include "storage/due_work.h"
#include "storage/table.h"

namespace acme {

using storage::kAtOnce;
using storage::kDueWork;
using storage::put_work;
using storage::WorkKey;
using storage::WorkKind;
using storage::WorkRecord;

/// When the CRL of an issuer is published next, and how often that was asked for.
struct CrlSchedule {
  ca::Time due{};
  std::optional<ca::Time> published;  // when the last one was made
  std::uint64_t requests =
      0;  // grows with every revocation, so that one during a publication is not forgotten

  [[nodiscard]] std::string encode() const;
  static CrlSchedule decode(std::string_view bytes);
};

/// Issuer id -> schedule. There is exactly one row of kDueWork for each row here.
inline constexpr storage::Table<CrlSchedule> kCrlSchedules{"crl_schedules"};

/// Between two CRLs: a stream of revocations must not become a stream of signatures.
inline constexpr std::chrono::seconds kShortestCrlInterval{10};

/// When a CRL that is wanted at `now` is made: at once, unless the last one is newer than the
/// shortest interval.
ca::Time next_crl_due(const CrlSchedule& schedule, ca::Time now);

/// Asks for a CRL of `issuer_id` as soon as next_crl_due allows. Many requests before it is
/// published lead to one CRL.
void request_crl(storage::Transaction& transaction, const std::string& issuer_id, ca::Time now);

}  // namespace acme
