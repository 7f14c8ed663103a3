#include "ca/crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "ca/crypto/openssl_error.h"

namespace ca {
namespace {

void draw(unsigned char* octets, std::size_t count) {
  require(RAND_bytes_ex(nullptr, octets, count, 0) == 1, "RAND_bytes_ex");
}

/// Octets drawn ahead: a call of OpenSSL's generator costs as much for 16 octets as for 1024. Each
/// octet is handed out once and overwritten, and a forked child draws its own.
class Reserve {
 public:
  static constexpr std::size_t kOctets = 1024;

  Reserve() = default;
  ~Reserve() { OPENSSL_cleanse(octets_.data(), octets_.size()); }
  Reserve(const Reserve&) = delete;
  Reserve& operator=(const Reserve&) = delete;

  /// At most kOctets.
  void take(unsigned char* into, std::size_t count) {
    if (const pid_t process = ::getpid(); count > left_ || process != process_) {
      draw(octets_.data(), kOctets);
      left_ = kOctets;
      process_ = process;
    }
    left_ -= count;
    unsigned char* const from = octets_.data() + left_;
    std::copy_n(from, count, into);
    OPENSSL_cleanse(from, count);
  }

 private:
  std::array<unsigned char, kOctets> octets_{};
  std::size_t left_ = 0;
  pid_t process_ = 0;
};

}  // namespace

std::string SystemRandom::bytes(std::size_t count) {
  thread_local Reserve reserve;
  std::string octets(count, '\0');
  auto* const into = reinterpret_cast<unsigned char*>(octets.data());
  if (count > Reserve::kOctets / 8) {
    draw(into, count);
  } else {
    reserve.take(into, count);
  }
  return octets;
}

}  // namespace ca
