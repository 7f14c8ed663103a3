// Stop switches: what is not to be issued until somebody says so (docs/stopping.md).
//
// A stop is a row of the store. Whoever is about to issue looks for one in the transaction that
// matters, so a stop is in effect with its commit, lasts over restarts, and needs no message to any
// process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/products/vocabulary.h"
#include "storage/table.h"

namespace policy {

/// What a stop is over. The numbers are stored.
enum class StopKind : std::uint8_t {
  all = 1,      // every certificate
  issuer = 2,   // every certificate of one issuer
  profile = 3,  // every certificate of one product
  method = 4,   // whatever was proven by one validation method, also before the stop
  account = 5,  // every certificate of one account
  name = 6,     // every certificate for a DNS name or one under it, or for an address
};

/// "all", "issuer", …
std::string_view text_of(StopKind kind);
std::optional<StopKind> stop_kind(std::string_view text);

/// One stop's place. `subject` is ca::Issuer::id(), Product::name, the spelling of a method
/// ("http-01", "dns-txt"), the text of an account's id, or a name without `*.`; empty for `all`.
struct StopTarget {
  StopKind kind = StopKind::all;
  std::string subject = {};
  bool operator==(const StopTarget&) const = default;

  /// "all", "method http-01".
  [[nodiscard]] std::string text() const;
  /// The row in kStops.
  [[nodiscard]] std::string key() const;
  /// Throws storage::CorruptRecord.
  static StopTarget of_key(std::string_view key);
};

/// How many people it takes to end a stop.
enum class ResumeRule : std::uint8_t { one_person = 1, two_persons = 2 };

/// Who stopped it and why, for people of the CA: clients never see it.
struct StopRecord {
  ca::Time since{};
  std::string person;
  std::string reason;
  ResumeRule rule = ResumeRule::one_person;
  std::string resume_asked_by = {};  // the first of two persons, or nobody yet

  [[nodiscard]] std::string encode() const;
  static StopRecord decode(std::string_view bytes);
  bool operator==(const StopRecord&) const = default;
};

/// StopTarget::key() -> stop.
inline constexpr storage::Table<StopRecord> kStops{"stops"};

/// Stops, with the audit entry `issuance.stopped`. False, and nothing is written, if it is stopped
/// already.
bool stop(storage::Transaction& transaction, const StopTarget& target, const StopRecord& record);

/// What became of the wish to resume.
enum class Resumed : std::uint8_t {
  done,
  not_stopped,
  waits_for_another,  // this was the first of two persons
  same_person,        // who asked already, and cannot be the second one
};

/// Ends a stop, or notes the first of two persons who want that; with the audit entry
/// `issuance.resumed` or `issuance.resume_asked`.
Resumed resume(storage::Transaction& transaction,
               const StopTarget& target,
               const std::string& person,
               const std::string& reason,
               ca::Time now);

/// Whose certificate it would be. Texts as in StopTarget; an empty one is not looked for.
struct Undertaking {
  std::string_view issuer;
  std::string_view profile;
  std::string_view account;
};

/// The widest stop over `undertaking`, whatever its names and methods.
std::optional<StopTarget> stop_over(const storage::Snapshot& snapshot,
                                    const Undertaking& undertaking);
/// Those of `identifiers` that are stopped: themselves, or a domain above them.
std::vector<ca::Identifier> stopped_names(const storage::Snapshot& snapshot,
                                          const std::vector<ca::Identifier>& identifiers);
/// Whether nothing that was proven by `method` counts now. A method that applications share with
/// ACME has one name, and one stop.
bool is_stopped(const storage::Snapshot& snapshot, ValidationMethod method);
bool is_stopped(const storage::Snapshot& snapshot, ControlMethod method);

}  // namespace policy
