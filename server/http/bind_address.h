// The socket a listener is bound to.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace server {

/// Reads "127.0.0.1:14000" or "[::1]:0". Throws std::runtime_error with one sentence for anything
/// else.
boost::asio::ip::tcp::endpoint parse_address(std::string_view text);

/// "127.0.0.1:14000", "[::1]:14000".
std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint);

/// Binds `acceptor` to `address` and listens. Throws std::runtime_error with one sentence that says
/// why not.
void bind_and_listen(boost::asio::ip::tcp::acceptor& acceptor, std::string_view address);

/// The Host values a listener at `endpoint` goes by when it has no configured name: the address
/// itself and the loopback names.
std::vector<std::string> default_hosts(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace server
