// Rows of the one scheduler: what must happen next, and when (docs/architecture.md).
#pragma once

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

/// What a row's key says.
struct WorkKey {
  ca::Time due{};
  WorkKind kind = WorkKind::validate;
  std::string subject;  // AuthorizationId octets and method; OrderId octets; issuer id

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
  std::uint64_t requests =
      0;  // grows with every revocation, so that one during a publication is not forgotten

  [[nodiscard]] std::string encode() const;
  static CrlSchedule decode(std::string_view bytes);
};

/// Issuer id -> schedule. There is exactly one row of kDueWork for each row here.
inline constexpr storage::Table<CrlSchedule> kCrlSchedules{"crl_schedules"};

/// Asks for a CRL of `issuer_id` at `at` or earlier. Many requests before it is published lead to
/// one CRL.
void request_crl(storage::Transaction& transaction, const std::string& issuer_id, ca::Time at);

}  // namespace acme
