// TLS for the HTTPS listener and for validation's outbound connections.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

namespace server {

/// A server context: TLS 1.2 and 1.3, ECDHE with AEAD only, no renegotiation, no compression,
/// tickets off, buffers released while idle. Throws std::runtime_error with one sentence when a
/// file is unreadable, the certificate has expired, the key is readable by others, or they do not
/// fit. Safe from any thread.
class TlsContext {
 public:
  TlsContext(const std::filesystem::path& certificate_chain,
             const std::filesystem::path& private_key);
  ~TlsContext();
  struct State;  // holds the boost::asio::ssl::context; see server/tls/tls_state.h
  /// When the listener's certificate ends, in the system clock's time.
  [[nodiscard]] std::chrono::system_clock::time_point expires() const { return expires_; }
  [[nodiscard]] State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
  std::chrono::system_clock::time_point expires_;
};

}  // namespace server
