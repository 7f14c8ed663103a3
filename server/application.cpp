#include "server/application.h"

#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <exception>
#include <mutex>
#include <optional>
#include <vector>

#include "acme/fulfilment/due_work.h"
#include "acme/jose/account_keys.h"
#include "acme/services.h"
#include "acme/validation/caa_report.h"
#include "ca/crypto/openssl_error.h"
#include "server/acme_http/dispatch.h"
#include "server/api/api.h"
#include "server/application_desk.h"
#include "server/application_options.h"
#include "server/application_work.h"
#include "server/ca_files.h"
#include "server/catalog_files.h"
#include "server/config/endpoint.h"
#include "server/confirmation_page.h"
#include "server/ct_service.h"
#include "server/http/listener.h"
#include "server/io_threads.h"
#include "server/issuer_files.h"
#include "server/key_access.h"
#include "server/life_in_audit.h"
#include "server/ocsp_service.h"
#include "server/outbound/http_fetcher.h"
#include "server/outbound/message_senders.h"
#include "server/outbound/message_work.h"
#include "server/outbound/rdap_client.h"
#include "server/outbound/tls_prober.h"
#include "server/outbound/unbound_dns_client.h"
#include "server/perspectives/configured.h"
#include "server/store_watch.h"
#include "server/system_clock.h"
#include "server/tls/tls_context.h"
#include "server/version.h"
#include "server/weak_key_lists.h"
#include "storage/lmdb_engine.h"

