// The process of one remote perspective: a listener, a resolver of its own, and nothing stored.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "server/config/settings.h"
#include "server/log/logger.h"
#include "server/tls/pinned_peers.h"

namespace server {

class PerspectiveNode {
 public:
  enum class Signals { watch, ignore };

  /// Binds at once. Throws std::runtime_error with one sentence for whatever keeps it from
  /// starting. `log` outlives this object.
  PerspectiveNode(Settings settings, Logger& log);
  ~PerspectiveNode();
  /// Calls `ready`, then serves until stop() or, if they are watched, SIGINT or SIGTERM.
  void run(Signals signals, const std::function<void()>& ready);
  /// Safe from any thread.
  void stop();
  [[nodiscard]] std::uint16_t port() const;
  /// Of the certificate it shows, for perspectives.remotes of the CA.
  [[nodiscard]] const Fingerprint& fingerprint() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
