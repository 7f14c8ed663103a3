#include "server/http/listener.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/http/accept_faults.h"
#include "server/http/bind_address.h"
#include "server/http/session.h"

namespace server {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr auto kBackOff = std::chrono::milliseconds(50);
constexpr auto kNever = std::chrono::steady_clock::time_point::max();

}  // namespace

/// The acceptor, the timers and the flags belong to `executor`; the list of sessions has a mutex of
/// its own.
struct Listener::State : std::enable_shared_from_this<Listener::State> {
  using Sessions = std::list<std::shared_ptr<Session>>;

  State(asio::any_io_executor executor_,
        SerialExecutors next_executor_,
        ListenerOptions options_,
        HttpHandler handler_,
        Logger& log_)
      : executor(std::move(executor_)),
        next_executor(std::move(next_executor_)),
        options(std::move(options_)),
        handler(std::move(handler_)),
        log(log_),
        acceptor(executor),
        back_off(executor),
        ended(executor, kNever) {}

  asio::awaitable<void> accept_until_closed();
  asio::awaitable<void> make_room();
  asio::awaitable<void> stop();
  asio::awaitable<void> wait_until_empty(std::chrono::milliseconds limit);
  void begin_or_drop(tcp::socket socket);
  void begin(tcp::socket socket);
  void end(Sessions::iterator session, const std::exception_ptr& failure);
  Sessions copy_of_sessions() const;
  std::shared_ptr<Session> longest_idle() const;

  asio::any_io_executor executor;
  SerialExecutors next_executor;
  ListenerOptions options;
  HttpHandler handler;
  RefusalCompletion complete_refusal;
  BodyLimit body_limit;
  Logger& log;
  tcp::acceptor acceptor;
  tcp::endpoint bound;
  asio::steady_timer back_off;
  asio::steady_timer ended;  // cancelled whenever a connection has ended
  std::shared_ptr<ServiceTerms> terms;
  bool stopping = false;
  mutable std::mutex mutex;
  Sessions sessions;  // in order of their beginning
  std::atomic<std::size_t> open = 0;
};

asio::awaitable<void> Listener::State::accept_until_closed() {
  const auto self = shared_from_this();
  bool exhausted = false;
  while (!stopping) {
    asio::any_io_executor home = next_executor();
    auto [error, socket] = co_await acceptor.async_accept(home, kNoThrow);
    if (!error) {
      exhausted = false;
      co_await make_room();
      if (!stopping) begin_or_drop(std::move(socket));
      continue;
    }
    const AcceptFault fault = accept_fault(error);
    if (fault == AcceptFault::closed) break;
    if (fault == AcceptFault::transient) continue;
    if (!std::exchange(exhausted, true)) {
      log.record(acme::Severity::error, "listener.exhausted",
                 {{"listener", options.name}, {"reason", error.message()}});
    }
    // Those that are being served keep their descriptors and get on; the kernel queues who waits.
    back_off.expires_after(kBackOff);
    co_await back_off.async_wait(kNoThrow);
  }
}

/// Returns when there is room for the connection just accepted, or when the listener stops.
asio::awaitable<void> Listener::State::make_room() {
  while (open >= options.limits.connections && !stopping) {
    if (const auto session = longest_idle()) session->close_if_idle();
    // A connection that became busy in the meantime does not end soon; look for another one after a
    // moment.
    back_off.expires_after(kBackOff);
    co_await back_off.async_wait(kNoThrow);
  }
}

/// One connection that cannot be begun (no memory for its TLS state) must not end the accepting of
/// others.
void Listener::State::begin_or_drop(tcp::socket socket) {
  try {
    begin(std::move(socket));
  } catch (const std::exception& error) {
    log.record(acme::Severity::error, "listener.dropped",
               {{"listener", options.name}, {"reason", error.what()}});
  }
}

void Listener::State::begin(tcp::socket socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  socket.set_option(tcp::no_delay(true), error);
  const asio::any_io_executor home = socket.get_executor();
  auto transport = options.tls ? make_tls_transport(std::move(socket), *options.tls)
                               : make_plain_transport(std::move(socket));
  auto session = std::make_shared<Session>(std::move(transport), home, text_of(peer), terms);
  Sessions::iterator place;
  {
    const std::scoped_lock lock(mutex);
    place = sessions.insert(sessions.end(), session);
  }
  ++open;
  auto when_done = [self = shared_from_this(), place](const std::exception_ptr& failure) {
    self->end(place, failure);
  };
  asio::co_spawn(
      home, session->run(),
      asio::bind_cancellation_slot(session->cancellation().slot(), std::move(when_done)));
}