namespace server {
namespace {

namespace asio = boost::asio;
using acme::Severity;

}  // namespace

// Declared in the order of construction; destroyed in reverse, the executors last.
struct Application::State {
  State(Settings chosen, Logger& logger);
  ~State() { abandon(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  void bind();
  void make_services();
  void make_handlers();
  acme::DueWorkRunner::Executors work_executors();
  void warn_of_expiry(const TlsContext& tls) const;
  void watch_signals();
  void begin_stop();
  void remember(std::exception_ptr error);
  asio::awaitable<void> drain();
  void run_background();
  void abandon() noexcept;

  [[nodiscard]] std::string public_url() const;

  const Settings settings;
  Logger& log;
  IoThreads io;
  asio::thread_pool workers;
  asio::signal_set signals{io.first()};
  std::unique_ptr<StoreWatch> store_watch;
  std::atomic<bool> stopping = false;
  std::mutex failure_guard;
  std::exception_ptr failure;  // the first one

  SystemClock clock;
  ca::SystemRandom random;
  const policy::LoadedCatalog files{
      signable(catalog_or_throw(settings), settings, clock.seconds())};
  const policy::Catalog catalog{catalog_on_offer(files, settings, clock.seconds())};
  const acme::RateLimits limits{rate_limits(settings)};
  acme::NonceService nonces{random};
  acme::AccountKeyCache account_keys;
  std::optional<acme::ResourceUrls> urls;
  acme::DirectoryMeta meta;
  std::string directory;
  const policy::ControlHouse control_house{server::control_house(settings)};
  ApplicationDesk desk{
      catalog, files.calendars, control_house, random, special_use_names(settings), [this] {
        return urls->base();
      }};
  acme::PollLimiter polls;

  HttpHandler acme_handler;
  HttpHandler public_handler;
  std::unique_ptr<Listener> acme_listener;
  std::unique_ptr<Listener> public_listener;
  LoadedIssuers issuers;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<UnboundDnsClient> dns;
  std::unique_ptr<ValidationFetcher> fetcher;
  std::unique_ptr<ValidationProber> prober;
  std::unique_ptr<RemotePerspectives> perspectives;
  acme::CaaReporting caa_reporting;
  std::unique_ptr<RdapClient> rdap;
  OwnedSenders senders;
  std::unique_ptr<CtService> ct;
  std::optional<acme::Services> services;
  std::unique_ptr<ApplicationWork> application_work;
  std::optional<api::Api> api;
  std::unique_ptr<OcspService> responder;
  std::unique_ptr<acme::DueWorkRunner> due_work;
};

Application::State::State(Settings chosen, Logger& logger)
    : settings(std::move(chosen)),
      log(logger),
      io(io_threads(settings.server_threads)),
      workers(worker_threads(settings.server_worker_threads)) {
  ca::require_safe_openssl();
  announce_lab_settings(settings, log);
  announce_products(files.products, log);
  use_weak_key_lists(settings, files.products, clock.seconds(), log);
  bind();
  issuers = load_issuers(settings, key_access(settings, log), public_url(), clock.seconds());
  announce_issuers(issuers.notes, log);
  store = open_store(settings, log);
  store_watch = std::make_unique<StoreWatch>(io.first(), *store, settings.storage_path, log);
  dns = std::make_unique<UnboundDnsClient>(io.first(), dns_options(settings));
  fetcher = std::make_unique<ValidationFetcher>(*dns, fetch_options(settings));
  prober = std::make_unique<ValidationProber>(*dns, probe_options(settings));
  perspectives = configured_perspectives(settings, catalog, clock.seconds(), random, log);
  note_start({settings, issuers.set(), log}, *store, clock.seconds());
  ct = CtService::make(settings, catalog, clock.seconds(), *dns, log);
  rdap = make_rdap_client(settings.rdap_server, fetch_options(settings).special_addresses, *dns);
  make_services();
}

void Application::State::warn_of_expiry(const TlsContext& tls) const {
  constexpr std::chrono::days kSoon{30};
  const auto left = tls.expires() - std::chrono::system_clock::now();
  if (left >= kSoon) return;
  log.record(Severity::warning, "tls.expires_soon",
             {{"certificate", settings.tls_certificate.string()},
              {"days", std::to_string(std::chrono::floor<std::chrono::days>(left).count())}});
}

/// First of all: a port in use is the likeliest fault, and nothing has been touched yet.
void Application::State::bind() {
  ListenerOptions options{
      .address = settings.listen_acme,
      .hosts = {},
      .limits = http_limits(settings, log),
      .tls = std::make_shared<TlsContext>(settings.tls_certificate, settings.tls_key),
      .name = "acme"};
  warn_of_expiry(*options.tls);
  // The handlers are made last, when everything they use is there; nothing is accepted before that.
  const auto answer_acme = [this](HttpRequest request) { return acme_handler(std::move(request)); };
  const auto next = [this] { return io.next(); };
  acme_listener = std::make_unique<Listener>(io.first(), next, options, answer_acme, log);
  const std::uint16_t port = acme_listener->port();
  acme_listener->accept_hosts(
      accepted_hosts(settings.listen_acme, port, settings.listen_base_url, settings.listen_hosts));
  const std::optional<BaseUrl> base = parse_base_url(settings.listen_base_url);
  urls.emplace(base ? base->text() : "https://localhost:" + std::to_string(port));
  directory = urls->at(acme::paths::kDirectory);
  if (settings.listen_public.empty()) return;
  options.address = settings.listen_public;
  options.tls = nullptr;
  options.name = "public";
  const auto answer_public = [this](HttpRequest request) {
    return public_handler(std::move(request));
  };
  public_listener = std::make_unique<Listener>(io.first(), next, options, answer_public, log);
  public_listener->accept_hosts(also_without_port(accepted_hosts(
      settings.listen_public, public_listener->port(), settings.listen_public_url, {})));
}

std::string Application::State::public_url() const {
  if (const auto url = parse_base_url(settings.listen_public_url)) return url->text();
  return public_listener ? "http://localhost:" + std::to_string(public_listener->port()) : "";
}

void Application::State::make_services() {
  meta = directory_meta(settings, catalog);
  services.emplace(acme::Services{.store = *store,
                                  .issuers = issuers.set(),
                                  .catalog = catalog,
                                  .special_use_names = special_use_names(settings),
                                  .random = random,
                                  .clock = clock,
                                  .nonces = nonces,
                                  .account_keys = account_keys,
                                  .urls = *urls,
                                  .meta = meta,
                                  .dns = *dns,
                                  .fetcher = *fetcher,
                                  .prober = *prober,
                                  .events = log,
                                  .limits = limits,
                                  .surroundings = desk.surroundings(),
                                  .polls = polls,
                                  .wake_due_work = [this] { due_work->wake(); }});
  if (ct) services->transparency = &ct->transparency();
  services->perspectives = perspectives.get();
  caa_reporting.ca = urls->base();
  if (settings.acme_caa_reports) services->caa_reporting = &caa_reporting;
  senders = make_message_senders(settings);
  application_work = std::make_unique<ApplicationWork>(*services, control_house, *dns, *fetcher,
                                                       perspectives.get());
  acme::WorkHandlers others = application_work->handlers();
  others.emplace(acme::WorkKind::send_message, message_work(*store, clock, log, senders.view()));
  due_work = std::make_unique<acme::DueWorkRunner>(*services, work_executors(),
                                                   work_limits(settings), std::move(others));
  services->finish_due_work = [this](acme::WorkKey key, std::chrono::milliseconds patience) {
    return due_work->finish(std::move(key), patience);
  };
  make_handlers();
}

/// One listener for ACME and the JSON API: they are one origin, and the path tells them apart.
void Application::State::make_handlers() {
  api.emplace(api::Context{.store = *store,
                           .clock = clock,
                           .random = random,
                           .events = log,
                           .surroundings = desk.surroundings(),
                           .issuers = services->issuers,
                           .control_house = control_house,
                           .lookups = application_work->ports(),
                           .registrants = rdap.get(),
                           .calendars = &files.calendars,
                           .base_url = urls->base(),
                           .wake_due_work = services->wake_due_work});
  acme_handler = [this, acme = make_acme_handler(*services, log),
                  confirm =
                      make_confirmation_handler({*store, clock, log, desk.surroundings(),
                                                 services->wake_due_work})](HttpRequest request) {
    if (is_confirmation_path(request.path)) return confirm(std::move(request));
    return api::is_api_path(request.path) ? api->handle(std::move(request))
                                          : acme(std::move(request));
  };
  acme_listener->complete_refusals([this, complete = make_acme_refusal_completion(*services)](
                                       HttpResponse& response, std::string_view path) {
    if (api::is_api_path(path)) return api->complete_refusal(response, path);
    complete(response, path);
  });
  acme_listener->limit_bodies([this](const RequestHead& head) { return api->body_limit(head); });
  if (public_listener) {
    responder = std::make_unique<OcspService>(io.first(), *services, settings, log);
  }
  ca::ocsp::Responder* const answering = responder ? &responder->responder() : nullptr;
  public_handler = make_public_handler(*services, answering, log);
}

/// Going to another thread and back costs more than a quick signature, so the pool gets only what
/// would hold a thread of I/O for longer than a request does.
acme::DueWorkRunner::Executors Application::State::work_executors() {
  return {.runner = io.first(),
          .piece = [this, quick = sign_quickly(services->issuers)](acme::WorkKind kind) {
            const bool signs = kind == acme::WorkKind::issue ||
                               kind == acme::WorkKind::issue_application ||
                               kind == acme::WorkKind::renew_certificate;
            const bool computes = kind == acme::WorkKind::publish_crl || (signs && !quick);
            return computes ? asio::any_io_executor(asio::make_strand(workers)) : io.next();
          }};
}

void Application::State::watch_signals() {
  signals.async_wait([this](boost::system::error_code error, int number) {
    if (error) return;
    log.record(Severity::info, "server.signal",
               {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
    if (stopping) {
      // Whatever is acknowledged is on disk; there is nothing that only an orderly end would keep.
      log.record(Severity::warning, "server.forced_stop", {});
      log.flush();
      std::_Exit(1);
    }
    // In this order: another thread may be done with stopping at once, and what is waited for after
    // that keeps the event loop running for ever.
    watch_signals();
    begin_stop();
  });
}

void Application::State::begin_stop() {
  if (stopping.exchange(true)) return;
  log.record(Severity::info, "server.stopping", {});
  asio::awaitable<void> draining = drain();
  asio::co_spawn(io.first(), std::move(draining), [this](std::exception_ptr error) {
    remember(error);
    boost::system::error_code ignored;
    // Back to the system's own way: a further signal ends the process, whatever still runs.
    signals.clear(ignored);
    signals.cancel(ignored);
    store_watch->stop();
    if (responder) responder->stop();
    io.release();
  });
}

void Application::State::remember(std::exception_ptr error) {
  const std::scoped_lock lock(failure_guard);
  if (!failure) failure = std::move(error);
}

asio::awaitable<void> Application::State::drain() {
  co_await acme_listener->stop();
  if (public_listener) co_await public_listener->stop();
  co_await due_work->stop();
  co_await audit_stop(*store, log, clock.seconds());
}

void Application::State::run_background() {
  const auto ended = [this](std::exception_ptr error) {
    if (!error) return;
    asio::post(io.first(), [this, error] {
      remember(error);
      begin_stop();
    });
  };
  asio::awaitable<void> due = due_work->run();
  asio::co_spawn(io.first(), std::move(due), ended);
  asio::awaitable<void> watch = store_watch->run();
  asio::co_spawn(io.first(), std::move(watch), ended);
  if (!responder) return;
  asio::awaitable<void> tending = responder->run();
  asio::co_spawn(io.first(), std::move(tending), ended);
}

/// Nothing of ours runs on any thread of the pool afterwards.
void Application::State::abandon() noexcept {
  io.stop();
  workers.stop();
  workers.join();
  // What waits in the writer's queue uses services, and must run out while they are there.
  store.reset();
}

Application::Application(Settings settings, Logger& log)
    : state_(std::make_unique<State>(std::move(settings), log)) {}

Application::~Application() = default;

const std::string& Application::directory_url() const {
  return state_->directory;
}

std::uint16_t Application::public_port() const {
  return state_->public_listener ? state_->public_listener->port() : std::uint16_t{0};
}

void Application::stop() {
  asio::post(state_->io.first(), [state = state_.get()] { state->begin_stop(); });
}

void Application::run(Signals signals, const std::function<void()>& ready) {
  State& state = *state_;
  if (signals == Signals::watch) {
    state.signals.add(SIGINT);
    state.signals.add(SIGTERM);
    state.watch_signals();
  }
  state.run_background();
  state.acme_listener->start();
  if (state.public_listener) state.public_listener->start();
  state.log.record(Severity::info, "server.ready",
                   {{"version", std::string(version())},
                    {"directory", state.directory},
                    {"issuer", state.issuers.set().first().id()},
                    {"process", std::to_string(::getpid())}});
  ready();
  try {
    state.io.run();
  } catch (...) {
    state.abandon();
    throw;
  }
  state.workers.join();
  state.log.record(Severity::info, "server.stopped", {});
  state.log.flush();
  if (state.failure) std::rethrow_exception(state.failure);
}

}  // namespace server
