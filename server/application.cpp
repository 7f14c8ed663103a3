#include "server/application.h"

#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "acme/fulfilment/due_work.h"
#include "acme/jose/account_keys.h"
#include "acme/services.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/openssl_error.h"
#include "server/acme_http/dispatch.h"
#include "server/ca_files.h"
#include "server/config/endpoint.h"
#include "server/config/load.h"
#include "server/config/setting.h"
#include "server/http/listener.h"
#include "server/outbound/http_fetcher.h"
#include "server/outbound/unbound_dns_client.h"
#include "server/system_clock.h"
#include "server/tls/tls_context.h"
#include "server/version.h"
#include "storage/lmdb_engine.h"

namespace server {
namespace {

namespace asio = boost::asio;
using acme::Severity;

std::size_t threads(std::uint64_t chosen) {
  return chosen != 0 ? chosen : std::max(1U, std::thread::hardware_concurrency());
}

HttpLimits http_limits(const Settings& settings) {
  HttpLimits limits;
  limits.connections = settings.http_connections;
  limits.header_bytes = settings.http_header_bytes;
  limits.body_bytes = settings.http_body_bytes;
  limits.handshake = settings.http_handshake_timeout;
  limits.header = settings.http_header_timeout;
  limits.body = settings.http_body_timeout;
  limits.idle = settings.http_idle_timeout;
  limits.handler = settings.http_handler_timeout;
  limits.drain = settings.http_drain_timeout;
  return limits;
}

Dnssec dnssec(const Settings& settings) {
  if (settings.dns_dnssec == "on") return Dnssec::validate;
  if (settings.dns_dnssec == "off") return Dnssec::ignore;
  return settings.validation_allow_private_addresses ? Dnssec::ignore : Dnssec::validate;
}

DnsOptions dns_options(const Settings& settings) {
  DnsOptions options;
  options.resolvers = settings.dns_resolvers;
  options.dnssec = dnssec(settings);
  options.trust_anchor_file = settings.dns_trust_anchor_file;
  options.built_in_zones =
      settings.validation_allow_private_addresses ? BuiltInZones::remove : BuiltInZones::keep;
  options.timeout = settings.dns_timeout;
  return options;
}

FetchOptions fetch_options(const Settings& settings) {
  FetchOptions options;
  options.ports = {static_cast<std::uint16_t>(settings.validation_http_port),
                   static_cast<std::uint16_t>(settings.validation_tls_port)};
  options.special_addresses = settings.validation_allow_private_addresses
                                  ? SpecialAddresses::allow_in_lab
                                  : SpecialAddresses::refuse;
  options.timeout = settings.validation_fetch_timeout;
  return options;
}

storage::LmdbOptions storage_options(const Settings& settings) {
  return {.folder = settings.storage_path, .map_bytes = settings.storage_map_size};
}

acme::DueWorkRunner::Limits work_limits(const Settings& settings) {
  acme::DueWorkRunner::Limits limits;
  limits.concurrent_validations = settings.validation_concurrent;
  // Room for storing the outcome behind the slowest fetch.
  limits.validation_deadline = settings.validation_fetch_timeout + std::chrono::seconds(10);
  return limits;
}

/// Hosts under which a listener answers: its URL's, those of this machine, and those configured.
std::vector<std::string> accepted_hosts(const std::string& bound,
                                        std::uint16_t port,
                                        const std::string& url,
                                        std::vector<std::string> further) {
  std::vector<std::string> hosts = std::move(further);
  if (const std::optional<BaseUrl> base = parse_base_url(url)) hosts.push_back(base->authority);
  Endpoint endpoint = parse_endpoint(bound).value();
  endpoint.port = port;
  hosts.push_back(endpoint.text());
  for (const char* own : {"localhost:", "127.0.0.1:", "[::1]:"})
    hosts.push_back(own + std::to_string(port));
  return hosts;
}

/// Every departure from what a public CA must do, at every start.
void announce_lab_settings(const Settings& settings, Logger& log) {
  const Settings standard = default_settings({});
  for (const Setting& setting : settings_table()) {
    const std::string value = value_text(setting, settings);
    const std::string usual = value_text(setting, standard);
    if (setting.audience != Audience::lab || value == usual) continue;
    log.record(Severity::warning, "config.lab_setting",
               {{"setting", std::string(setting.key)}, {"value", value}, {"default", usual}});
  }
  if (dnssec(settings) == Dnssec::ignore) {
    log.record(Severity::warning, "config.dnssec_off",
               {{"setting", "dns.dnssec"}, {"value", settings.dns_dnssec}});
  }
}

}  // namespace

// Declared in the order of construction; destroyed in reverse, the executors last.
struct Application::State {
  State(Settings chosen, Logger& logger);

