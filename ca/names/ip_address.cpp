#include "ca/names/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr std::size_t kV4Length = 4;
constexpr std::size_t kV6Length = 16;
constexpr std::size_t kMaxText = 45;  // RFC 4291 §2.2, eight groups with a dotted tail

/// IANA IPv4 and IPv6 special-purpose address registries, and multicast. As of 2026-11. The block
/// comes first, followed by a space.
constexpr std::string_view kSpecialPurpose[] = {
    "0.0.0.0/8 (this network, RFC 791)",
    "10.0.0.0/8 (private use, RFC 1918)",
    "100.64.0.0/10 (shared address space, RFC 6598)",
    "127.0.0.0/8 (loopback, RFC 1122)",
    "169.254.0.0/16 (link local, RFC 3927)",
    "172.16.0.0/12 (private use, RFC 1918)",
    "192.0.0.0/24 (IETF protocol assignments, RFC 6890)",
    "192.0.2.0/24 (documentation, RFC 5737)",
    "192.31.196.0/24 (AS112, RFC 7535)",
    "192.52.193.0/24 (AMT, RFC 7450)",
    "192.88.99.0/24 (6to4 relay anycast, RFC 7526)",
    "192.168.0.0/16 (private use, RFC 1918)",
    "192.175.48.0/24 (direct delegation AS112, RFC 7534)",
    "198.18.0.0/15 (benchmarking, RFC 2544)",
    "198.51.100.0/24 (documentation, RFC 5737)",
    "203.0.113.0/24 (documentation, RFC 5737)",
    "224.0.0.0/4 (multicast, RFC 5771)",
    "240.0.0.0/4 (reserved and broadcast, RFC 1112)",
    "::/128 (unspecified, RFC 4291)",
    "::1/128 (loopback, RFC 4291)",
    "::ffff:0:0/96 (IPv4-mapped, RFC 4291)",
    "64:ff9b::/96 (IPv4-IPv6 translation, RFC 6052)",
    "64:ff9b:1::/48 (IPv4-IPv6 translation, RFC 8215)",
    "100::/64 (discard only, RFC 6666)",
    "100:0:0:1::/64 (dummy prefix, RFC 9780)",
    "2001::/23 (IETF protocol assignments, RFC 2928)",
    "2001:db8::/32 (documentation, RFC 3849)",
    "2002::/16 (6to4, RFC 3056)",
    "2620:4f:8000::/48 (direct delegation AS112, RFC 7534)",
    "3fff::/20 (documentation, RFC 9637)",
    "5f00::/16 (SRv6 SIDs, RFC 9602)",
    "fc00::/7 (unique local, RFC 4193)",
    "fe80::/10 (link local, RFC 4291)",
    "ff00::/8 (multicast, RFC 4291)",
};
constexpr std::string_view kGlobalUnicast = "2000::/3 (global unicast, RFC 4291)";
constexpr std::string_view kOutsideGlobalUnicast =
    "outside 2000::/3 (not global unicast, RFC 4291)";
constexpr std::array kPrefixesOutsideGlobalUnicast{"::/3", "4000::/2", "8000::/1"};

struct Block {
  std::string prefix;  // octets
  std::size_t bits;
  std::string_view name;
};

std::string octets_of(std::string_view text) {
  const std::string terminated(text);
  std::array<char, kV6Length> octets{};
  if (::inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1)
    return {octets.data(), kV4Length};
  if (::inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1)
    return {octets.data(), kV6Length};
  return {};
}

Block block_of(std::string_view row) {
  const std::size_t slash = row.find('/');
  Block block{octets_of(row.substr(0, slash)), 0, row};
  const auto parsed = std::from_chars(row.data() + slash + 1, row.data() + row.size(), block.bits);
  if (block.prefix.empty() || parsed.ec != std::errc{} || *parsed.ptr != ' ') {
    throw std::logic_error("not a row of the special-purpose table: " + std::string(row));
  }
  return block;
}