void Listener::State::end(Sessions::iterator session, const std::exception_ptr& failure) {
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::operation_aborted) {
        log.record(acme::Severity::error, "http.connection_failed", {{"reason", error.what()}});
      }
    } catch (const std::exception& error) {
      log.record(acme::Severity::error, "http.connection_failed", {{"reason", error.what()}});
    }
  }
  {
    const std::scoped_lock lock(mutex);
    sessions.erase(session);
  }
  --open;
  asio::post(executor, [self = shared_from_this()] {
    self->ended.cancel();
    self->back_off.cancel();
  });
}

Listener::State::Sessions Listener::State::copy_of_sessions() const {
  const std::scoped_lock lock(mutex);
  return sessions;
}

std::shared_ptr<Session> Listener::State::longest_idle() const {
  const std::scoped_lock lock(mutex);
  std::shared_ptr<Session> longest;
  for (const std::shared_ptr<Session>& session : sessions) {
    if (!session->idle()) continue;
    if (!longest || session->last_active() < longest->last_active()) longest = session;
  }
  return longest;
}

asio::awaitable<void> Listener::State::stop() {
  const auto self = shared_from_this();
  stopping = true;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  back_off.cancel();
  for (const auto& session : copy_of_sessions()) session->drain();
  co_await wait_until_empty(options.limits.drain);
  if (open == 0) co_return;
  log.record(acme::Severity::warning, "listener.drain_ended",
             {{"listener", options.name}, {"connections", std::to_string(open)}});
  for (const auto& session : copy_of_sessions()) session->abort();
  co_await wait_until_empty(options.limits.drain);
}

asio::awaitable<void> Listener::State::wait_until_empty(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (open != 0 && std::chrono::steady_clock::now() < deadline) {
    ended.expires_at(deadline);
    co_await ended.async_wait(kNoThrow);
  }
}

Listener::Listener(asio::any_io_executor executor,
                   SerialExecutors next_executor,
                   ListenerOptions options,
                   HttpHandler handler,
                   Logger& log)
    : state_(std::make_shared<State>(std::move(executor),
                                     std::move(next_executor),
                                     std::move(options),
                                     std::move(handler),
                                     log)) {
  bind_and_listen(state_->acceptor, state_->options.address);
  state_->bound = state_->acceptor.local_endpoint();
}

Listener::~Listener() = default;

std::uint16_t Listener::port() const {
  return state_->bound.port();
}

void Listener::accept_hosts(std::vector<std::string> hosts) {
  state_->options.hosts = std::move(hosts);
}

void Listener::complete_refusals(RefusalCompletion completion) {
  state_->complete_refusal = std::move(completion);
}

void Listener::limit_bodies(BodyLimit limit) {
  state_->body_limit = std::move(limit);
}

void Listener::start() {
  const Scheme scheme = state_->options.tls ? Scheme::https : Scheme::http;
  const std::vector<std::string> hosts =
      state_->options.hosts.empty() ? default_hosts(state_->bound) : state_->options.hosts;
  state_->terms = std::make_shared<ServiceTerms>(
      state_->options.name, state_->options.limits, HostNames(scheme, hosts), state_->handler,
      state_->complete_refusal, state_->body_limit, state_->log);
  asio::co_spawn(state_->executor, state_->accept_until_closed(),
                 [state = state_](const std::exception_ptr& failure) {
                   if (!failure) return;
                   try {
                     std::rethrow_exception(failure);
                   } catch (const std::exception& error) {
                     state->log.record(
                         acme::Severity::error, "listener.failed",
                         {{"listener", state->options.name}, {"reason", error.what()}});
                   }
                 });
}

asio::awaitable<void> Listener::stop() {
  asio::awaitable<void> stopping = state_->stop();
  co_await asio::co_spawn(state_->executor, std::move(stopping), asio::use_awaitable);
}

std::size_t Listener::open_connections() const {
  return state_->open;
}

}  // namespace server