  void bind();
  void make_services();
  void watch_signals();
  void begin_stop();
  void remember(std::exception_ptr error);
  asio::awaitable<void> drain();

  [[nodiscard]] std::string public_url() const;
  [[nodiscard]] std::unique_ptr<ca::Issuer> load_issuer() const;

  const Settings settings;
  Logger& log;
  asio::io_context io;
  asio::thread_pool workers;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::signal_set signals{io};
  std::atomic<bool> stopping = false;
  std::mutex failure_guard;
  std::exception_ptr failure;  // the first one

  SystemClock clock;
  ca::SystemRandom random;
  policy::Catalog catalog;
  acme::NonceService nonces{random};
  acme::AccountKeyCache account_keys;
  std::optional<acme::ResourceUrls> urls;
  acme::DirectoryMeta meta;
  std::string directory;

  HttpHandler acme_handler;
  HttpHandler public_handler;
  std::unique_ptr<Listener> acme_listener;
  std::unique_ptr<Listener> public_listener;
  std::unique_ptr<ca::Issuer> issuer;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<UnboundDnsClient> dns;
  std::unique_ptr<ValidationFetcher> fetcher;
  std::optional<acme::Services> services;
  std::unique_ptr<acme::DueWorkRunner> due_work;
};

Application::State::State(Settings chosen, Logger& logger)
    : settings(std::move(chosen)),
      log(logger),
      io(static_cast<int>(threads(settings.server_threads))),
      workers(threads(settings.server_worker_threads)) {
  ca::require_safe_openssl();
  announce_lab_settings(settings, log);
  bind();
  issuer = load_issuer();
  store = std::make_unique<storage::Store>(storage::open_lmdb(storage_options(settings)));
  dns = std::make_unique<UnboundDnsClient>(io.get_executor(), dns_options(settings));
  fetcher = std::make_unique<ValidationFetcher>(*dns, fetch_options(settings));
  make_services();
}

/// First of all: a port in use is the likeliest fault, and nothing has been touched yet.
void Application::State::bind() {
  ListenerOptions options{
      .address = settings.listen_acme,
      .hosts = {},
      .limits = http_limits(settings),
      .tls = std::make_shared<TlsContext>(settings.tls_certificate, settings.tls_key),
      .name = "acme"};
  // The handlers are made last, when everything they use is there; nothing is accepted before that.
  const auto answer_acme = [this](HttpRequest request) { return acme_handler(std::move(request)); };
  acme_listener = std::make_unique<Listener>(io.get_executor(), options, answer_acme, log);
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
  public_listener = std::make_unique<Listener>(io.get_executor(), options, answer_public, log);
  public_listener->accept_hosts(accepted_hosts(settings.listen_public, public_listener->port(),
                                               settings.listen_public_url, {}));
}

std::string Application::State::public_url() const {
  if (const auto url = parse_base_url(settings.listen_public_url)) return url->text();
  return public_listener ? "http://localhost:" + std::to_string(public_listener->port()) : "";
}

std::unique_ptr<ca::Issuer> Application::State::load_issuer() const {
  std::vector<std::string> chain = read_certificates(settings.ca_certificate);
  const std::vector<std::string> roots = read_certificates(settings.ca_root);
  if (roots.size() != 1)
    throw std::runtime_error(settings.ca_root.string() + " does not hold exactly one root");
  require_chain(chain, roots.front(), clock.seconds());
  const std::string base = public_url();
  ca::Issuer::Urls public_urls;
  if (!base.empty()) {
    const std::string id = ca::hex(ca::sha256(chain.front()));
    public_urls.ca_issuers = base + "/ca/" + id + ".cer";
    public_urls.crl = base + "/crl/" + id + ".crl";
  }
  std::unique_ptr<ca::Signer> signer = ca::load_signer(settings.ca_key);
  return std::make_unique<ca::Issuer>(std::move(chain), std::move(signer), std::move(public_urls));
}

void Application::State::make_services() {
  meta.terms_of_service = settings.acme_terms_of_service;
  meta.website = settings.acme_website;
  meta.caa_identities = settings.acme_caa_identities;
  for (const policy::Product& product : catalog.products())
    meta.profiles.emplace_back(product.name, product.description);
  const auto special_use = settings.validation_allow_private_addresses
                               ? policy::SpecialUseNames::allowed_in_lab
                               : policy::SpecialUseNames::refused;
  services.emplace(acme::Services{.store = *store,
                                  .issuer = *issuer,
                                  .catalog = catalog,
                                  .special_use_names = special_use,
                                  .random = random,
                                  .clock = clock,
                                  .nonces = nonces,
                                  .account_keys = account_keys,
                                  .urls = *urls,
                                  .meta = meta,
                                  .dns = *dns,
                                  .fetcher = *fetcher,
                                  .events = log,
                                  .wake_due_work = [this] { due_work->wake(); }});
  due_work = std::make_unique<acme::DueWorkRunner>(*services, workers.get_executor(),
                                                   work_limits(settings));
  acme_handler = make_acme_handler(*services, log);
  acme_listener->complete_refusals(make_acme_refusal_completion(*services));
  public_handler = make_public_handler(*services, log);
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
    begin_stop();
    watch_signals();
  });
}

