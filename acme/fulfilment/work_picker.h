// Which rows of due work may start now, and what runs already.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "acme/records/due_work_record.h"

namespace acme {

/// Counts what runs and finds what may run beside it. Reads no more rows than it must: none of a
/// kind without a free place, one of an owner that has its share. Goes round the table, so that
/// neither an owner nor an old row waits for ever. Not safe for threads by itself.
class WorkPicker {
 public:
  /// How much of a kind may run at once.
  struct Places {
    std::size_t all = 0;
    // Of one owner, so that none holds all places; 0: of this kind nothing has an owner.
    std::size_t of_one_owner = 0;
  };
  using Limits = std::map<WorkKind, Places>;  // of a kind that is not here nothing runs
  struct Picked {
    std::vector<WorkKey> to_run;          // counted as running from now on
    std::optional<ca::Time> next;         // the first row seen that is not due yet
    std::vector<std::string> unreadable;  // keys of no work we know, each told once
  };

  explicit WorkPicker(const Limits& limits);

  Picked pick(const storage::Snapshot& snapshot,
              ca::Time now,
              std::size_t at_most = std::numeric_limits<std::size_t>::max());
  /// What was picked has ended.
  void end(const WorkKey& key);
  [[nodiscard]] bool is_idle() const { return running_.empty(); }

 private:
  struct Turn;
  struct Kind {
    WorkKind kind;
    Places places;
    std::size_t running = 0;
    std::map<std::string, std::size_t, std::less<>> of_owner = {};
    std::string resume = {};  // where the next look at this kind begins
  };
  void look_through(Turn& turn, std::string from, const std::string& until);
  storage::Scan consider(Turn& turn, std::string_view key);
  std::optional<WorkKey> decode(Turn& turn, std::string_view key);
  void begin(Kind& kind, const WorkKey& key, std::string encoded);

  std::map<WorkKind, Kind> kinds_;
  std::set<std::string, std::less<>> running_;  // encoded keys
  std::set<std::string, std::less<>> told_;     // unreadable keys
};

}  // namespace acme
