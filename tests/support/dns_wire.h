// Messages of the DNS as octets (RFC 1035 §4), for name servers of tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tests {

/// Record types (RFC 1035, RFC 3596, RFC 4034, RFC 8659).
namespace rr {
inline constexpr int kA = 1, kNs = 2, kCname = 5, kSoa = 6, kTxt = 16, kAaaa = 28, kOpt = 41,
                     kDs = 43, kRrsig = 46, kNsec = 47, kDnskey = 48, kCaa = 257;
}  // namespace rr

inline constexpr std::size_t kDnsHeader = 12;  // octets before the question
inline constexpr std::size_t kDnsTtl = 60;     // of every record, in seconds

inline std::string sixteen(std::size_t number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}
inline std::string thirty_two(std::size_t number) {
  return sixteen(number >> 16U) + sixteen(number & 0xFFFFU);
}

/// A name in the form of the wire, without compression.
inline std::string wire_name(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    text += static_cast<char>(label.size());
    text += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return text + '\0';
}

/// One record of class IN; its owner is in the form of the wire already.
inline std::string resource(const std::string& owner, int type, const std::string& rdata) {
  return owner + sixteen(static_cast<std::size_t>(type)) + sixteen(1) + thirty_two(kDnsTtl) +
         sixteen(rdata.size()) + rdata;
}

/// What is asked, without its class.
struct DnsQuestion {
  std::string name;
  int type = 0;
  std::string octets;  // all of it, to be said again in the answer
};
/// The one question of a query without compression; nothing if it is cut off.
inline std::optional<DnsQuestion> question_of(const std::string& query) {
  DnsQuestion found;
  std::size_t at = kDnsHeader;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<std::size_t>(query[at]);
    found.name += (found.name.empty() ? "" : ".") + query.substr(at + 1, length);
    at += 1 + length;
  }
  if (at + 5 > query.size()) return std::nullopt;
  found.type =
      static_cast<unsigned char>(query[at + 1]) * 256 + static_cast<unsigned char>(query[at + 2]);
  found.octets = query.substr(kDnsHeader, at + 5 - kDnsHeader);
  return found;
}

}  // namespace tests
