// Zones signed with DNSSEC (RFC 4033 to 4035, RFC 8080), made for one test.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "tests/support/dns_wire.h"
#include "tests/support/ed25519_key.h"

namespace tests {

/// What is wrong with the signatures of a zone.
enum class ZoneFault {
  none,
  unsigned_zone,  // it has none, and its parent proves that
  bogus,          // one bit is wrong
  expired,        // they ended an hour ago
  not_yet,        // they begin in an hour
  stripped,       // the parent has a DS, and the signatures are left out
  no_denial,      // what is there is signed, and what is not there is not denied
  other_key,      // they are of a key that the parent's DS does not name
};

/// One zone with its key and its records.
class SignedZone {
 public:
  SignedZone(std::string name, ZoneFault fault, char seed)
      : name_(std::move(name)), fault_(fault), key_(seed), other_(static_cast<char>(seed + 1)) {
    records_[name_][rr::kSoa] = {wire_name("ns." + name_) + wire_name("admin." + name_) +
                                 thirty_two(1) + thirty_two(60) + thirty_two(60) + thirty_two(60) +
                                 thirty_two(60)};
    if (is_signed()) records_[name_][rr::kDnskey] = {dnskey(shown_key())};
  }

  void add(const std::string& owner, int type, std::string rdata) {
    records_[owner][type].push_back(std::move(rdata));
  }
  /// A record of every name that has none of the type.
  void add_everywhere(int type, std::string rdata) {
    everywhere_[type].push_back(std::move(rdata));
  }
  /// `child` is another zone, whose DS is here if it is to be signed.
  void delegate(const SignedZone& child) {
    add(child.name_, rr::kNs, wire_name("ns." + child.name_));
    if (child.is_signed()) add(child.name_, rr::kDs, child.ds());
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The DS as a line of a file of trust anchors.
  [[nodiscard]] std::string anchor() const {
    const std::string data = ds();
    return name_ + ". IN DS " + std::to_string(key_tag(dnskey(key_))) + " 15 2 " +
           ca::hex(std::string_view(data).substr(4)) + "\n";
  }

  /// The records of an answer or of its denial, and where they belong.
  struct Answer {
    std::string answers, authority;
    std::size_t answer_count = 0, authority_count = 0;
  };
  [[nodiscard]] Answer answer(const std::string& owner, int type) const {
    Answer out;
    const auto found = records_.find(owner);
    const bool is_there = found != records_.end() && found->second.contains(type);
    if (is_there) {
      append(out.answers, out.answer_count, owner, type, found->second.at(type));
      return out;
    }
    if (const auto rows = everywhere_.find(type); rows != everywhere_.end()) {
      append(out.answers, out.answer_count, owner, type, rows->second);
      return out;
    }
    append(out.authority, out.authority_count, name_, rr::kSoa, records_.at(name_).at(rr::kSoa));
    if (!is_signed() || fault_ == ZoneFault::no_denial) return out;
    // The least that can be denied (RFC 4470): nothing stands between the name and its first child.
    std::set<int> types{rr::kRrsig, rr::kNsec};
    if (found != records_.end()) {
      for (const auto& [each, ignored] : found->second) types.insert(each);
    }
    append(out.authority, out.authority_count, owner, rr::kNsec,
           {std::string("\1\0", 2) + wire_name(owner) + bitmap(types)});
    return out;
  }

 private:
  static constexpr char kAlgorithm = 15;  // Ed25519 (RFC 8080)

  [[nodiscard]] bool is_signed() const { return fault_ != ZoneFault::unsigned_zone; }
  [[nodiscard]] Ed25519Key& shown_key() const {
    return fault_ == ZoneFault::other_key ? other_ : key_;
  }
  static std::string dnskey(const Ed25519Key& key) {
    return sixteen(257) + '\3' + kAlgorithm + key.octets();  // zone key, secure entry point
  }
  /// RFC 4034 Appendix B.
  static std::size_t key_tag(const std::string& rdata) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < rdata.size(); ++i) {
      sum += static_cast<std::size_t>(static_cast<unsigned char>(rdata[i]))
             << (i % 2 == 0 ? 8U : 0U);
    }
    return (sum + (sum >> 16U)) & 0xFFFFU;
  }
  [[nodiscard]] std::string ds() const {
    const std::string key = dnskey(key_);
    return sixteen(key_tag(key)) + kAlgorithm + '\2' + ca::sha256(wire_name(name_) + key);
  }
  /// RFC 4034 §4.1.2: blocks of types in ascending order.
  static std::string bitmap(const std::set<int>& types) {
    std::map<int, std::string> blocks;
    for (const int type : types) {
      std::string& block = blocks[type / 256];
      const auto at = static_cast<std::size_t>(type % 256);
      if (block.size() < at / 8 + 1) block.resize(at / 8 + 1, '\0');
      block[at / 8] =
          static_cast<char>(static_cast<unsigned char>(block[at / 8]) | 0x80U >> at % 8);
    }
    std::string out;
    for (const auto& [number, block] : blocks) {
      out += std::string{static_cast<char>(number), static_cast<char>(block.size())} + block;
    }
    return out;
  }
  void append(std::string& section,
              std::size_t& count,
              const std::string& owner,
              int type,
              std::vector<std::string> rdata) const {
    std::ranges::sort(rdata);
    for (const std::string& each : rdata) section += resource(wire_name(owner), type, each);
    count += rdata.size();
    // What belongs to the zone below is not signed here (RFC 4035 §2.2).
    const bool is_delegation = type == rr::kNs && owner != name_;
    if (!is_signed() || fault_ == ZoneFault::stripped || is_delegation) return;
    section += resource(wire_name(owner), rr::kRrsig, signature(owner, type, rdata));
    ++count;
  }
  [[nodiscard]] std::string signature(const std::string& owner,
                                      int type,
                                      const std::vector<std::string>& sorted) const {
    using namespace std::chrono;
    const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
    constexpr std::int64_t kHour = 3'600;
    const std::int64_t begins = now + (fault_ == ZoneFault::not_yet ? kHour : -3 * kHour);
    const std::int64_t ends = now + (fault_ == ZoneFault::expired ? -kHour : 3 * kHour);
    const auto labels = static_cast<char>(std::ranges::count(owner, '.') + 1);
    const std::string head = sixteen(static_cast<std::size_t>(type)) + kAlgorithm + labels +
                             thirty_two(kDnsTtl) + thirty_two(static_cast<std::size_t>(ends)) +
                             thirty_two(static_cast<std::size_t>(begins)) +
                             sixteen(key_tag(dnskey(shown_key()))) + wire_name(name_);
    std::string text = head;
    for (const std::string& each : sorted) text += resource(wire_name(owner), type, each);
    std::string made = shown_key().sign(text);
    if (fault_ == ZoneFault::bogus) made[7] = static_cast<char>(made[7] ^ 1);
    return head + made;
  }

  std::string name_;
  ZoneFault fault_;
  mutable Ed25519Key key_;    // signing changes nothing that is seen
  mutable Ed25519Key other_;  // for ZoneFault::other_key
  std::map<std::string, std::map<int, std::vector<std::string>>> records_;
  std::map<int, std::vector<std::string>> everywhere_;
};

}  // namespace tests
