// A real Listener on a loopback port of the system's choice, run by its own threads, with a handler
// that remembers what it was asked.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "server/http/listener.h"
#include "server/log/logger.h"
#include "server/tls/tls_context.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tls_files.h"

namespace tests {

class HttpService {
 public:
  struct Options {
    server::HttpLimits limits{};
    std::shared_ptr<server::TlsContext> tls{};
    std::vector<std::string> hosts{"ca.test"};
    std::string address = "127.0.0.1:0";
    unsigned threads = 1;
    server::RefusalCompletion complete_refusal{};
    server::BodyLimit body_limit{};
  };

  HttpService() : HttpService(Options{}) {}
  explicit HttpService(Options options, server::HttpHandler handler = {})
      : log_(log_file()),
        handler_(std::move(handler)),
        listener_(std::make_unique<server::Listener>(
            boost::asio::make_strand(context_),
            [this] { return boost::asio::any_io_executor(boost::asio::make_strand(context_)); },
            server::ListenerOptions{.address = options.address,
                                    .hosts = options.hosts,
                                    .limits = options.limits,
                                    .tls = options.tls,
                                    .name = "test"},
            [this](server::HttpRequest request) { return answer(std::move(request)); },
            log_)) {
    listener_->complete_refusals(std::move(options.complete_refusal));
    listener_->limit_bodies(std::move(options.body_limit));
    listener_->start();
    for (unsigned i = 0; i < options.threads; ++i)
      threads_.emplace_back([this] { context_.run(); });
  }
  ~HttpService() {
    stop();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
  }
  HttpService(const HttpService&) = delete;
  HttpService& operator=(const HttpService&) = delete;

  void stop() { boost::asio::co_spawn(context_, listener_->stop(), boost::asio::use_future).get(); }
  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  [[nodiscard]] server::Listener& listener() { return *listener_; }
  [[nodiscard]] boost::asio::io_context& context() { return context_; }

  /// "POST /path body" of every request the handler was given, in order.
  [[nodiscard]] std::vector<std::string> seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }
  /// Everything logged so far.
  [[nodiscard]] std::string log_text() {
    log_.flush();
    std::ifstream file(log_file());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  static std::shared_ptr<server::TlsContext> make_tls() {
    const TlsFiles files;
    return std::make_shared<server::TlsContext>(files.certificate(), files.key());
  }

 private:
  [[nodiscard]] std::filesystem::path log_file() const { return dir_ / "log"; }

  boost::asio::awaitable<server::HttpResponse> answer(server::HttpRequest request) {
    {
      const std::scoped_lock lock(mutex_);
      seen_.push_back(request.method + " " + request.path + " " + request.body);
    }
    if (handler_) {
      auto answering = handler_(std::move(request));
      co_return co_await std::move(answering);
    }
    server::HttpResponse response;
    response.body = "answer to " + request.path;
    co_return response;
  }

  TempDir dir_;
  server::Logger log_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ =
      boost::asio::make_work_guard(context_);
  server::HttpHandler handler_;
  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
  std::unique_ptr<server::Listener> listener_;
  std::vector<std::thread> threads_;
};

}  // namespace tests
