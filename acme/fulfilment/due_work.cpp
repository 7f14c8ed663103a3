#include "acme/fulfilment/due_work.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "acme/fulfilment/crl_work.h"
#include "acme/fulfilment/ct_work.h"
#include "acme/fulfilment/incident_work.h"
#include "acme/fulfilment/issuance_work.h"
#include "acme/fulfilment/recovery.h"
#include "acme/fulfilment/renewal_work.h"
#include "acme/fulfilment/store_caution.h"
#include "acme/fulfilment/validation_work.h"
#include "acme/fulfilment/work_picker.h"
#include "acme/in_quotes.h"
#include "acme/records/due_work_record.h"
#include "storage/storage_error.h"

namespace acme {

namespace asio = boost::asio;

namespace {

/// A clock that is set forward must not leave rows waiting for long.
constexpr std::chrono::seconds kLongestNap{30};
constexpr std::size_t kLoggedAtOnce = 16;
constexpr std::chrono::seconds kLongestBackOff{300};

/// 1, 2, 4 … seconds.
std::chrono::seconds back_off(std::uint64_t failures) {
  constexpr std::uint64_t kSteps = 9;
  return std::min(std::chrono::seconds(std::int64_t{1} << std::min(failures, kSteps)),
                  kLongestBackOff);
}

/// The count of failures of a row; a count that is damaged begins anew.
std::optional<WorkRecord> read_record(const storage::Snapshot& snapshot, const std::string& key) {
  try {
    return kDueWork.get(snapshot, key);
  } catch (const storage::CorruptRecord&) {
    return WorkRecord{};
  }
}

/// Moves the row of a failed run into the future. Does nothing if the row is gone.
void postpone(storage::Transaction& transaction, const WorkKey& key, ca::Time now) {
  auto record = read_record(transaction, key.encode());
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

enum class Ended { stored, not_stored };

/// A store that is full or dead refuses the next outcome too.
Ended judge(const std::exception& fault) {
  const bool is_refusal = dynamic_cast<const storage::StorageFull*>(&fault) != nullptr ||
                          dynamic_cast<const storage::StoreDead*>(&fault) != nullptr;
  return is_refusal ? Ended::not_stored : Ended::stored;
}

/// Runs one piece to its end, whatever happens. A piece that fails is postponed; if even that fails
/// its row stays as it is.
asio::awaitable<Ended> run_to_end(Services& services, const WorkHandler& handler, WorkKey key) {
  std::string fault;
  Ended ended = Ended::stored;
  try {
    auto running = handler.run(key);
    co_await std::move(running);
    co_return Ended::stored;
  } catch (const std::exception& error) {
    fault = error.what();
    ended = judge(error);
  }
  services.events.record(Severity::error, "due_work.failed",
                         {{"kind", std::string(storage::text_of(key.kind))}, {"fault", fault}});
  try {
    const ca::Time now = services.clock.seconds();
    auto write = [key, now](storage::Transaction& transaction) { postpone(transaction, key, now); };
    co_await services.store.write(std::move(write));
    co_return ended;
  } catch (const std::exception& error) {
    fault = error.what();
  }
  services.events.record(Severity::error, "due_work.stuck",
                         {{"kind", std::string(storage::text_of(key.kind))}, {"fault", fault}});
  co_return Ended::not_stored;
}

/// What runs the kinds of this floor, beside those of `others`.
WorkHandlers all_handlers(Services& services,
                          const DueWorkRunner::Limits& limits,
                          WorkHandlers others) {
  const auto validation = [&services, deadline = limits.validation_deadline](WorkKey key) {
    return run_validation(services, std::move(key), deadline);
  };
  const auto issuance = [&services](WorkKey key) { return run_issuance(services, std::move(key)); };
  const auto renewal = [&services](WorkKey key) { return run_renewal(services, std::move(key)); };
  const auto crl = [&services](WorkKey key) {
    return run_crl_publication(services, std::move(key));
  };
  const auto incident = [&services](WorkKey key) { return run_incident(services, std::move(key)); };
  const auto logging = [&services](WorkKey key) {
    return run_certificate_logging(services, std::move(key));
  };
  others[WorkKind::validate] = {validation,
                                {limits.concurrent_validations, limits.validations_of_one_account}};
  others[WorkKind::issue] = {issuance, {limits.concurrent_issuances}};
  others[WorkKind::renew_certificate] = {renewal, {limits.concurrent_issuances}};
  others[WorkKind::publish_crl] = {crl, {1}};
  others[WorkKind::run_incident] = {incident, {1}};
  others[WorkKind::log_certificate] = {logging, {kLoggedAtOnce}};
  return others;
}

WorkPicker::Limits limits_of(const WorkHandlers& handlers) {
  WorkPicker::Limits limits;
  for (const auto& [kind, handler] : handlers) limits[kind] = handler.places;
  return limits;
}

/// The same kinds without a limit, for one piece after the other.
WorkPicker::Limits no_limits(const WorkHandlers& handlers) {
  WorkPicker::Limits limits;
  for (const auto& [kind, handler] : handlers) {
    limits[kind] = {std::numeric_limits<std::size_t>::max()};
  }
  return limits;
}

/// Timers to cancel when a piece ends, by its encoded key.
using Waiters = std::multimap<std::string, asio::steady_timer*>;

/// Puts a timer there, and takes it away on every way out.
class Waiting {
 public:
  Waiting(Waiters& waiters, const std::string& key, asio::steady_timer& timer)
      : waiters_(waiters), place_(waiters.emplace(key, &timer)) {}
  ~Waiting() { waiters_.erase(place_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Waiters& waiters_;
  Waiters::iterator place_;
};

}  // namespace

/// Everything but `woken` is touched on the runner's executor only.
struct DueWorkRunner::State : std::enable_shared_from_this<DueWorkRunner::State> {
  State(Services& services_in, Executors executors_in, WorkHandlers handlers_in)
      : services(services_in),
        executors(std::move(executors_in)),
        handlers(std::move(handlers_in)),
        nap(executors.runner),
        ended(executors.runner),
        picker(limits_of(handlers)) {}

  WorkPicker::Picked look(ca::Time now, std::size_t at_most);
  void start(const WorkKey& key);
  void on_end(const WorkKey& key, Ended how);
  asio::awaitable<void> finish(WorkKey key, std::chrono::milliseconds patience);
  std::chrono::milliseconds start_what_is_due();
  asio::awaitable<void> loop();
  asio::awaitable<void> recover_persistently();
  asio::awaitable<void> see_to_crl();
  asio::awaitable<void> drain();

  Services& services;
  Executors executors;
  const WorkHandlers handlers;
  asio::steady_timer nap;    // cancelled by wake()
  asio::steady_timer ended;  // cancelled whenever something ends
  std::atomic<bool> woken{false};
  bool is_recovered = false;
  bool has_crl = false;
  bool is_looping = false;
  bool is_stopping = false;
  WorkPicker picker;
  StoreCaution caution;
  Waiters waiting;
};

/// Nothing is picked while the store takes no writes: a challenge would be attempted in vain.
WorkPicker::Picked DueWorkRunner::State::look(ca::Time now, std::size_t at_most) {
  if (!services.store.status().accepts_writes) return {};
  WorkPicker::Picked picked = services.store.read(
      [&](const storage::Snapshot& snapshot) { return picker.pick(snapshot, now, at_most); });
  for (const std::string& key : picked.unreadable) {
    services.events.record(Severity::error, "due_work.unreadable", {{"key", in_quotes(key)}});
  }
  return picked;
}

void DueWorkRunner::State::start(const WorkKey& key) {
  auto run = run_to_end(services, handlers.at(key.kind), key);
  asio::co_spawn(executors.piece(key.kind), std::move(run),
                 asio::bind_executor(executors.runner, [self = shared_from_this(), key](
                                                           std::exception_ptr fault, Ended how) {
                   self->on_end(key, fault ? Ended::not_stored : how);
                 }));
}

void DueWorkRunner::State::on_end(const WorkKey& key, Ended how) {
  picker.end(key);
  if (how == Ended::stored) {
    caution.on_stored();
  } else {
    caution.on_refused(std::chrono::steady_clock::now());
  }
  const auto [first, last] = waiting.equal_range(key.encode());
  for (auto each = first; each != last; ++each) each->second->cancel();
  woken = true;  // a place is free, and the row may have a successor
  nap.cancel();
  ended.cancel();
}

asio::awaitable<void> DueWorkRunner::State::finish(WorkKey key,
                                                   std::chrono::milliseconds patience) {
  const auto alive = shared_from_this();
  const std::string encoded = key.encode();
  // A row that is there is still to end, and that is told here, after this look; one that has gone
  // has ended.
  const bool is_there = services.store.read([&](const storage::Snapshot& snapshot) {
    return snapshot.get(kDueWork.name(), encoded).has_value();
  });
  if (!is_there) co_return;
  asio::steady_timer timer(executors.runner, patience);
  const Waiting here(waiting, encoded, timer);
  woken = true;
  nap.cancel();
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
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

/// A store that is full must not keep everything else waiting for the CRL: it is asked for again.
asio::awaitable<void> DueWorkRunner::State::see_to_crl() {
  if (has_crl) co_return;
  try {
    co_await ensure_crl(services);
    has_crl = true;
  } catch (const std::exception& error) {
    services.events.record(Severity::error, "crl.not_requested", {{"fault", error.what()}});
  }
}

/// Returns how long to sleep unless something happens.
std::chrono::milliseconds DueWorkRunner::State::start_what_is_due() {
  const std::chrono::milliseconds wait = caution.wait(std::chrono::steady_clock::now());
  if (wait > wait.zero()) return wait;
  const std::size_t at_most =
      caution.is_probing() ? (picker.is_idle() ? 1 : 0) : std::numeric_limits<std::size_t>::max();
  const auto now = services.clock.now();
  const WorkPicker::Picked found = look(std::chrono::floor<std::chrono::seconds>(now), at_most);
  for (const WorkKey& key : found.to_run) start(key);
  if (!found.next) return kLongestNap;
  return std::min<std::chrono::milliseconds>(
      kLongestNap, std::chrono::ceil<std::chrono::milliseconds>(*found.next - now));
}

asio::awaitable<void> DueWorkRunner::State::loop() {
  is_looping = true;
  co_await recover_persistently();
  while (!is_stopping) {
    co_await see_to_crl();
    if (is_stopping) break;  // the flag below may be all that tells of it
    woken = false;
    std::chrono::milliseconds sleep = std::chrono::seconds(1);
    try {
      sleep = start_what_is_due();
    } catch (const std::exception& error) {
      services.events.record(Severity::error, "due_work.unreadable", {{"fault", error.what()}});
    }
    // Cancelling a timer that is not waited for does nothing: hence the flag.
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
  while (is_looping || !picker.is_idle()) {
    ended.expires_at(asio::steady_timer::time_point::max());
    co_await ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

DueWorkRunner::Executors DueWorkRunner::Executors::all_on(const asio::any_io_executor& one) {
  return {.runner = asio::make_strand(one),
          .piece = [one](WorkKind) { return asio::any_io_executor(asio::make_strand(one)); }};
}

DueWorkRunner::DueWorkRunner(Services& services,
                             Executors executors,
                             Limits limits,
                             WorkHandlers others)
    : state_(std::make_shared<State>(
          services, std::move(executors), all_handlers(services, limits, std::move(others)))) {}

DueWorkRunner::~DueWorkRunner() = default;

asio::awaitable<void> DueWorkRunner::run() {
  auto state = state_;
  auto work = state->loop();
  co_await asio::co_spawn(state->executors.runner, std::move(work), asio::use_awaitable);
}

void DueWorkRunner::wake() {
  if (state_->woken.exchange(true)) return;
  asio::post(state_->executors.runner, [state = state_] { state->nap.cancel(); });
}

asio::awaitable<void> DueWorkRunner::finish(WorkKey key, std::chrono::milliseconds patience) {
  auto state = state_;
  auto work = state->finish(std::move(key), patience);
  co_await asio::co_spawn(state->executors.runner, std::move(work), asio::use_awaitable);
}

asio::awaitable<void> DueWorkRunner::stop() {
  auto state = state_;
  auto work = state->drain();
  co_await asio::co_spawn(state->executors.runner, std::move(work), asio::use_awaitable);
}

asio::awaitable<std::size_t> DueWorkRunner::step() {
  auto state = state_;
  if (!state->is_recovered) {
    co_await recover(state->services);
    state->is_recovered = true;
  }
  co_await state->see_to_crl();
  // One piece runs at a time, so no limit applies.
  state->picker = WorkPicker(no_limits(state->handlers));
  const WorkPicker::Picked found =
      state->look(state->services.clock.seconds(), std::numeric_limits<std::size_t>::max());
  for (const WorkKey& key : found.to_run) {
    co_await run_to_end(state->services, state->handlers.at(key.kind), key);
  }
  co_return found.to_run.size();
}

}  // namespace acme
