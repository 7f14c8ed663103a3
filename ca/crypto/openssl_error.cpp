#include "ca/crypto/openssl_error.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <array>

namespace ca {

void require(bool succeeded, std::string_view call) {
  if (succeeded) return;
  std::string message = std::string(call) + " failed";
  while (const unsigned long code = ERR_get_error()) {
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    message += "; ";
    message += text.data();
  }
  throw OpenSslError(message);
}

ErrorQueueGuard::~ErrorQueueGuard() {
  ERR_clear_error();
}

void require_safe_openssl() {
  constexpr unsigned kSafePatchOf30 = 21;
  const unsigned major = OPENSSL_version_major();
  const unsigned minor = OPENSSL_version_minor();
  const unsigned patch = OPENSSL_version_patch();
  const bool safe = major > 3 || (major == 3 && (minor > 0 || patch >= kSafePatchOf30));
  if (safe) return;
  throw OpenSslError(
      "This machine has OpenSSL " + std::string(OpenSSL_version(OPENSSL_VERSION_STRING)) +
      ", which has a known critical flaw. Install 3.0.21 or newer, on Debian 12 with: "
      "apt-get install --only-upgrade libssl3");
}

}  // namespace ca
