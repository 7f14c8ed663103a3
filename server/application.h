// The composition root: everything is made here, in order, and taken down in reverse.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/config/settings.h"
#include "server/log/logger.h"

namespace server {

/// A server ready to run. Construct, run() once, destroy.
class Application {
 public:
  /// Reads keys and certificates, proves the chain, binds the listeners and opens the store. Throws
  /// what keeps it from starting, with one sentence; nothing has been served then. `log` outlives
  /// it.
  Application(Settings settings, Logger& log);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// The URL that ACME clients start from; knows the port also when 0 was asked for.
  [[nodiscard]] const std::string& directory_url() const;
  /// Port of the plain HTTP listener, 0 without one.
  [[nodiscard]] std::uint16_t public_port() const;

  /// Serves, on threads of its own, until stop() or, with `watch`, SIGINT or SIGTERM; then drains
  /// and returns. A second signal ends the process at once. `ready` is called when connections are
  /// answered. Throws if background work fails in a way that only a restart can mend.
  enum class Signals { watch, leave_alone };
  void run(Signals signals, const std::function<void()>& ready);
  /// Begins the graceful stop. Safe from any thread; calling it again changes nothing.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
