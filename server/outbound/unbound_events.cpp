#include "server/outbound/unbound_events.h"

#include <sys/time.h>
#include <unbound-event.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace server {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Callback = void (*)(int, short, void*);

struct Base;

/// One event of libunbound: a descriptor, a timer or both. libunbound sees the ub_event in it.
struct Event : ub_event, std::enable_shared_from_this<Event> {
  Event(Base& owner, int watched, short wanted, Callback called, void* with);

  int add(const timeval* timeout);
  void del();
  void wait();
  void stop_waiting();

  Base& base;
  int fd;
  short bits;
  Callback callback;
  void* argument;
  asio::steady_timer timer;
  asio::posix::stream_descriptor descriptor;
  std::optional<Clock::duration> timeout;
  Clock::time_point deadline;
  bool is_added = false;
  // Tells the handlers of an earlier wait, which may be queued already, from those of this one.
  std::uint64_t wait_number = 0;

 private:
  void on_ready(short what);
  template <class Handler>
  auto for_this_wait(Handler handler);
};

/// What libunbound sees of the loop.
struct Base : ub_event_base {
  explicit Base(asio::any_io_executor chosen);

  asio::any_io_executor strand;
  std::weak_ptr<void> owner;
  std::function<void()> after_event;
  bool is_suspended = true;
  std::unordered_map<ub_event*, std::shared_ptr<Event>> events;
  std::unordered_set<Event*> added;
};

Event::Event(Base& owner, int watched, short wanted, Callback called, void* with)
    : ub_event{},
      base(owner),
      fd(watched),
      bits(wanted),
      callback(called),
      argument(with),
      timer(owner.strand),
      descriptor(owner.strand) {}

int Event::add(const timeval* limit) {
  if (fd >= 0 && !descriptor.is_open()) {
    boost::system::error_code error;
    descriptor.assign(fd, error);
    if (error) return -1;
  }
  stop_waiting();
  timeout.reset();
  if (limit != nullptr) {
    timeout = std::chrono::seconds(limit->tv_sec) + std::chrono::microseconds(limit->tv_usec);
    deadline = Clock::now() + *timeout;
  }
  is_added = true;
  base.added.insert(this);
  if (!base.is_suspended) wait();
  return 0;
}

void Event::del() {
  stop_waiting();
  is_added = false;
  base.added.erase(this);
  // libunbound closes the descriptor next; Asio must not know it any more by then.
  if (descriptor.is_open()) descriptor.release();
}

void Event::stop_waiting() {
  ++wait_number;
  boost::system::error_code ignored;
  timer.cancel();
  if (descriptor.is_open()) descriptor.cancel(ignored);
}

/// A handler that runs unless the wait it belongs to is over or the resolver is gone.
template <class Handler>
auto Event::for_this_wait(Handler handler) {
  return [weak = weak_from_this(), owner = base.owner, number = wait_number,
          handler](boost::system::error_code error) {
    const std::shared_ptr<void> alive = owner.lock();
    if (!alive) return;
    const std::shared_ptr<Event> self = weak.lock();
    if (!self || self->wait_number != number) return;
    // An error of the wait is found again by libunbound's own read or write.
    if (error != asio::error::operation_aborted) handler(*self);
  };
}

void Event::wait() {
  ++wait_number;
  if (descriptor.is_open() && (bits & UB_EV_READ) != 0) {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          for_this_wait([](Event& self) { self.on_ready(UB_EV_READ); }));
  }
  if (descriptor.is_open() && (bits & UB_EV_WRITE) != 0) {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                          for_this_wait([](Event& self) { self.on_ready(UB_EV_WRITE); }));
  }
  if (timeout) {
    timer.expires_at(deadline);
    timer.async_wait(for_this_wait([](Event& self) { self.on_ready(UB_EV_TIMEOUT); }));
  }
}

