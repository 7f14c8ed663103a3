#include "acme/fulfilment/work_picker.h"

#include <algorithm>
#include <utility>

#include "acme/records/record_fields.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

constexpr std::array kAllKinds{WorkKind::validate, WorkKind::issue, WorkKind::publish_crl};
static_assert(kAllKinds.size() == kWorkKinds);
/// Beyond this many damaged keys nobody needs the rest one by one.
constexpr std::size_t kMostTold = 1'000;

std::size_t index_of(WorkKind kind) {
  return static_cast<std::size_t>(kind) - 1;
}

std::string prefix_of(WorkKind kind) {
  return storage::KeyWriter().number(static_cast<std::uint64_t>(kind)).take();
}

/// The account whose share a validation takes.
std::string account_of(const WorkKey& key) {
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
  const WorkKind kind;
  const ca::Time now;
  const std::size_t at_most;
  Picked& picked;
  std::string skip_to{};  // where to go on, if not at the next row

  [[nodiscard]] bool is_full() const { return picked.to_run.size() >= at_most; }
};

WorkPicker::Picked WorkPicker::pick(const storage::Snapshot& snapshot,
                                    ca::Time now,
                                    std::size_t at_most) {
  Picked picked;
  for (const WorkKind kind : kAllKinds) {
    Turn turn{snapshot, kind, now, at_most, picked};
    const std::string begin = prefix_of(kind);
    const std::string resume = std::max(begin, resume_.at(index_of(kind)));
    look_through(turn, resume, {});
    if (resume != begin) look_through(turn, begin, resume);
  }
  return picked;
}

/// The rows of the kind from `from` on, and before `until` unless it is empty.
void WorkPicker::look_through(Turn& turn, std::string from, const std::string& until) {
  const std::string prefix = prefix_of(turn.kind);
  while (!from.empty() && free_places(turn.kind) > 0 && !turn.is_full()) {
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
  if (!has_share_left(*work)) {
    const WorkKey account{work->due, work->kind, account_of(*work)};
    turn.skip_to = after_all_with(account.encode());
    return storage::Scan::stop;
  }
  begin(*work, std::string(key));
  turn.picked.to_run.push_back(*std::move(work));
  const bool goes_on = free_places(turn.kind) > 0 && !turn.is_full();
  return goes_on ? storage::Scan::proceed : storage::Scan::stop;
}

std::optional<WorkKey> WorkPicker::decode(Turn& turn, std::string_view key) {
  try {
    WorkKey work = WorkKey::decode(key);
    require_field(work.kind != WorkKind::validate || work.subject.size() > kIdOctets,
                  "due_work.subject");
    return work;
  } catch (const storage::CorruptRecord&) {
    if (told_.size() < kMostTold && told_.emplace(key).second) {
      turn.picked.unreadable.emplace_back(key);
    }
    return std::nullopt;
  }
}

void WorkPicker::begin(const WorkKey& key, std::string encoded) {
  resume_.at(index_of(key.kind)) = encoded + '\0';
  running_.insert(std::move(encoded));
  ++count_.at(index_of(key.kind));
  if (key.kind == WorkKind::validate) ++validations_of_[account_of(key)];
}

void WorkPicker::end(const WorkKey& key) {
  running_.erase(key.encode());
  --count_.at(index_of(key.kind));
  if (key.kind != WorkKind::validate) return;
  const auto of_account = validations_of_.find(account_of(key));
  if (--of_account->second == 0) validations_of_.erase(of_account);
}

bool WorkPicker::has_share_left(const WorkKey& key) const {
  if (key.kind != WorkKind::validate) return true;
  const auto of_account = validations_of_.find(account_of(key));
  return of_account == validations_of_.end() ||
         of_account->second < limits_.validations_of_one_account;
}

std::size_t WorkPicker::free_places(WorkKind kind) const {
  return limits_.of_kind.at(index_of(kind)) - count_.at(index_of(kind));
}

}  // namespace acme
