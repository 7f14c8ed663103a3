#include "server/http/session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server {
namespace {

namespace asio = boost::asio;

constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::size_t kBodyStep =
    16 * 1024;  // a claimed length costs memory only as far as bytes arrive
constexpr std::size_t kKeptOutput = 16 * 1024;
constexpr std::size_t kMaxLoggedText = 256;
constexpr std::size_t kMaxLoggedFact = 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kRetryAfterSeconds = "10";

std::string microseconds_since(std::chrono::steady_clock::time_point begun) {
  const auto elapsed = std::chrono::steady_clock::now() - begun;
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count());
}

bool is_operation_aborted(const std::exception& error) {
  const auto* const system = dynamic_cast<const boost::system::system_error*>(&error);
  return system != nullptr && system->code() == asio::error::operation_aborted;
}

}  // namespace

Session::Session(std::unique_ptr<Transport> transport,
                 asio::any_io_executor executor,
                 std::string peer,
                 std::shared_ptr<ServiceTerms> terms)
    : transport_(std::move(transport)),
      executor_(std::move(executor)),
      peer_(std::move(peer)),
      terms_(std::move(terms)),
      input_(terms_->limits.header_bytes),
      deadline_(executor_, [this] { on_deadline(); }) {}

asio::awaitable<void> Session::run() {
  const auto self = shared_from_this();
  if (co_await shake_hands()) {
    deadline_.expires_after(terms_->limits.header);
    while (co_await serve_one() == Next::request) deadline_.expires_after(terms_->limits.idle);
  }
  deadline_.stop();
  transport_->close();
}

asio::awaitable<bool> Session::shake_hands() {
  deadline_.expires_after(terms_->limits.handshake);
  const boost::system::error_code error = co_await transport_->handshake();
  if (error && error != asio::error::operation_aborted) log_incomplete("handshake", error);
  co_return !error;
}

asio::awaitable<Session::Next> Session::serve_one() {
  scanner_ = HeadScanner();
  const Arrival arrival = co_await receive_head();
  if (arrival == Arrival::gone) co_return Next::end;

  Exchange exchange{.request_id = terms_->request_ids.next(),
                    .method = {},
                    .path = {},
                    .user_agent = {},
                    .begun = std::chrono::steady_clock::now()};
  if (arrival == Arrival::broken) {
    Refusal refusal{.status = 400,
                    .detail = "These bytes are not an HTTP/1.1 request header (RFC 9112 §2.2)."};
    co_return co_await refuse(std::move(exchange), std::move(refusal));
  }
  if (arrival == Arrival::too_long) {
    Refusal refusal{.status = 431,
                    .detail = "The request header is longer than the " +
                              std::to_string(terms_->limits.header_bytes) + " bytes allowed."};
    co_return co_await refuse(std::move(exchange), std::move(refusal));
  }

  auto head = parse_head(input_.view().substr(0, scanner_.length()),
                         {.hosts = terms_->hosts,
                          .server_name = transport_->server_name(),
                          .body_bytes = terms_->limits.body_bytes,
                          .body_limit = &terms_->body_limit});
  if (!head) {
    exchange.method = head.error().method;
    exchange.path = head.error().path;
    exchange.user_agent = head.error().user_agent;
    co_return co_await refuse(std::move(exchange), std::move(head.error()));
  }
  input_.consume(scanner_.length());
  exchange.method = head->method;
  exchange.path = head->path;
  exchange.user_agent = head->user_agent;

  auto body = co_await receive_body(head->content_length, head->expectation);
  if (!body) co_return Next::end;

  const BodySent body_sent = head->method == "HEAD" ? BodySent::no : BodySent::yes;
  HttpRequest request{.method = std::move(head->method),
                      .path = std::move(head->path),
                      .query = std::move(head->query),
                      .content_type = std::move(head->content_type),
                      .user_agent = std::move(head->user_agent),
                      .if_none_match = std::move(head->if_none_match),
                      .if_match = std::move(head->if_match),
                      .authorization = std::move(head->authorization),
                      .accept_language = std::move(head->accept_language),
                      .idempotency_key = std::move(head->idempotency_key),
                      .body = std::move(*body),
                      .peer = peer_,
                      .request_id = exchange.request_id};
  HttpResponse response = co_await answer(std::move(request));
  const Persistence persistence = draining_ || overdue_ ? Persistence::close : head->persistence;
  co_return co_await send(std::move(exchange), std::move(response), body_sent, persistence);
}

