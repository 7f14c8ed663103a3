// A name server on loopback that knows a few names, for tests of the resolver behind it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

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
  static constexpr int kA = 1;
  static constexpr int kAaaa = 28;
  static constexpr int kCname = 5;
  static constexpr std::size_t kHeader = 12;

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
    std::string name;
    std::size_t at = kHeader;
    while (at < query.size() && query[at] != 0) {
      const auto length = static_cast<std::size_t>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
      at += 1 + length;
    }
    if (at + 5 > query.size()) return;
    const int type =
        static_cast<unsigned char>(query[at + 1]) * 256 + static_cast<unsigned char>(query[at + 2]);
    const std::string question = query.substr(kHeader, at + 5 - kHeader);
    const auto found = names_.find(name);
    if (found != names_.end() && found->second.silent) return;
    const std::string reply =
        reply_to(query, question, type, found == names_.end() ? nullptr : &found->second);
    boost::system::error_code ignored;
    socket_.send_to(boost::asio::buffer(reply), peer_, 0, ignored);
  }

  static std::string sixteen(std::size_t number) {
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
  }
  static std::string wire(std::string_view name) {
    std::string text;
    while (!name.empty()) {
      const std::string_view label = name.substr(0, name.find('.'));
      text += static_cast<char>(label.size());
      text += label;
      name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return text + '\0';
  }
  static std::string resource(const std::string& owner, int type, const std::string& data) {
    return owner + sixteen(static_cast<std::size_t>(type)) + std::string("\0\1\0\0\0\x3c", 6) +
           sixteen(data.size()) + data;
  }

  std::string reply_to(const std::string& query,
                       const std::string& question,
                       int type,
                       const Name* name) const {
    std::string records;
    std::size_t count = 0;
    int code = kNameError;
    std::string owner("\xc0\x0c", 2);
    const bool is_truncated = name != nullptr && name->truncated;
    if (name != nullptr && !name->target.empty()) {
      const std::string target = wire(name->target);
      records += resource(owner, kCname, target);
      ++count;
      owner = target;
      const auto found = names_.find(name->target);
      name = found == names_.end() ? nullptr : &found->second;
    }
    if (name != nullptr) {
      code = type == kAaaa && name->aaaa_fails ? kServerFailure : name->rcode;
      if (const auto rows = name->records.find(type); code == 0 && rows != name->records.end()) {
        for (const std::string& data : rows->second) records += resource(owner, type, data);
        count += rows->second.size();
      }
    }
    return query.substr(0, 2) +
           static_cast<char>(is_truncated ? 0x83 : 0x81) +  // a response, recursion desired
           static_cast<char>(0x80 | code) +                 // recursion available
           sixteen(1) + sixteen(count) + std::string(4, '\0') + question + records;
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
