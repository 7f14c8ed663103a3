#include "server/perspectives/node.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "server/application_options.h"
#include "server/http/listener.h"
#include "server/io_threads.h"
#include "server/outbound/http_fetcher.h"
#include "server/outbound/tls_prober.h"
#include "server/outbound/unbound_dns_client.h"
#include "server/perspectives/service.h"
#include "server/system_clock.h"
#include "server/tls/tls_context.h"

namespace server {
namespace {

namespace asio = boost::asio;

std::shared_ptr<TlsContext> tls_for(const Settings& settings) {
  if (settings.perspective_clients.empty()) {
    throw std::runtime_error(
        "perspective.clients is empty: expected the fingerprint of the CA's certificate, which "
        "its perspectives.certificate (or tls.certificate) is");
  }
  auto tls = std::make_shared<TlsContext>(settings.tls_certificate, settings.tls_key);
  admit_only(*tls, settings.perspective_clients);
  return tls;
}

}  // namespace

// Declared in the order of construction; destroyed in reverse, the loops last.
struct PerspectiveNode::State {
  State(Settings chosen, Logger& logger);
  void end();

  const Settings settings;
  Logger& log;
  Fingerprint fingerprint;
  IoThreads io;
  asio::signal_set signals{io.first()};
  SystemClock clock;
  HttpHandler handler;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<UnboundDnsClient> dns;
  std::unique_ptr<ValidationFetcher> fetcher;
  std::unique_ptr<ValidationProber> prober;
  bool is_ending = false;  // of the first loop
};

PerspectiveNode::State::State(Settings chosen, Logger& logger)
    : settings(std::move(chosen)),
      log(logger),
      fingerprint(fingerprint_of(settings.tls_certificate)),
      io(1) {
  announce_lab_settings(settings, log);
  HttpLimits limits = http_limits(settings, log);
  // A check takes as long as a validation does.
  limits.handler = settings.validation_fetch_timeout + settings.dns_timeout * 4;
  listener = std::make_unique<Listener>(
      io.first(), [this] { return io.next(); },
      ListenerOptions{.address = settings.perspective_listen,
                      .hosts = settings.listen_hosts,
                      .limits = limits,
                      .tls = tls_for(settings),
                      .name = "perspective"},
      [this](HttpRequest request) { return handler(std::move(request)); }, log);
  dns = std::make_unique<UnboundDnsClient>(io.first(), dns_options(settings));
  fetcher = std::make_unique<ValidationFetcher>(*dns, fetch_options(settings));
  prober = std::make_unique<ValidationProber>(*dns, probe_options(settings));
  handler = make_perspective_handler({{*dns, *fetcher, *prober, clock}, *dns, *fetcher}, log);
}

void PerspectiveNode::State::end() {
  if (std::exchange(is_ending, true)) return;
  auto stopping = listener->stop();
  asio::co_spawn(io.first(), std::move(stopping), [this](std::exception_ptr) {
    boost::system::error_code ignored;
    signals.cancel(ignored);
    io.release();
  });
}

PerspectiveNode::PerspectiveNode(Settings settings, Logger& log)
    : state_(std::make_unique<State>(std::move(settings), log)) {}

PerspectiveNode::~PerspectiveNode() {
  state_->io.stop();
}

void PerspectiveNode::run(Signals signals, const std::function<void()>& ready) {
  State& state = *state_;
  if (signals == Signals::watch) {
    state.signals.add(SIGINT);
    state.signals.add(SIGTERM);
    state.signals.async_wait([&state](boost::system::error_code error, int) {
      if (!error) state.end();
    });
  }
  state.listener->start();
  state.log.record(acme::Severity::info, "perspective.ready",
                   {{"port", std::to_string(port())}, {"fingerprint", state.fingerprint}});
  ready();
  state.io.run();
}

void PerspectiveNode::stop() {
  asio::post(state_->io.first(), [state = state_.get()] { state->end(); });
}

std::uint16_t PerspectiveNode::port() const {
  return state_->listener->port();
}

const Fingerprint& PerspectiveNode::fingerprint() const {
  return state_->fingerprint;
}

}  // namespace server
