// Which rows of due work may start now, and what runs already.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "acme/records/due_work_record.h"

namespace acme {

inline constexpr std::size_t kWorkKinds = 3;

/// Counts what runs and finds what may run beside it. Reads no more rows than it must: none of a
/// kind without a free place, one of an account that has its share. Goes round the table, so that
/// neither an account nor an old row waits for ever. Not safe for threads by itself.
class WorkPicker {
 public:
  struct Limits {
    std::array<std::size_t, kWorkKinds> of_kind;   // in the order of WorkKind
    std::size_t validations_of_one_account = 100;  // so that no account holds all places
  };
  struct Picked {
    std::vector<WorkKey> to_run;          // counted as running from now on
    std::optional<ca::Time> next;         // the first row seen that is not due yet
    std::vector<std::string> unreadable;  // keys of no work we know, each told once
  };

  explicit WorkPicker(Limits limits) : limits_(limits) {}

  Picked pick(const storage::Snapshot& snapshot,
              ca::Time now,
              std::size_t at_most = std::numeric_limits<std::size_t>::max());
  /// What was picked has ended.
  void end(const WorkKey& key);
  [[nodiscard]] bool is_idle() const { return running_.empty(); }

 private:
  struct Turn;
  void look_through(Turn& turn, std::string from, const std::string& until);
  storage::Scan consider(Turn& turn, std::string_view key);
  std::optional<WorkKey> decode(Turn& turn, std::string_view key);
  void begin(const WorkKey& key, std::string encoded);
  [[nodiscard]] bool has_share_left(const WorkKey& key) const;
  [[nodiscard]] std::size_t free_places(WorkKind kind) const;

  Limits limits_;
  std::set<std::string, std::less<>> running_;  // encoded keys
  std::array<std::size_t, kWorkKinds> count_{};
  std::map<std::string, std::size_t, std::less<>> validations_of_;  // by account
  std::array<std::string, kWorkKinds> resume_;  // where the next look at this kind begins
  std::set<std::string, std::less<>> told_;     // unreadable keys
};

}  // namespace acme
