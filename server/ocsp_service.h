// The OCSP responder of this process, and who looks after its key.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "acme/services.h"
#include "ca/ocsp/responder.h"
#include "server/config/settings.h"
#include "server/log/logger.h"

namespace server {

/// The responder's keys are in the store, sealed (server/ocsp_seal.h), or in this process alone if
/// that is not possible; from time to time their certificates end. Everything given outlives it.
class OcspService {
 public:
  OcspService(boost::asio::any_io_executor executor,
              acme::Services& services,
              const Settings& settings,
              Logger& log);

  [[nodiscard]] ca::ocsp::Responder& responder() { return responder_; }

  /// Makes and renews what the responder signs with, until stop(): once a minute, and as soon as an
  /// issuing key is back that could not sign for it.
  boost::asio::awaitable<void> run();
  /// On the executor.
  void stop();

 private:
  enum class Tended { completely, in_part };
  boost::asio::awaitable<void> wait(Tended tended);

  acme::Services& services_;
  Logger& log_;
  boost::asio::steady_timer watch_;
  bool stopping_ = false;
  ca::ocsp::Responder responder_;
};

}  // namespace server
