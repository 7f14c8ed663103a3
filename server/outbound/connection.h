// One outbound connection of a validation: dialled at one address, closed by its deadline.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "ca/names/ip_address.h"

namespace server {

/// A socket that a timer closes. Touched by one thread at a time.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(const boost::asio::any_io_executor& executor)
      : socket(executor), timer_(executor) {}

  /// Replaces an earlier deadline.
  void close_at(std::chrono::steady_clock::time_point time);
  void close();
  /// Whether a deadline closed it.
  [[nodiscard]] bool late() const { return late_; }

  boost::asio::ip::tcp::socket socket;

 private:
  boost::asio::steady_timer timer_;
  bool late_ = false;
};

/// Closes the connection however the coroutine ends.
struct Closer {
  explicit Closer(std::shared_ptr<Connection> of) : connection(std::move(of)) {}
  ~Closer() { connection->close(); }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  std::shared_ptr<Connection> connection;
};

boost::asio::ip::tcp::endpoint endpoint_of(const ca::IpAddress& address, std::uint16_t port);

/// Why a connection could not be made, as the end of a sentence: "refused the connection".
std::string connect_sentence(const Connection& connection, boost::system::error_code error);

/// Throws boost::system::system_error if `error` says that this machine lacks descriptors, memory
/// or ports: not the other side's fault, so it must not end a validation.
void throw_own_shortage(boost::system::error_code error,
                        const boost::asio::ip::tcp::endpoint& place);

}  // namespace server
