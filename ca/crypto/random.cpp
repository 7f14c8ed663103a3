#include "ca/crypto/random.h"

#include <openssl/rand.h>

#include "ca/crypto/openssl_error.h"

namespace ca {

std::string SystemRandom::bytes(std::size_t count) {
  std::string octets(count, '\0');
  const int result =
      RAND_bytes_ex(nullptr, reinterpret_cast<unsigned char*>(octets.data()), count, 0);
  require(result == 1, "RAND_bytes_ex");
  return octets;
}

}  // namespace ca