asio::awaitable<Session::Arrival> Session::receive_head() {
  bool blank_line_seen = false;
  if (input_.empty()) {
    input_.shrink();
    if (draining_) co_return Arrival::gone;
    idle_ = true;
    const boost::system::error_code error = co_await receive_more();
    idle_ = false;
    if (error) co_return Arrival::gone;
  }
  deadline_.expires_after(terms_->limits.header);
  while (true) {
    switch (scanner_.scan(input_.view())) {
      case HeadScanner::Verdict::complete:
        // RFC 9112 §2.2: one empty line before a request is forgiven.
        if (scanner_.length() != 2) {
          co_return scanner_.length() > terms_->limits.header_bytes ? Arrival::too_long
                                                                    : Arrival::complete;
        }
        if (std::exchange(blank_line_seen, true)) co_return Arrival::broken;
        input_.consume(scanner_.length());
        scanner_ = HeadScanner();
        continue;
      case HeadScanner::Verdict::broken:
        co_return Arrival::broken;
      case HeadScanner::Verdict::incomplete:
        break;
    }
    if (input_.view().size() >= terms_->limits.header_bytes) co_return Arrival::too_long;
    if (const auto error = co_await receive_more()) {
      log_incomplete("header", error);
      co_return Arrival::gone;
    }
  }
}

asio::awaitable<boost::system::error_code> Session::receive_more() {
  const ReadResult read = co_await transport_->read_some(input_.space());
  input_.received(read.count);
  co_return read.error;
}

asio::awaitable<std::optional<std::string>> Session::receive_body(std::size_t length,
                                                                  Expectation expectation) {
  std::size_t filled = std::min(length, input_.view().size());
  std::string body(input_.view().substr(0, filled));
  input_.consume(filled);
  if (filled == length) co_return body;

  deadline_.expires_after(terms_->limits.body);
  // A client that has begun to send does not wait for the answer any more (RFC 9110 §10.1.1).
  if (expectation == Expectation::continue_100 && filled == 0) {
    if (co_await transport_->write(asio::buffer(kContinue))) co_return std::nullopt;
  }
  while (filled < length) {
    body.resize(std::min(length, filled + kBodyStep));
    const asio::mutable_buffer space(body.data() + filled, body.size() - filled);
    const ReadResult read = co_await transport_->read_some(space);
    filled += read.count;
    if (read.error) {
      log_incomplete("body", read.error);
      co_return std::nullopt;
    }
  }
  co_return body;
}

asio::awaitable<HttpResponse> Session::answer(HttpRequest request) {
  const std::string request_id = request.request_id;
  const std::string path = request.path;
  HttpResponse response;
  std::exception_ptr failure;
  deadline_.expires_after(terms_->limits.handler);
  answering_ = true;
  try {
    asio::awaitable<HttpResponse> answering = terms_->handler(std::move(request));
    response = co_await std::move(answering);
  } catch (...) {
    failure = std::current_exception();
  }
  answering_ = false;
  // A cancelled coroutine may not wait for anything; this one still has an answer to write.
  if (overdue_) co_await asio::this_coro::reset_cancellation_state();
  if (failure) co_return response_to(failure, request_id, path);
  co_return response;
}

/// Cancels whatever the handler waits for, or whatever the transport does.
void Session::on_deadline() {
  if (!answering_) return transport_->expire();
  overdue_ = true;
  cancellation_.emit(asio::cancellation_type::terminal);
}

