// A name server on loopback for signed zones, over UDP and TCP.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/signed_zones.h"

namespace tests {

/// Answers like a resolver that has asked the zones and claims to have checked what they say (AD).
/// Add zones, parents before children, and start().
class SignedNameServer {
 public:
  SignedNameServer() {
    // The same port for both, which the kernel only promises for one.
    for (;;) {
      boost::system::error_code error;
      udp_ = boost::asio::ip::udp::socket(context_, {boost::asio::ip::address_v4::loopback(), 0});
      boost::asio::ip::tcp::acceptor acceptor(context_, boost::asio::ip::tcp::v4());
      acceptor.bind({boost::asio::ip::address_v4::loopback(), port()}, error);
      if (error) continue;
      acceptor.listen();
      tcp_ = std::move(acceptor);
      return;
    }
  }
  ~SignedNameServer() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  SignedNameServer(const SignedNameServer&) = delete;
  SignedNameServer& operator=(const SignedNameServer&) = delete;

  SignedZone& zone(const std::string& name, ZoneFault fault = ZoneFault::none) {
    auto made =
        std::make_unique<SignedZone>(name, fault, static_cast<char>('a' + zones_.size() * 2));
    for (const auto& each : zones_) {
      if (name == each->name() || !name.ends_with("." + each->name())) continue;
      each->delegate(*made);
    }
    zones_.push_back(std::move(made));
    return *zones_.back();
  }
  /// Over UDP every answer about `owner` is cut off (RFC 2181 §9).
  void truncate(const std::string& owner) { truncated_.insert(owner); }

  void start() {
    boost::asio::co_spawn(context_, serve_udp(), boost::asio::detached);
    boost::asio::co_spawn(context_, serve_tcp(), boost::asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  [[nodiscard]] std::uint16_t port() const { return udp_.local_endpoint().port(); }
  /// How many queries had the CD bit, how many did not ask for signatures, how many came by TCP.
  [[nodiscard]] int with_checking_disabled() const { return checking_disabled_; }
  [[nodiscard]] int without_signatures() const { return without_signatures_; }
  [[nodiscard]] int by_tcp() const { return by_tcp_; }
  [[nodiscard]] int queries() const { return queries_; }

 private:
  enum class Transport { udp, tcp };

  boost::asio::awaitable<void> serve_udp() {
    std::array<char, 4096> octets{};
    for (;;) {
      boost::asio::ip::udp::endpoint peer;
      const std::size_t size = co_await udp_.async_receive_from(boost::asio::buffer(octets), peer,
                                                                boost::asio::use_awaitable);
      const std::string reply = answer(std::string(octets.data(), size), Transport::udp);
      co_await udp_.async_send_to(boost::asio::buffer(reply), peer, boost::asio::use_awaitable);
    }
  }
  boost::asio::awaitable<void> serve_tcp() {
    for (;;) {
      auto peer = co_await tcp_.async_accept(boost::asio::use_awaitable);
      boost::asio::co_spawn(context_, converse(std::move(peer)), boost::asio::detached);
    }
  }
  boost::asio::awaitable<void> converse(boost::asio::ip::tcp::socket peer) {
    for (;;) {
      std::array<unsigned char, 2> length{};
      co_await boost::asio::async_read(peer, boost::asio::buffer(length),
                                       boost::asio::use_awaitable);
      std::string query(static_cast<std::size_t>(length[0] * 256 + length[1]), '\0');
      co_await boost::asio::async_read(peer, boost::asio::buffer(query),
                                       boost::asio::use_awaitable);
      ++by_tcp_;
      const std::string reply = answer(query, Transport::tcp);
      const std::string framed = sixteen(reply.size()) + reply;
      co_await boost::asio::async_write(peer, boost::asio::buffer(framed),
                                        boost::asio::use_awaitable);
    }
  }

  /// The zone that knows `owner`: for a DS the one above it (RFC 4035 §3.1.4.1).
  [[nodiscard]] const SignedZone* zone_of(const std::string& owner, int type) const {
    const SignedZone* best = nullptr;
    for (const auto& each : zones_) {
      const bool is_top = owner == each->name();
      if (!is_top && !owner.ends_with("." + each->name())) continue;
      if (is_top && type == rr::kDs && zones_.size() > 1 && best != nullptr) continue;
      if (best == nullptr || each->name().size() > best->name().size()) best = each.get();
    }
    return best;
  }

  std::string answer(const std::string& query, Transport transport) {
    ++queries_;
    const DnsQuestion asked = question_of(query).value();
    const auto& [owner, type, question] = asked;
    const std::size_t end = kDnsHeader + question.size();
    if ((static_cast<unsigned char>(query.at(3)) & 0x10U) != 0) ++checking_disabled_;
    // The OPT record is the last one: no name, type, size, and flags that begin with DO (RFC 3225).
    const bool wants_signatures = query.size() >= end + 11 &&
                                  query.substr(end, 3) == std::string("\0\0\x29", 3) &&
                                  (static_cast<unsigned char>(query[end + 7]) & 0x80U) != 0;
    if (!wants_signatures) ++without_signatures_;
    const SignedZone* const zone = zone_of(owner, type);
    const bool is_cut = transport == Transport::udp && truncated_.contains(owner);
    SignedZone::Answer found;
    if (zone != nullptr && !is_cut) found = zone->answer(owner, type);
    const std::string opt = std::string("\0\0\x29\x04\xd0\0\0\x80\0\0\0", 11);
    return query.substr(0, 2) + static_cast<char>(is_cut ? 0x83 : 0x81) +
           static_cast<char>(zone == nullptr ? 0xa3 : 0xa0) + sixteen(1) +
           sixteen(found.answer_count) + sixteen(found.authority_count) + sixteen(1) + question +
           found.answers + found.authority + opt;
  }

  boost::asio::io_context context_;
  boost::asio::ip::udp::socket udp_{context_};
  boost::asio::ip::tcp::acceptor tcp_{context_};
  std::vector<std::unique_ptr<SignedZone>> zones_;
  std::set<std::string> truncated_;
  std::atomic<int> queries_ = 0;
  std::atomic<int> checking_disabled_ = 0;
  std::atomic<int> without_signatures_ = 0;
  std::atomic<int> by_tcp_ = 0;
  std::thread thread_;
};

}  // namespace tests
