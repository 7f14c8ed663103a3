#include "ca/placeholder_signature.h"

#include <cstddef>
#include <string_view>

#include "ca/der/writer.h"

namespace ca {
namespace {

/// Filler of `count` octets whose first is below 80, so that it also serves as a positive INTEGER
/// of that length.
std::string placeholder_octets(std::size_t count) {
  constexpr std::string_view kText = "lint certificate, not a signature. ";
  std::string octets;
  octets.reserve(count + kText.size());
  while (octets.size() < count) octets += kText;
  octets.resize(count);
  return octets;
}

}  // namespace

std::string placeholder_signature(const PublicKey& key) {
  const std::size_t octets = key.bits() / 8;
  if (key.kind() == KeyKind::rsa) return placeholder_octets(octets);
  const std::string number = der::unsigned_integer(placeholder_octets(octets));
  return der::sequence({number, number});
}

}  // namespace ca
