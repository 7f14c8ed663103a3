#include "acme/fulfilment/due_work.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "acme/fulfilment/crl_work.h"
#include "acme/fulfilment/issuance_work.h"
#include "acme/fulfilment/recovery.h"
#include "acme/fulfilment/validation_work.h"
#include "acme/records/due_work_record.h"

namespace acme {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kKinds = 3;
/// A clock that is set forward must not leave rows waiting for long.
constexpr std::chrono::seconds kLongestNap{30};
constexpr std::chrono::seconds kLongestBackOff{300};

std::size_t index_of(WorkKind kind) {
  return static_cast<std::size_t>(kind) - 1;
}

std::string_view name_of(WorkKind kind) {
  static constexpr std::array<std::string_view, kKinds> kNames{"validate", "issue", "publish_crl"};
  return kNames.at(index_of(kind));
}

/// 1, 2, 4 … seconds.
std::chrono::seconds back_off(std::uint64_t failures) {
  constexpr std::uint64_t kSteps = 9;
  return std::min(std::chrono::seconds(std::int64_t{1} << std::min(failures, kSteps)),
                  kLongestBackOff);
}

asio::awaitable<void> run_one(Services& services, WorkKey key, std::chrono::seconds deadline) {
  switch (key.kind) {
    case WorkKind::validate:
      return run_validation(services, std::move(key), deadline);
    case WorkKind::issue:
      return run_issuance(services, std::move(key));
    case WorkKind::publish_crl:
      return run_crl_publication(services, std::move(key));
  }
  std::unreachable();
}

/// Moves the row of a failed run into the future. Does nothing if the row is gone.
void postpone(storage::Transaction& transaction, const WorkKey& key, ca::Time now) {
  auto record = kDueWork.get(transaction, key.encode());
  if (!record) return;
  WorkKey later = key;
  later.due = now + back_off(record->failures);
  ++record->failures;
  kDueWork.erase(transaction, key.encode());
  put_work(transaction, later, *record);
  if (key.kind != WorkKind::publish_crl) return;
  if (auto schedule = kCrlSchedules.get(transaction, key.subject)) {
    schedule->due = later.due;
    kCrlSchedules.put(transaction, key.subject, *schedule);
  }
}

enum class Ended { done, postponed, stuck };

/// Runs one piece to its end, whatever happens. A piece that fails is postponed; if even that fails
/// it is stuck until it is looked at again.
asio::awaitable<Ended> run_to_end(Services& services, WorkKey key, std::chrono::seconds deadline) {
  std::string fault;
  try {
    co_await run_one(services, key, deadline);
    co_return Ended::done;
  } catch (const std::exception& error) {
    fault = error.what();
  }
  services.events.record(Severity::error, "due_work.failed",
                         {{"kind", std::string(name_of(key.kind))}, {"fault", fault}});
  try {
    const ca::Time now = services.clock.seconds();
    auto write = [key, now](storage::Transaction& transaction) { postpone(transaction, key, now); };
    co_await services.store.write(std::move(write));
    co_return Ended::postponed;
  } catch (const std::exception& error) {
    fault = error.what();
  }
  services.events.record(Severity::error, "due_work.stuck",
                         {{"kind", std::string(name_of(key.kind))}, {"fault", fault}});
  co_return Ended::stuck;
}

}  // namespace

/// Everything but `woken` is touched on the strand only.
struct DueWorkRunner::State : std::enable_shared_from_this<DueWorkRunner::State> {
  State(Services& services_in, asio::any_io_executor executor_in, Limits limits_in)
      : services(services_in),
        executor(std::move(executor_in)),
        strand(asio::make_strand(executor)),
        limits(limits_in),
        nap(strand),
        ended(strand) {}

  struct Look {
    std::vector<WorkKey> to_run;
    std::optional<ca::Time> next;  // the first row that is not due yet
  };

  [[nodiscard]] std::size_t limit_of(WorkKind kind) const {
    switch (kind) {
      case WorkKind::validate:
        return limits.concurrent_validations;
      case WorkKind::issue:
        return limits.concurrent_issuances;
      case WorkKind::publish_crl:
        return 1;
    }
    std::unreachable();
  }

  Look look(ca::Time now) const;
  void start(const WorkKey& key);
  void on_end(const WorkKey& key);
  asio::awaitable<void> piece(WorkKey key);
  asio::awaitable<void> loop();
  asio::awaitable<void> recover_persistently();
  asio::awaitable<void> drain();

  Services& services;
  asio::any_io_executor executor;
  asio::strand<asio::any_io_executor> strand;
  const Limits limits;
  asio::steady_timer nap;    // cancelled by wake()
  asio::steady_timer ended;  // cancelled whenever something ends
  std::atomic<bool> woken{false};
  bool is_recovered = false;
  bool is_looping = false;
  bool is_stopping = false;
  std::set<WorkKey> in_flight;
  std::array<std::size_t, kKinds> running{};
};