void Application::State::begin_stop() {
  if (stopping.exchange(true)) return;
  log.record(Severity::info, "server.stopping", {});
  asio::awaitable<void> draining = drain();
  asio::co_spawn(io, std::move(draining), [this](std::exception_ptr error) {
    remember(error);
    boost::system::error_code ignored;
    signals.cancel(ignored);
    work.reset();
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
  asio::post(state_->io, [state = state_.get()] { state->begin_stop(); });
}

void Application::run(Signals signals, const std::function<void()>& ready) {
  State& state = *state_;
  if (signals == Signals::watch) {
    state.signals.add(SIGINT);
    state.signals.add(SIGTERM);
    state.watch_signals();
  }
  asio::awaitable<void> background = state.due_work->run();
  asio::co_spawn(state.workers, std::move(background), [&state](std::exception_ptr error) {
    if (!error) return;
    asio::post(state.io, [&state, error] {
      state.remember(error);
      state.begin_stop();
    });
  });
  state.acme_listener->start();
  if (state.public_listener) state.public_listener->start();
  state.log.record(Severity::info, "server.ready",
                   {{"version", std::string(version())},
                    {"directory", state.directory},
                    {"issuer", state.issuer->id()},
                    {"process", std::to_string(::getpid())}});
  ready();
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < threads(state.settings.server_threads); ++i) {
    helpers.emplace_back([&state] { state.io.run(); });
  }
  state.io.run();
  helpers.clear();
  state.workers.join();
  state.log.record(Severity::info, "server.stopped", {});
  state.log.flush();
  if (state.failure) std::rethrow_exception(state.failure);
}

}  // namespace server