// As libevent does it: an event that does not persist is deactivated before it is told, and the
// timeout of one that persists begins anew.
void Event::on_ready(short what) {
  Base& loop = base;
  stop_waiting();
  const std::uint64_t number = wait_number;
  if ((bits & UB_EV_PERSIST) == 0) {
    is_added = false;
    loop.added.erase(this);
  } else if (timeout) {
    deadline = Clock::now() + *timeout;
  }
  callback(fd, what, argument);
  // libunbound may have freed, deactivated or added this event; our caller holds it.
  if (is_added && wait_number == number && !loop.is_suspended) wait();
  if (loop.after_event) loop.after_event();
}

Event& event_of(ub_event* event) {
  return *static_cast<Event*>(event);
}

// The functions libunbound calls. Their contracts are in unbound-event.h.

void add_bits(ub_event* event, short bits) {
  event_of(event).bits = static_cast<short>(event_of(event).bits | bits);
}

void del_bits(ub_event* event, short bits) {
  event_of(event).bits = static_cast<short>(event_of(event).bits & ~bits);
}

void set_fd(ub_event* event, int fd) {
  event_of(event).del();
  event_of(event).fd = fd;
}

void free_event(ub_event* event) {
  event_of(event).del();
  event_of(event).base.events.erase(event);
}

int add_event(ub_event* event, timeval* timeout) {
  return event_of(event).add(timeout);
}

int del_event(ub_event* event) {
  event_of(event).del();
  return 0;
}

int add_timer(
    ub_event* event, ub_event_base*, Callback callback, void* argument, timeval* timeout) {
  event_of(event).callback = callback;
  event_of(event).argument = argument;
  return event_of(event).add(timeout);
}

// Signals, Windows sockets and the loop itself are not libunbound's in this mode.
int no_signal(ub_event*, timeval*) {
  return -1;
}
int no_signal_to_delete(ub_event*) {
  return -1;
}
void no_windows_event(ub_event*) {}
void no_windows_socket(ub_event*, int) {}
void keep_base(ub_event_base*) {}
int no_dispatch(ub_event_base*) {
  return -1;
}
int no_exit(ub_event_base*, timeval*) {
  return -1;
}
ub_event* no_new_signal(ub_event_base*, int, Callback, void*) {
  return nullptr;
}
ub_event* no_new_windows_event(ub_event_base*, void*, Callback, void*) {
  return nullptr;
}

ub_event_vmt event_functions{
    add_bits,  del_bits,  set_fd,    free_event,          add_event,        del_event,
    add_timer, del_event, no_signal, no_signal_to_delete, no_windows_event, no_windows_socket};

ub_event* new_event(ub_event_base* base, int fd, short bits, Callback callback, void* argument) {
  auto& loop = *static_cast<Base*>(base);
  auto event = std::make_shared<Event>(loop, fd, bits, callback, argument);
  event->magic = UB_EVENT_MAGIC;
  event->vmt = &event_functions;
  ub_event* seen = event.get();
  loop.events.emplace(seen, std::move(event));
  return seen;
}

ub_event_base_vmt base_functions{keep_base, no_dispatch,   no_exit,
                                 new_event, no_new_signal, no_new_windows_event};

Base::Base(asio::any_io_executor chosen)
    : ub_event_base{UB_EVENT_MAGIC, &base_functions}, strand(std::move(chosen)) {}

}  // namespace

struct UnboundEvents::State : Base {
  using Base::Base;
};

UnboundEvents::UnboundEvents(asio::any_io_executor strand)
    : state_(std::make_unique<State>(std::move(strand))) {}

UnboundEvents::~UnboundEvents() {
  // Descriptors that libunbound left behind are not ours to close.
  for (const auto& [seen, event] : state_->events) event->del();
}

ub_event_base* UnboundEvents::base() {
  return state_.get();
}

void UnboundEvents::watch(std::weak_ptr<void> owner, std::function<void()> after_event) {
  state_->owner = std::move(owner);
  state_->after_event = std::move(after_event);
}

void UnboundEvents::suspend() {
  if (std::exchange(state_->is_suspended, true)) return;
  for (Event* event : state_->added) event->stop_waiting();
}

void UnboundEvents::resume() {
  if (!std::exchange(state_->is_suspended, false)) return;
  for (Event* event : state_->added) event->wait();
}

}  // namespace server
