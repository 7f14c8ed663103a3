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

#include "tests/support/dns_wire.h"

namespace tests {

/// Answers over UDP (RFC 1035 §4.1). Names that were not prepared do not exist. Prepare, then
/// start().
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
      names_[name].records[rr::kA].emplace_back(octets.begin(), octets.end());
    }
    names_[name];
  }
  void aaaa(const std::string& name, const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      const auto octets = boost::asio::ip::make_address_v6(address).to_bytes();
      names_[name].records[rr::kAaaa].emplace_back(octets.begin(), octets.end());
    }
  }
  /// One record of any type, as RDATA.
  void record(const std::string& name, int type, std::string rdata) {
    names_[name].records[type].push_back(std::move(rdata));
  }
  /// `name` is an alias of `target`, whose records are in the same answer.
  void alias(const std::string& name, const std::string& target) { names_[name].target = target; }
  /// Every answer for `name` says that it is cut off (TC). There is no TCP to ask again.
  void truncate(const std::string& name) { names_[name].truncated = true; }
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
  struct Name {
    std::map<int, std::vector<std::string>> records;
    int rcode = 0;
    bool aaaa_fails = false;
    bool silent = false;
    bool truncated = false;
    std::string target;  // of its CNAME
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
    const auto asked = question_of(query);
    if (!asked) return;
    const auto found = names_.find(asked->name);
    if (found != names_.end() && found->second.silent) return;
    const std::string reply =
        reply_to(query, *asked, found == names_.end() ? nullptr : &found->second);
    boost::system::error_code ignored;
    socket_.send_to(boost::asio::buffer(reply), peer_, 0, ignored);
  }

  std::string reply_to(const std::string& query, const DnsQuestion& asked, const Name* name) const {
    std::string records;
    std::size_t count = 0;
    int code = kNameError;
    std::string owner("\xc0\x0c", 2);
    const bool is_truncated = name != nullptr && name->truncated;
    if (name != nullptr && !name->target.empty()) {
      const std::string target = wire_name(name->target);
      records += resource(owner, rr::kCname, target);
      ++count;
      owner = target;
      const auto found = names_.find(name->target);
      name = found == names_.end() ? nullptr : &found->second;
    }
    if (name != nullptr) {
      code = asked.type == rr::kAaaa && name->aaaa_fails ? kServerFailure : name->rcode;
      if (const auto rows = name->records.find(asked.type);
          code == 0 && rows != name->records.end()) {
        for (const std::string& data : rows->second) records += resource(owner, asked.type, data);
        count += rows->second.size();
      }
    }
    return query.substr(0, 2) +
           static_cast<char>(is_truncated ? 0x83 : 0x81) +  // a response, recursion desired
           static_cast<char>(0x80 | code) +                 // recursion available
           sixteen(1) + sixteen(count) + std::string(4, '\0') + asked.octets + records;
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
