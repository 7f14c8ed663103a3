// Names of stored objects. Not convertible into each other, nor from plain text by accident.
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ca/crypto/random.h"

namespace acme {

/// An id: 16 octets, shown as 22 characters of base64url. The first 6 octets are the time of
/// creation in milliseconds, so that neighbours in time are neighbours in the store (fewer dirty
/// pages); the other 10 are random.
template <class Tag>
class Id {
 public:
  /// The id written in a URL, or nothing if it is not spelled exactly as we spell it.
  static std::optional<Id> parse(std::string_view text);
  static Id from_octets(std::string octets) { return Id(std::move(octets)); }
  static Id fresh(ca::RandomSource& random, std::chrono::system_clock::time_point now);

  [[nodiscard]] const std::string& octets() const { return octets_; }  // the key in the store
  [[nodiscard]] std::string text() const;  // the spelling in URLs and logs
  auto operator<=>(const Id&) const = default;

 private:
  explicit Id(std::string octets) : octets_(std::move(octets)) {}
  std::string octets_;
};

using AccountId = Id<struct AccountTag>;
using OrderId = Id<struct OrderTag>;
using AuthorizationId = Id<struct AuthorizationTag>;
using CertificateId = Id<struct CertificateTag>;

}  // namespace acme
