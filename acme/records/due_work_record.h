// Rows of the one scheduler: what must happen next, and when (docs/architecture.md).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acme/ids.h"
#include "ca/time.h"
#include "storage/table.h"

namespace acme {

/// Kinds of work. The numbers are stored.
enum class WorkKind : std::uint8_t { validate = 1, issue = 2, publish_crl = 3 };

/// When work is due that must not wait. Not the time of day: a clock that is set back would hold it
/// up.
inline constexpr ca::Time kAtOnce{};

/// What a row's key says. Rows sort by kind first, then by time, so that what has no free place is
/// not looked at.
struct WorkKey {
  ca::Time due{};
  WorkKind kind = WorkKind::validate;
  // validate: AccountId octets, AuthorizationId octets, method; issue: OrderId octets;
  // publish_crl: issuer id
  std::string subject;

  [[nodiscard]] std::string encode() const;
  static WorkKey decode(std::string_view key);
  auto operator<=>(const WorkKey&) const = default;
};

/// What a row's value says.
struct WorkRecord {
  std::uint64_t failures = 0;  // runs that ended in a fault of ours; decides the back-off

  [[nodiscard]] std::string encode() const;
  static WorkRecord decode(std::string_view bytes);
};

/// WorkKey -> WorkRecord.
inline constexpr storage::Table<WorkRecord> kDueWork{"due_work"};

/// Adds a row.
void put_work(storage::Transaction& transaction, const WorkKey& key, WorkRecord record = {});

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
