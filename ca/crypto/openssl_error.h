// Failures of the cryptographic library that are not the caller's fault.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace ca {

/// Names the failing call and holds OpenSSL's whole error queue. For logs, never for clients.
class OpenSslError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws OpenSslError naming `call`, with the error queue drained into the message, unless
/// `succeeded`.
void require(bool succeeded, std::string_view call);

/// Empties the error queue when it goes out of scope. Put one where untrusted input may fail to
/// parse.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;
  ~ErrorQueueGuard();
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

/// Refuses to go on below the oldest OpenSSL release without a known critical flaw (3.0.21). Throws
/// OpenSslError with a sentence that says what to install.
void require_safe_openssl();

}  // namespace ca
