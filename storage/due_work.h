// Rows of the one scheduler: what must happen next, and when (docs/architecture.md). Any floor puts
// rows; what runs a kind is told to the runner (acme/fulfilment/due_work.h).
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/table.h"

namespace storage {

/// Kinds of work, of all floors. The numbers are stored: new ones go to the end. Rows of a small
/// number are looked at first.
enum class WorkKind : std::uint8_t {
  validate = 1,            // subject: AccountId octets, AuthorizationId octets, method
  issue = 2,               // subject: OrderId octets
  publish_crl = 3,         // subject: issuer id
  check_domains = 4,       // subject: ApplicationId octets
  issue_application = 5,   // subject: ApplicationId octets
  application_clock = 6,   // subject: ApplicationId octets
  send_message = 7,        // subject: MessageId octets
  run_incident = 8,        // subject: incident id
  log_certificate = 9,     // subject: key in the ledger
  renew_certificate = 10,  // subject: OrderId octets
};
inline constexpr std::size_t kWorkKinds = 10;

/// How logs name a kind: "publish_crl".
std::string_view text_of(WorkKind kind);

/// When work is due that must not wait. Not the time of day: a clock that is set back would hold it
/// up.
inline constexpr std::chrono::sys_seconds kAtOnce{};

/// What a row's key says. Rows sort by kind first, then by time, so that what has no free place is
/// not looked at.
struct WorkKey {
  std::chrono::sys_seconds due{};
  WorkKind kind = WorkKind::validate;
  std::string subject;  // what it is about; where a kind has owners, their 16 octets come first

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
inline constexpr Table<WorkRecord> kDueWork{"due_work"};

/// Adds a row. Whoever puts it wakes the runner after the commit.
void put_work(Transaction& transaction, const WorkKey& key, WorkRecord record = {});

}  // namespace storage
