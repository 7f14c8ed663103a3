// TLS for the HTTPS listener and for validation's outbound connections.
#pragma once

#include <filesystem>
#include <memory>

namespace server {

/// A server context: TLS 1.2 and 1.3, ECDHE with AEAD only, no renegotiation, no compression,
/// tickets off, buffers released while idle. Throws std::runtime_error with one sentence when a
/// file is unreadable, the key is readable by others, or they do not fit. Safe from any thread.
class TlsContext {
 public:
  TlsContext(const std::filesystem::path& certificate_chain,
             const std::filesystem::path& private_key);
  ~TlsContext();
  struct State;  // holds the boost::asio::ssl::context; see server/tls/tls_state.h
  [[nodiscard]] State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace server
