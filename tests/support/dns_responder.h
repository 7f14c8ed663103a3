// A name server on loopback that knows a few names, for tests of the resolver behind it.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tests {

/// Answers A and AAAA over UDP (RFC 1035 §4.1). Names that were not prepared do not exist. Prepare,
/// then start().
class DnsResponder {
 public:
  static constexpr int kServerFailure = 2;
  static constexpr int kNameError = 3;

  DnsResponder() : socket_(context_, {boost::asio::ip::address_v4::loopback(), 0}) {}
  ~DnsResponder() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  DnsResponder(const DnsResponder&) = delete;
  DnsResponder& operator=(const DnsResponder&) = delete;

  void a(const std::string& name, const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      const auto octets = boost::asio::ip::make_address_v4(address).to_bytes();
      names_[name].records[kA].emplace_back(octets.begin(), octets.end());
    }
    names_[name];
  }
  void aaaa(const std::string& name, const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      const auto octets = boost::asio::ip::make_address_v6(address).to_bytes();
      names_[name].records[kAaaa].emplace_back(octets.begin(), octets.end());
    }
  }
  void rcode(const std::string& name, int code) { names_[name].rcode = code; }
  void fail_aaaa(const std::string& name) { names_[name].aaaa_fails = true; }
  void silence(const std::string& name) { names_[name].silent = true; }

  void start() {
    receive();
    thread_ = std::thread([this] { context_.run(); });
  }
  [[nodiscard]] std::uint16_t port() const { return socket_.local_endpoint().port(); }
  [[nodiscard]] int queries() const { return queries_; }

 private:
  static constexpr int kA = 1;
  static constexpr int kAaaa = 28;
  static constexpr std::size_t kHeader = 12;

  struct Name {
    std::map<int, std::vector<std::string>> records;
    int rcode = 0;
    bool aaaa_fails = false;
    bool silent = false;
  };

  void receive() {
    socket_.async_receive_from(boost::asio::buffer(octets_), peer_,
                               [this](boost::system::error_code error, std::size_t size) {
                                 if (error) return;
                                 ++queries_;
                                 answer(std::string(octets_.data(), size));
                                 receive();
                               });
  }

  void answer(const std::string& query) {
    std::string name;
    std::size_t at = kHeader;
    while (at < query.size() && query[at] != 0) {
      const auto length = static_cast<std::size_t>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
      at += 1 + length;
    }
    if (at + 5 > query.size()) return;
    const int type = static_cast<unsigned char>(query[at + 2]);
    const std::string question = query.substr(kHeader, at + 5 - kHeader);
    const auto found = names_.find(name);
    if (found != names_.end() && found->second.silent) return;
    const std::string reply =
        reply_to(query, question, type, found == names_.end() ? nullptr : &found->second);
    boost::system::error_code ignored;
    socket_.send_to(boost::asio::buffer(reply), peer_, 0, ignored);
  }

  static std::string reply_to(const std::string& query,
                              const std::string& question,
                              int type,
                              const Name* name) {
    std::vector<std::string> records;
    int code = kNameError;
    if (name != nullptr) {
      code = type == kAaaa && name->aaaa_fails ? kServerFailure : name->rcode;
      if (const auto rows = name->records.find(type); code == 0 && rows != name->records.end()) {
        records = rows->second;
      }
    }
    std::string reply = query.substr(0, 2);
    reply += '\x81';                          // a response, recursion desired
    reply += static_cast<char>(0x80 | code);  // recursion available
    reply +=
        std::string("\0\1\0", 3) + static_cast<char>(records.size()) + std::string("\0\0\0\0", 4);
    reply += question;
    for (const std::string& data : records) {
      reply += std::string("\xc0\x0c\0", 3) + static_cast<char>(type) +
               std::string("\0\1\0\0\0\x3c\0", 7) + static_cast<char>(data.size()) + data;
    }
    return reply;
  }

  boost::asio::io_context context_;
  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint peer_;
  std::array<char, 1500> octets_{};
  std::map<std::string, Name> names_;
  std::atomic<int> queries_ = 0;
  std::thread thread_;
};

}  // namespace tests
