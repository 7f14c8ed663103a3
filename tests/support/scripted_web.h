// A web server on loopback that sends exactly the bytes it was told to.
#pragma once

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tests {

/// What happens after the bytes: the connection is closed, stays silent, or gets them again for
/// ever.
enum class Ending { close, silence, repeat };

class ScriptedWeb {
 public:
  struct Script {
    std::string bytes;
    Ending ending = Ending::close;
  };

  ScriptedWeb() : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}) {
    auto accepting = accept();
    boost::asio::co_spawn(context_, std::move(accepting), boost::asio::detached);
  }
  ~ScriptedWeb() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  ScriptedWeb(const ScriptedWeb&) = delete;
  ScriptedWeb& operator=(const ScriptedWeb&) = delete;

  /// `place` is host and target: "a.example/x". Call before start().
  void script(const std::string& place, std::string bytes, Ending ending = Ending::close) {
    scripts_[place] = Script{std::move(bytes), ending};
  }
  void serve(const std::string& place, const std::string& body) {
    script(place,
           "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  void redirect(const std::string& place, const std::string& location, int status = 302) {
    script(place, "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location +
                      "\r\nContent-Length: 0\r\n\r\n");
  }
  void start() {
    thread_ = std::thread([this] { context_.run(); });
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  static constexpr auto kQuietly = boost::asio::as_tuple(boost::asio::use_awaitable);

  boost::asio::awaitable<void> accept() {
    while (true) {
      Socket socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
      ++connections_;
      auto answering = answer(std::move(socket));
      boost::asio::co_spawn(context_, std::move(answering), boost::asio::detached);
    }
  }

  static std::string between(const std::string& text,
                             const std::string& left,
                             const std::string& right) {
    const std::size_t start = text.find(left) + left.size();
    return text.substr(start, text.find(right, start) - start);
  }

  boost::asio::awaitable<void> answer(Socket socket) {
    std::string request;
    auto incoming = boost::asio::dynamic_buffer(request);
    const auto [error, size] =
        co_await boost::asio::async_read_until(socket, incoming, "\r\n\r\n", kQuietly);
    if (error) co_return;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request);
    }
    const auto found =
        scripts_.find(between(request, "Host: ", "\r\n") + between(request, " ", " "));
    if (found == scripts_.end()) co_return;
    const auto outgoing = boost::asio::buffer(found->second.bytes);
    do {
      const auto [write_error, written] =
          co_await boost::asio::async_write(socket, outgoing, kQuietly);
      if (write_error) co_return;
    } while (found->second.ending == Ending::repeat);
    if (found->second.ending == Ending::close) co_return;
    char octet = 0;
    const auto space = boost::asio::buffer(&octet, 1);
    co_await socket.async_read_some(space, kQuietly);
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::map<std::string, Script> scripts_;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace tests
