#include "acme/fulfilment/work_picker.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "acme/records/record_fields.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

/// Beyond this many damaged keys nobody needs the rest one by one.
constexpr std::size_t kMostTold = 1'000;

std::string prefix_of(WorkKind kind) {
  return storage::KeyWriter().number(static_cast<std::uint64_t>(kind)).take();
}

/// Whose share a piece takes.
std::string owner_of(const WorkKey& key) {
  return key.subject.substr(0, kIdOctets);
}

/// The first key behind all keys that start with `prefix`; empty if there is none.
std::string after_all_with(std::string prefix) {
  constexpr char kGreatest = '\xFF';
  while (!prefix.empty() && prefix.back() == kGreatest) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

}  // namespace

/// One look at one kind.
struct WorkPicker::Turn {
  const storage::Snapshot& snapshot;
  Kind& kind;
  const ca::Time now;
  const std::size_t at_most;
  Picked& picked;
  std::string skip_to{};  // where to go on, if not at the next row

  /// Whether no further piece of this kind may be picked.
  [[nodiscard]] bool is_over() const {
    return kind.running >= kind.places.all || picked.to_run.size() >= at_most;
  }
  [[nodiscard]] bool has_share_left(const std::string& owner) const {
    const auto found = kind.of_owner.find(owner);
    return found == kind.of_owner.end() || found->second < kind.places.of_one_owner;
  }
};

WorkPicker::WorkPicker(const Limits& limits) {
  for (const auto& [kind, places] : limits) kinds_.emplace(kind, Kind{kind, places});
}

WorkPicker::Picked WorkPicker::pick(const storage::Snapshot& snapshot,
                                    ca::Time now,
                                    std::size_t at_most) {
  Picked picked;
  for (auto& [number, kind] : kinds_) {
    Turn turn{snapshot, kind, now, at_most, picked};
    const std::string begin = prefix_of(number);
    const std::string resume = std::max(begin, kind.resume);
    look_through(turn, resume, {});
    if (resume != begin) look_through(turn, begin, resume);
  }
  return picked;
}

/// The rows of the kind from `from` on, and before `until` unless it is empty.
void WorkPicker::look_through(Turn& turn, std::string from, const std::string& until) {
  const std::string prefix = prefix_of(turn.kind.kind);
  while (!from.empty() && !turn.is_over()) {
    turn.skip_to.clear();
    turn.snapshot.scan(kDueWork.name(), from, [&](std::string_view key, std::string_view) {
      const bool is_past = !key.starts_with(prefix) || (!until.empty() && key >= until);
      return is_past ? storage::Scan::stop : consider(turn, key);
    });
    from = std::exchange(turn.skip_to, {});
  }
}

storage::Scan WorkPicker::consider(Turn& turn, std::string_view key) {
  if (running_.contains(key)) return storage::Scan::proceed;
  std::optional<WorkKey> work = decode(turn, key);
  if (!work) return storage::Scan::proceed;
  if (work->due > turn.now) {
    turn.picked.next = std::min(turn.picked.next.value_or(work->due), work->due);
    return storage::Scan::stop;
  }
  const std::string owner = owner_of(*work);
  if (turn.kind.places.of_one_owner > 0 && !turn.has_share_left(owner)) {
    turn.skip_to = after_all_with(WorkKey{work->due, work->kind, owner}.encode());
    return storage::Scan::stop;
  }
  begin(turn.kind, *work, std::string(key));
  turn.picked.to_run.push_back(*std::move(work));
  return turn.is_over() ? storage::Scan::stop : storage::Scan::proceed;
}

std::optional<WorkKey> WorkPicker::decode(Turn& turn, std::string_view key) {
  try {
    WorkKey work = WorkKey::decode(key);
    require_field(turn.kind.places.of_one_owner == 0 || work.subject.size() >= kIdOctets,
                  "due_work.subject");
    return work;
  } catch (const storage::CorruptRecord&) {
    if (told_.size() < kMostTold && told_.emplace(key).second) {
      turn.picked.unreadable.emplace_back(key);
    }
    return std::nullopt;
  }
}

void WorkPicker::begin(Kind& kind, const WorkKey& key, std::string encoded) {
  kind.resume = encoded + '\0';
  running_.insert(std::move(encoded));
  ++kind.running;
  if (kind.places.of_one_owner > 0) ++kind.of_owner[owner_of(key)];
}

void WorkPicker::end(const WorkKey& key) {
  running_.erase(key.encode());
  Kind& kind = kinds_.at(key.kind);
  --kind.running;
  if (kind.places.of_one_owner == 0) return;
  const auto of_owner = kind.of_owner.find(owner_of(key));
  if (--of_owner->second == 0) kind.of_owner.erase(of_owner);
}

}  // namespace acme