/// Handlers answer for their own exceptions. What comes here is the deadline, or a handler that did
/// not.
HttpResponse Session::response_to(const std::exception_ptr& failure,
                                  std::string_view request_id,
                                  std::string_view path) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    if (overdue_ || is_operation_aborted(error)) {
      HttpResponse response = refusal_response(
          {.status = 503,
           .detail = "The request took too long and was given up; repeat it later.",
           .path = std::string(path)});
      response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
      return response;
    }
    terms_->log.record(acme::Severity::error, "http.handler_failed",
                       {{"request", std::string(request_id)}, {"reason", error.what()}});
  } catch (...) {
    terms_->log.record(acme::Severity::error, "http.handler_failed",
                       {{"request", std::string(request_id)}, {"reason", "not a std::exception"}});
  }
  return refusal_response(
      {.status = 500,
       .detail = "An internal error happened; the operator finds it in the log as request " +
                 std::string(request_id) + ".",
       .path = std::string(path)});
}

asio::awaitable<Session::Next> Session::refuse(Exchange exchange, Refusal refusal) {
  const BodySent body_sent = exchange.method == "HEAD" ? BodySent::no : BodySent::yes;
  HttpResponse response = refusal_response(refusal);
  return send(std::move(exchange), std::move(response), body_sent, Persistence::close);
}

/// A refusal answers a request like any other, so it carries what every answer carries
/// (RFC 8555 §6.5: a nonce in error responses as well).
HttpResponse Session::refusal_response(const Refusal& refusal) {
  HttpResponse response = response_of(refusal);
  if (!terms_->complete_refusal) return response;
  try {
    terms_->complete_refusal(response, refusal.path);
  } catch (const std::exception& error) {
    terms_->log.record(acme::Severity::error, "http.refusal_incomplete",
                       {{"reason", error.what()}});
  }
  return response;
}

asio::awaitable<Session::Next> Session::send(Exchange exchange,
                                             HttpResponse response,
                                             BodySent body_sent,
                                             Persistence persistence) {
  output_.clear();
  append_response(output_, response, body_sent, persistence, std::chrono::system_clock::now());
  deadline_.expires_after(terms_->limits.body);
  const boost::system::error_code error = co_await transport_->write(asio::buffer(output_));
  if (error) response.log_facts.emplace_back("undelivered", error.message());
  log_exchange(exchange, response, output_.size());
  if (output_.capacity() > kKeptOutput) output_ = std::string();
  if (error) co_return Next::end;
  last_active_ = std::chrono::steady_clock::now().time_since_epoch().count();
  if (persistence == Persistence::keep_alive) co_return Next::request;
  deadline_.expires_after(kLinger);
  co_await transport_->finish();
  co_return Next::end;
}

void Session::log_exchange(const Exchange& exchange,
                           const HttpResponse& response,
                           std::size_t bytes) {
  std::vector<std::pair<std::string_view, std::string>> facts;
  facts.reserve(9 + response.log_facts.size());
  facts.emplace_back("request", exchange.request_id);
  facts.emplace_back("listener", terms_->name);
  facts.emplace_back("peer", peer_);
  facts.emplace_back("method", exchange.method.substr(0, kMaxLoggedText));
  facts.emplace_back("path", exchange.path.substr(0, kMaxLoggedText));
  facts.emplace_back("status", std::to_string(response.status));
  facts.emplace_back("bytes", std::to_string(bytes));
  facts.emplace_back("micros", microseconds_since(exchange.begun));
  for (const auto& [key, value] : response.log_facts) {
    facts.emplace_back(key, value.substr(0, kMaxLoggedFact));
  }
  facts.emplace_back("agent", exchange.user_agent.substr(0, kMaxLoggedText));
  terms_->log.record(acme::Severity::info, "http.request", facts);
}

void Session::log_incomplete(std::string_view phase, const boost::system::error_code& error) {
  terms_->log.record(
      acme::Severity::info, "http.incomplete",
      {{"listener", terms_->name},
       {"peer", peer_},
       {"phase", std::string(phase)},
       {"reason", error == asio::error::timed_out ? "the deadline passed" : error.message()}});
}

void Session::drain() {
  asio::post(executor_, [self = shared_from_this()] {
    self->draining_ = true;
    if (self->idle()) self->transport_->close();
  });
}

void Session::abort() {
  asio::post(executor_, [self = shared_from_this()] {
    self->transport_->close();
    self->cancellation_.emit(asio::cancellation_type::terminal);
  });
}

void Session::close_if_idle() {
  asio::post(executor_, [self = shared_from_this()] {
    if (self->idle()) self->transport_->close();
  });
}

}  // namespace server
