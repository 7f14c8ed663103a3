#include "acme/services.h"

#include "ca/crypto/encoding.h"

namespace acme {

std::string fresh_instance() {
  constexpr std::size_t kOctets = 12;
  ca::SystemRandom random;
  return ca::base64url(random.bytes(kOctets));
}

}  // namespace acme