DueWorkRunner::State::Look DueWorkRunner::State::look(ca::Time now) const {
  Look result;
  std::array<std::size_t, kKinds> taken = running;
  services.store.read([&](const storage::Snapshot& snapshot) {
    kDueWork.scan_prefix(snapshot, "", [&](std::string_view bytes, const WorkRecord&) {
      WorkKey key = WorkKey::decode(bytes);
      if (key.due > now) {
        result.next = key.due;
        return storage::Scan::stop;
      }
      std::size_t& count = taken.at(index_of(key.kind));
      if (count < limit_of(key.kind) && !in_flight.contains(key)) {
        ++count;
        result.to_run.push_back(std::move(key));
      }
      return storage::Scan::proceed;
    });
  });
  return result;
}

asio::awaitable<void> DueWorkRunner::State::piece(WorkKey key) {
  constexpr std::chrono::seconds kPause{1};
  const Ended how = co_await run_to_end(services, key, limits.validation_deadline);
  if (how != Ended::stuck) co_return;
  // Its row is still due: without a pause it would be tried again and again without end.
  asio::steady_timer pause(co_await asio::this_coro::executor, kPause);
  co_await pause.async_wait(asio::use_awaitable);
}

void DueWorkRunner::State::start(const WorkKey& key) {
  in_flight.insert(key);
  ++running.at(index_of(key.kind));
  // A strand of its own, because a piece races its work against a timer.
  asio::co_spawn(asio::make_strand(executor), piece(key),
                 asio::bind_executor(strand, [self = shared_from_this(), key](std::exception_ptr) {
                   self->on_end(key);
                 }));
}

void DueWorkRunner::State::on_end(const WorkKey& key) {
  in_flight.erase(key);
  --running.at(index_of(key.kind));
  woken = true;  // a place is free, and the row may have a successor
  nap.cancel();
  ended.cancel();
}

asio::awaitable<void> DueWorkRunner::State::recover_persistently() {
  while (!is_recovered && !is_stopping) {
    try {
      co_await recover(services);
      is_recovered = true;
      co_return;
    } catch (const std::exception& error) {
      services.events.record(Severity::error, "recovery.failed", {{"fault", error.what()}});
    }
    nap.expires_after(kLongestNap);
    co_await nap.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<void> DueWorkRunner::State::loop() {
  is_looping = true;
  co_await recover_persistently();
  while (!is_stopping) {
    woken = false;
    std::chrono::milliseconds sleep = kLongestNap;
    try {
      const auto now = services.clock.now();
      const Look found = look(std::chrono::floor<std::chrono::seconds>(now));
      for (const WorkKey& key : found.to_run) start(key);
      if (found.next) {
        sleep = std::min(sleep, std::chrono::ceil<std::chrono::milliseconds>(*found.next - now));
      }
    } catch (const std::exception& error) {
      services.events.record(Severity::error, "due_work.unreadable", {{"fault", error.what()}});
      sleep = std::chrono::seconds(1);
    }
    if (woken) continue;
    nap.expires_after(sleep);
    co_await nap.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  is_looping = false;
  ended.cancel();
}

asio::awaitable<void> DueWorkRunner::State::drain() {
  is_stopping = true;
  woken = true;
  nap.cancel();
  while (is_looping || !in_flight.empty()) {
    ended.expires_at(asio::steady_timer::time_point::max());
    co_await ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

DueWorkRunner::DueWorkRunner(Services& services, asio::any_io_executor executor, Limits limits)
    : state_(std::make_shared<State>(services, std::move(executor), limits)) {}

DueWorkRunner::~DueWorkRunner() = default;

asio::awaitable<void> DueWorkRunner::run() {
  auto state = state_;
  auto work = state->loop();
  co_await asio::co_spawn(state->strand, std::move(work), asio::use_awaitable);
}

void DueWorkRunner::wake() {
  if (state_->woken.exchange(true)) return;
  asio::post(state_->strand, [state = state_] { state->nap.cancel(); });
}

asio::awaitable<void> DueWorkRunner::stop() {
  auto state = state_;
  auto work = state->drain();
  co_await asio::co_spawn(state->strand, std::move(work), asio::use_awaitable);
}

asio::awaitable<std::size_t> DueWorkRunner::step() {
  auto state = state_;
  if (!state->is_recovered) {
    co_await recover(state->services);
    state->is_recovered = true;
  }
  const State::Look found = state->look(state->services.clock.seconds());
  for (const WorkKey& key : found.to_run) {
    co_await run_to_end(state->services, key, state->limits.validation_deadline);
  }
  co_return found.to_run.size();
}

std::optional<ca::Time> DueWorkRunner::next_due() const {
  return state_->services.store.read([](const storage::Snapshot& snapshot) {
    std::optional<ca::Time> first;
    kDueWork.scan_prefix(snapshot, "", [&](std::string_view key, const WorkRecord&) {
      first = WorkKey::decode(key).due;
      return storage::Scan::stop;
    });
    return first;
  });
}

}  // namespace acme
