#include "acme/ids.h"

#include <cstdint>

#include "ca/crypto/encoding.h"

namespace acme {
namespace {

constexpr std::size_t kOctets = 16;
constexpr std::size_t kTimeOctets = 6;
constexpr std::size_t kTextLength = 22;

std::string big_endian_milliseconds(std::chrono::system_clock::time_point now) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch();
  auto rest = static_cast<std::uint64_t>(since.count());
  std::string out(kTimeOctets, '\0');
  for (std::size_t i = kTimeOctets; i-- > 0; rest >>= 8U) out[i] = static_cast<char>(rest & 0xFFU);
  return out;
}

}  // namespace

template <class Tag>
std::optional<Id<Tag>> Id<Tag>::parse(std::string_view text) {
  // The length first: nothing of the size of a request is decoded for a path segment.
  if (text.size() != kTextLength) return std::nullopt;
  auto octets = ca::from_base64url(text);
  if (!octets || octets->size() != kOctets) return std::nullopt;
  return Id(*std::move(octets));
}

template <class Tag>
Id<Tag> Id<Tag>::fresh(ca::RandomSource& random, std::chrono::system_clock::time_point now) {
  return Id(big_endian_milliseconds(now) + random.bytes(kOctets - kTimeOctets));
}

template <class Tag>
std::string Id<Tag>::text() const {
  return ca::base64url(octets_);
}

template class Id<AccountTag>;
template class Id<OrderTag>;
template class Id<AuthorizationTag>;
template class Id<CertificateTag>;

}  // namespace acme
