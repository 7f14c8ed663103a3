#include "ca/names/onion_service.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr std::string_view kTopLevel = ".onion";
constexpr std::size_t kKeyOctets = 32;
constexpr std::size_t kChecksumOctets = 2;
constexpr char kVersion = '\3';
constexpr std::size_t kLabelLength = 56;  // 35 octets in base32, without a spare bit
constexpr std::size_t kOldLabelLength = 16;

std::string checksum(std::string_view key) {
  std::string hashed = ".onion checksum";
  hashed += key;
  hashed += kVersion;
  return sha3_256(hashed).substr(0, kChecksumOctets);
}

std::unexpected<Rejection> refused(const DnsName& name, std::string_view why) {
  return reject(RejectionKind::malformed_name,
                quoted(name.text()) + " is no onion name of version 3: " + std::string(why));
}

}  // namespace

bool is_onion(const DnsName& name) {
  return name.text().ends_with(kTopLevel);
}

bool is_onion(const Identifier& identifier) {
  const auto* name = std::get_if<DnsName>(&identifier);
  return name != nullptr && is_onion(*name);
}

Judged<OnionService> onion_service(const DnsName& name) {
  if (!is_onion(name)) return refused(name, "it does not end with .onion");
  const std::string bare = name.without_wildcard().text();
  const std::string_view labels(bare.data(), bare.size() - kTopLevel.size());
  const std::size_t dot = labels.rfind('.');
  const std::string_view label = dot == labels.npos ? labels : labels.substr(dot + 1);
  if (label.size() == kOldLabelLength) {
    return refused(name, "addresses of version 2 are not certified any more (RFC 9799)");
  }
  const auto octets = label.size() == kLabelLength ? from_base32(label) : std::nullopt;
  if (!octets) return refused(name, "the label before .onion is not 56 characters of base32");
  const std::string_view key = std::string_view(*octets).substr(0, kKeyOctets);
  if (octets->back() != kVersion) return refused(name, "the address is of another version");
  if (std::string_view(*octets).substr(kKeyOctets, kChecksumOctets) != checksum(key)) {
    return refused(name, "the checksum in the address is wrong");
  }
  auto public_key = PublicKey::from_ed25519(key);
  if (!public_key) return refused(name, public_key.error().detail());
  return OnionService{std::string(label) + std::string(kTopLevel), *std::move(public_key)};
}

std::string onion_address(std::string_view key_octets) {
  return base32(std::string(key_octets) + checksum(key_octets) + kVersion) + std::string(kTopLevel);
}

}  // namespace ca