bool holds(const Block& block, std::string_view octets) {
  if (octets.size() != block.prefix.size()) return false;
  const std::size_t whole = block.bits / 8;
  if (octets.substr(0, whole) != std::string_view(block.prefix).substr(0, whole)) return false;
  const std::size_t rest = block.bits % 8;
  if (rest == 0) return true;
  const unsigned difference =
      static_cast<unsigned char>(octets[whole]) ^
      static_cast<unsigned>(static_cast<unsigned char>(block.prefix[whole]));
  return difference >> (8 - rest) == 0;
}

std::string dotted(std::string_view octets) {
  std::string text;
  for (const char octet : octets) {
    if (!text.empty()) text.push_back('.');
    text += std::to_string(static_cast<unsigned char>(octet));
  }
  return text;
}

std::string group_text(unsigned group) {
  std::array<char, 4> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16);
  return {digits.data(), result.ptr};
}

struct Run {
  std::size_t first = 0;
  std::size_t length = 0;
};

/// RFC 5952 §4.2: the longest run of zero groups, the first of equals, and never a single group.
Run longest_zero_run(const std::array<unsigned, 8>& groups) {
  Run best;
  Run current;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] != 0) {
      current = Run{i + 1, 0};
      continue;
    }
    ++current.length;
    if (current.length > best.length) best = current;
  }
  return best.length >= 2 ? best : Run{};
}

std::string v6_text(std::string_view octets) {
  constexpr std::string_view kMappedPrefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  // RFC 5952 §5: IPv4-mapped addresses keep the dotted form.
  if (octets.starts_with(kMappedPrefix))
    return "::ffff:" + dotted(octets.substr(kMappedPrefix.size()));
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    groups[i / 2] = groups[i / 2] << 8U | static_cast<unsigned char>(octets[i]);
  }
  const Run run = longest_zero_run(groups);
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (run.length != 0 && i == run.first) {
      text += "::";
      i += run.length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text.push_back(':');
    text += group_text(groups[i]);
  }
  return text;
}

}  // namespace

Judged<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton stops at a NUL, so that everything but the characters of an address is refused before
  // it.
  const bool plausible = text.size() <= kMaxText && std::ranges::all_of(text, [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                                  (c >= 'A' && c <= 'F') || c == '.' || c == ':';
                         });
  std::string octets = plausible ? octets_of(text) : std::string();
  if (octets.empty()) {
    return reject(RejectionKind::malformed_name,
                  "The address " + quoted(text) +
                      " is neither four decimal numbers without leading zeros and with dots "
                      "between them, nor "
                      "an IPv6 address without a zone (RFC 4291 §2.2)");
  }
  return IpAddress(std::move(octets));
}

std::optional<IpAddress> IpAddress::from_octets(std::string_view octets) {
  if (octets.size() != kV4Length && octets.size() != kV6Length) return std::nullopt;
  return IpAddress(std::string(octets));
}

std::string IpAddress::text() const {
  return is_v4() ? dotted(octets_) : v6_text(octets_);
}

std::optional<std::string_view> special_purpose_block(const IpAddress& address) {
  static const std::vector<Block> blocks = [] {
    std::vector<Block> parsed;
    for (const std::string_view row : kSpecialPurpose) parsed.push_back(block_of(row));
    return parsed;
  }();
  static const Block global_unicast = block_of(kGlobalUnicast);
  for (const Block& block : blocks) {
    if (holds(block, address.octets())) return block.name;
  }
  if (!address.is_v4() && !holds(global_unicast, address.octets())) return kOutsideGlobalUnicast;
  return std::nullopt;
}

std::vector<std::string> special_purpose_prefixes() {
  std::vector<std::string> prefixes(kPrefixesOutsideGlobalUnicast.begin(),
                                    kPrefixesOutsideGlobalUnicast.end());
  for (const std::string_view row : kSpecialPurpose)
    prefixes.emplace_back(row.substr(0, row.find(' ')));
  return prefixes;
}

}  // namespace ca
